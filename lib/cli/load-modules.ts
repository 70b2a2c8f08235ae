import { realpathSync, type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative, resolve } from "node:path";
import { createJiti } from "jiti";
import { isDomain } from "../domain/define-domain";
import type { Issue } from "../domain/issues";
import type { AnyDomain } from "../domain/types";
import * as ownCopy from "../index";
import { thrownLine } from "./issues";
import { type Finding, finding } from "./result";

/** A domain that a module exports. */
export interface LoadedDomain {
  /** The module as it was named. */
  readonly module: string;
  readonly domain: AnyDomain;
}

/** All that could be loaded, and all that could not. */
export interface Loaded {
  readonly domains: readonly LoadedDomain[];
  readonly findings: readonly Finding[];
}

const EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/**
 * Loads modules one after the other and finds every domain that they export, in the order of the modules and of the domains'
 * names. A domain that several modules export counts once. A module that fails does not keep the others from being looked at.
 *
 * @param onStep hears of each module before it is loaded
 */
export async function loadModules(modules: readonly string[], onStep: (what: string) => void): Promise<Loaded> {
  const domains: LoadedDomain[] = [];
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const module of modules) {
    const file = locate(module);
    if (typeof file !== "string") {
      findings.push(file);
      continue;
    }
    if (seen.has(file)) continue;
    seen.add(file);
    onStep(`loading ${relative(process.cwd(), file)}`);
    const loaded = await loadFile(module, file);
    if (Array.isArray(loaded)) domains.push(...(loaded as LoadedDomain[]));
    else findings.push(loaded as Finding);
  }
  const unique = domains.filter((each, index) => domains.findIndex(({ domain }) => domain === each.domain) === index);
  return { domains: unique, findings: [...findings, ...sameNames(unique)] };
}

/** The real path of a module's file, or what is wrong with it. */
function locate(module: string): string | Finding {
  let stats: Stats;
  let file: string;
  try {
    file = realpathSync(resolve(module));
    stats = statSync(file);
  } catch {
    return finding("CL501", module);
  }
  if (!stats.isFile()) return finding("CL502", module, stats.isDirectory() ? "a folder" : undefined);
  return EXTENSIONS.includes(extname(file)) ? file : finding("CL503", module);
}

async function loadFile(module: string, file: string): Promise<readonly LoadedDomain[] | Finding> {
  let exported: readonly unknown[];
  try {
    exported = exportsOf(await withoutOutput(() => loaderFor(file).import(file)));
  } catch (thrown) {
    const issues = declarationIssuesOf(thrown);
    if (issues) return { module, subject: subjectOf(thrown), issues, exitCode: 1 };
    return finding("CL504", module, thrownLine(thrown) + placeOf(thrown, file));
  }
  const domains = [...new Set(exported.filter(isLoadedDomain))].sort((a, b) => (a.name < b.name ? -1 : 1));
  return domains.length === 0 ? finding("CL505", module) : domains.map((domain) => ({ module, domain }));
}

/**
 * Takes TypeScript as well as JavaScript. A module that stands beside another copy of this package gets that one; otherwise, and
 * where there is none at all, it gets ours.
 */
function loaderFor(file: string): ReturnType<typeof createJiti> {
  const own = join(dirname(dirname(__dirname)), "package.json");
  let beside = own;
  try {
    beside = createRequire(file).resolve("eventloom/package.json");
  } catch {
    // none beside it
  }
  return createJiti(file, {
    fsCache: false,
    interopDefault: false,
    tsconfigPaths: true,
    ...(beside === own ? { virtualModules: { eventloom: ownCopy } } : {}),
  });
}

/** Runs with standard output turned to standard error: what a module prints must not end up in a script or in JSON. */
async function withoutOutput<T>(run: () => Promise<T>): Promise<T> {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  try {
    return await run();
  } finally {
    stdout.write = write;
  }
}

/** Every value that a module exports: by name, as default, or as `module.exports` itself. */
function exportsOf(namespace: unknown): readonly unknown[] {
  if (namespace === null || typeof namespace !== "object") return [];
  const preset = (namespace as { default?: unknown }).default;
  const inside = preset !== null && typeof preset === "object" ? Object.values(preset) : [];
  return [...Object.values(namespace), preset, ...inside];
}

function isLoadedDomain(value: unknown): value is AnyDomain {
  try {
    return isDomain(value);
  } catch {
    // a proxy or a getter that throws
    return false;
  }
}

/** Also for an error of another copy of this package. */
function declarationIssuesOf(thrown: unknown): readonly Issue[] | undefined {
  const { name, issues } = (thrown ?? {}) as { name?: unknown; issues?: unknown };
  return name === "DeclarationError" && Array.isArray(issues) ? (issues as Issue[]) : undefined;
}

function subjectOf(thrown: unknown): string {
  return String((thrown as { subject?: unknown }).subject ?? "a declaration");
}

/** Where in the module it was thrown: ` (line 3)`. */
function placeOf(thrown: unknown, file: string): string {
  const stack = String((thrown as { stack?: unknown } | null | undefined)?.stack ?? "");
  const at = stack.indexOf(`${file}:`);
  const line = at < 0 ? null : /^\d+/.exec(stack.slice(at + file.length + 1));
  return line ? ` (line ${line[0]})` : "";
}

function sameNames(domains: readonly LoadedDomain[]): readonly Finding[] {
  return domains.flatMap((each, index) => {
    const first = domains.slice(0, index).find(({ domain }) => domain.name === each.domain.name);
    return first === undefined
      ? []
      : [finding("CL506", each.module, `"${each.domain.name}", which ${first.module} exports too`)];
  });
}
