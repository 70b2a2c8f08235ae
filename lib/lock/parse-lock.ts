import { deepFreeze } from "../domain/define-domain";
import type { Issue } from "../domain/issues";
import { type LeanTable, wholeTable } from "../postgres/defaults";
import type { Contract, Moved, Renamed, Resource, Retired, SagaModel, Topology } from "../topology/types";
import { lockIssue } from "./issues";
import { inOrder } from "./next-lock";
import { type Fields, isFields, wrongEntries } from "./shape";
import type { Lock } from "./types";

export type ParsedLock =
  { readonly ok: true; readonly lock: Lock } | { readonly ok: false; readonly issues: readonly Issue[] };

/** The newest layout that this version reads; older ones are read for ever. */
const NEWEST_FORMAT = 1;

/**
 * Reads the text of a lock file.
 *
 * @param origin - the file as the user knows it: the path of every issue begins with it
 */
export function parseLock(text: string, origin: string): ParsedLock {
  let document: unknown;
  try {
    // editors of Windows put a mark before the text
    document = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    if (/^<{7} |^={7}$|^>{7} /m.test(text)) return refuse(lockIssue("LK605", origin));
    return refuse(lockIssue("LK601", origin, { detail: reason(error) }));
  }
  if (!isFields(document) || document["eventloom"] !== "lock") return refuse(lockIssue("LK602", origin));
  const { format } = document;
  if (typeof format === "number" && format > NEWEST_FORMAT) {
    return refuse(lockIssue("LK603", origin, { received: format, allowed: `format ${NEWEST_FORMAT}` }));
  }
  const twice = listedTwice(text);
  if (twice.length > 0) return refuse(...twice.map((at) => lockIssue("LK606", `${origin}#${at}`)));
  const whole = { ...ABSENT, ...document };
  const wrong = wrongEntries(whole);
  if (wrong.length > 0) {
    return refuse(
      ...wrong.map(({ path, received, allowed }) => lockIssue("LK604", `${origin}#${path}`, { received, allowed })),
    );
  }
  try {
    return { ok: true, lock: deepFreeze(lockFrom(whole as unknown as CheckedDocument)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(lockIssue("LK604", origin, { detail: "nested too deeply" }));
  }
}

/** What is said of a file whose bytes are not UTF-8: read as if they were, other characters would be approved. */
export function notUtf8(origin: string): ParsedLock {
  return refuse(lockIssue("LK601", origin, { detail: "it is not written in UTF-8" }));
}

function refuse(...issues: readonly Issue[]): ParsedLock {
  return { ok: false, issues };
}

/** Sections that a file may do without. */
const ABSENT = { flows: [], sagas: {}, retired: {}, retiredResources: {}, renamed: {}, moved: {}, accepted: {} };

/**
 * Things that stand in a file twice, as JSON Pointers: a merge that took both sides. A JSON parser takes the last one and says
 * nothing. Found by the lines on which sections, things and versions begin: a small part of what reading the text costs.
 */
function listedTwice(text: string): readonly string[] {
  const found = new Set<string>();
  const seen = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
  const at: string[] = [];
  for (const [, indent, name = ""] of text.matchAll(/^( {2}| {4}| {6}(?="[0-9]+":))"((?:[^"\\\n]|\\.)*)":/gm)) {
    const level = (indent === "  " ? 0 : indent === "    " ? 1 : 2) as 0 | 1 | 2;
    at.length = level;
    at[level] = name;
    if (seen[level].has(name))
      found.add(`/${at.map((each) => each.replace(/~/g, "~0").replace(/\//g, "~1")).join("/")}`);
    seen[level].add(name);
    // what is below begins anew
    for (const lower of seen.slice(level + 1)) lower.clear();
  }
  return [...found];
}

/** The one line of a JSON error that says where; its text may hold anything that is in the file. */
function reason(error: unknown): string {
  const where = /(?:at|in) (?:position \d+.*|.*line \d+ column \d+.*)$/.exec((error as Error).message);
  return where === null ? "it ends too early" : where[0].slice(0, 80);
}

interface CheckedDocument {
  readonly domain: string;
  readonly published: Readonly<Record<string, Readonly<Record<string, { upcast: boolean; schema: unknown }>>>>;
  readonly resources: Readonly<Record<string, Fields>>;
  readonly flows: Topology["flows"];
  readonly sagas: Readonly<Record<string, Omit<SagaModel, "name">>>;
  readonly retired: Readonly<Record<string, string>>;
  readonly retiredResources: Readonly<Record<string, { reason: string; resource: Fields }>>;
  readonly renamed: Readonly<Record<string, readonly string[]>>;
  readonly moved: Readonly<Record<string, { kind: Moved["kind"]; part: Moved["from"]["part"]; to: string }>>;
  readonly accepted: Readonly<Record<string, string>>;
}

function lockFrom(document: CheckedDocument): Lock {
  const { domain, flows } = document;
  const published = Object.entries(document.published).flatMap(([id, versions]) => {
    const [kind, name] = id.split("/") as [Contract["kind"], string];
    return Object.entries(versions).map(([version, each]): Contract => ({
      kind,
      name,
      version: Number(version),
      ...each,
    }));
  });
  const retired = Object.entries(document.retired).map(([id, why]): Retired => {
    const [kind, name] = id.split("/") as [Retired["kind"], string];
    return { kind, name, reason: why };
  });
  const gone = new Set(retired.map(({ kind, name }) => `${kind}/${name}`));
  const topology: Topology = {
    domain,
    format: 1,
    resources: Object.entries(document.resources).map(([key, each]) => resourceFrom(key, each)),
    flows,
    contracts: published.filter(({ kind, name }) => !gone.has(`${kind}/${name}`)),
    sagas: Object.entries(document.sagas).map(([name, each]) => ({ name, ...each })),
    retired,
    renamed: Object.entries(document.renamed).map(renamedFrom),
    moved: Object.entries(document.moved).map(([key, { kind, part, to }]) => ({ kind, from: { key, part }, to })),
    acceptances: Object.entries(document.accepted).map(([change, why]) => ({ change, reason: why })),
  };
  return {
    format: 1,
    domain,
    topology: inOrder(topology),
    published,
    retired: Object.entries(document.retiredResources).map(([key, { reason: why, resource }]) => ({
      reason: why,
      resource: resourceFrom(key, resource),
    })),
  };
}

function renamedFrom([id, from]: readonly [string, readonly string[]]): Renamed {
  const [kind, name] = id.split("/") as [Renamed["kind"], string];
  return { kind, name, from };
}

function resourceFrom(key: string, fields: Fields): Resource {
  if (fields["kind"] === "postgres-table") {
    return { key, ...fields, definition: wholeTable(fields["definition"] as LeanTable) } as unknown as Resource;
  }
  if (fields["kind"] !== "postgres-function") return { key, ...fields } as unknown as Resource;
  const definition = fields["definition"] as Fields;
  const body = (definition["body"] as readonly string[]).join("\n");
  return { key, ...fields, definition: { ...definition, body } } as unknown as Resource;
}
