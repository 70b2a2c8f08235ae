import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { loadModules } from "../lib/cli/load-modules";
import { compile, type Resource } from "eventloom";
import { orders } from "../examples/orders/domain";
import { diffTopologies } from "../lib/preview/diff/diff-locks";
import { renderDiffText } from "../lib/preview/report/render-diff-text";
import { runCommandLine } from "../lib/cli/program";
import { topologyOf } from "../lib/testing";
import { type ModuleFolder, writeModules } from "./cli/modules";
import { root } from "./sources";

jest.setTimeout(120_000);

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The code blocks of a language in a page. */
function blocks(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map((each) => each[1] ?? "");
}

/** The TypeScript blocks of a page by the name that their first line gives. */
function programs(page: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    blocks(page, "ts").map((block) => {
      const name = /^\/\/ ([\w.-]+\.ts)\n/.exec(block)?.[1];
      if (name === undefined) throw new Error(`a block says no file name: ${block.slice(0, 40)}`);
      return [name, block];
    }),
  );
}

const testing = programs(readFileSync(join(root, "docs", "testing.md"), "utf8"));
let modules: ModuleFolder;

beforeAll(() => {
  modules = writeModules({ ...programs(readme), ...testing });
  symlinkSync(join(root, "node_modules"), modules.path("node_modules"));
});

afterAll(() => modules.remove());

/** What the compiler says, as strictly as in this repository. */
function compileErrors(names: readonly string[]): readonly string[] {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const typeRoots = [join(root, "node_modules", "@types")];
  const program = ts.createProgram(
    names.map((name) => modules.path(name)),
    { ...options, noEmit: true, declaration: false, typeRoots },
  );
  return ts.getPreEmitDiagnostics(program).map((each) => ts.flattenDiagnosticMessageText(each.messageText, "\n"));
}

describe("the README", () => {
  test("has a declaration, a stack for cdktf and a program for Pulumi", () => {
    expect(Object.keys(programs(readme))).toEqual(["shop.ts", "main.ts", "index.ts"]);
  });

  test("and the page on testing have code that compiles", () => {
    expect(compileErrors([...Object.keys(programs(readme)), ...Object.keys(testing)])).toEqual([]);
  });

  test("shows the preview that its declaration really prints", async () => {
    const { result } = await runCommandLine(["preview", modules.path("shop.ts")]);
    expect(result.exitCode).toBe(0);
    expect(blocks(readme, "text").slice(0, 1)).toEqual([result.text]);
  });

  test("shows what the diff of the example really prints", () => {
    const base = compile(orders);
    const resources = base.resources.map((each) =>
      each.key === "topic/OrderPaid" ? ({ ...each, partitions: 24 } as Resource) : each,
    );
    expect(blocks(readme, "text")[1]).toBe(renderDiffText([diffTopologies(base, { ...base, resources })]));
  });

  test("names the commands as they are, each with its arguments", async () => {
    for (const words of [["preview"], ["check"], ["export", "sql"]]) {
      const { result } = await runCommandLine([...words, "--help"]);
      expect(result.text).toContain(`Usage: eventloom ${words.join(" ")} [options] <module...>`);
      expect(readme).toContain(`eventloom ${words.join(" ")} <module...>`);
    }
  });

  test("links only to what is there", () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((each) => each[1] ?? "");
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((each) => !ts.sys.fileExists(join(root, each)) && !ts.sys.directoryExists(join(root, each)))).toEqual([]); // prettier-ignore
  });

  test("says where the provider lies as the package has it", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      name: string;
      files: readonly string[];
      engines: { node: string };
    };
    expect(blocks(readme, "yaml").join("")).toContain(`path: node_modules/${manifest.name}/dist/provider`);
    expect(manifest.files).toContain("dist");
    expect(readme).toContain(`node ${manifest.engines.node.replace(">=", "")} or later`);
  });
});

describe("the page on testing", () => {
  test("holds in its tests what the README's declaration becomes", async () => {
    const source = (testing["shop.test.ts"] ?? "").replace(/^import .*\n/gm, "");
    const { domains } = await loadModules([modules.path("shop.ts")], () => undefined);
    const ran: string[] = [];
    const run = new Function("topologyOf", "shop", "test", source);
    run(topologyOf, domains[0]?.domain, (name: string, body: () => void) => {
      body();
      ran.push(name);
    });
    expect(ran).toHaveLength(3);
  });
});
