import { formatIssue, type Issue } from "../../domain/issues";
import { quoteName } from "../../postgres/quote";
import { printable } from "../../preview/printable";
import { renderTree, type TextStyle, type TreeNode } from "../../preview/tree";
import { count } from "../../preview/words";
import type { LeftToDo, Maintained, MaintainedTable } from "../../provider/postgres/maintain";
import type { CompiledDomain } from "../compile-domains";
import { type CommandResult, type Finding, finding, refusal } from "../result";
import { serverFinding } from "../server-finding";
import type { MaintainSchema } from "./maintain-schema";

/** What `maintain` is asked for. */
export interface MaintainQuestion {
  readonly schemas: readonly string[];
  readonly modules: readonly string[];
  readonly dryRun: boolean;
  /** Seconds to wait for a lock per try. */
  readonly lockTimeout: number;
}

/** What it needs from its surroundings. */
export interface Maintenance {
  readonly environment: NodeJS.ProcessEnv;
  readonly run: MaintainSchema;
  readonly style: TextStyle;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  readonly onStep: (what: string) => void;
}

/** The schemas of all domains; a domain without a store is a finding. */
export function schemasOf(domains: readonly CompiledDomain[]): {
  readonly schemas: readonly string[];
  readonly findings: readonly Finding[];
} {
  const schemas: string[] = [];
  const findings: Finding[] = [];
  for (const { module, topology } of domains) {
    const found = topology.resources.find((each) => each.kind === "postgres-schema");
    if (found === undefined) findings.push(finding("CL507", module, `"${topology.domain}"`));
    else schemas.push(found.definition.name);
  }
  return { schemas, findings };
}

/** Maintains schemas one after the other; one that fails does not keep the others from it. */
export async function maintain(
  schemas: readonly string[],
  { dryRun, lockTimeout }: MaintainQuestion,
  { environment, run, style, now, onStep }: Maintenance,
): Promise<CommandResult> {
  const done: Maintained[] = [];
  const findings: Finding[] = [];
  for (const schema of new Set(schemas)) {
    const outcome = await run(environment, schema, { dryRun, lockTimeout, now, onStep });
    if ("issues" in outcome) findings.push(serverFinding(schema, outcome.issues));
    else if (outcome.maintained === null) findings.push(finding("CL554", schema));
    else done.push(outcome.maintained);
  }
  if (done.length === 0) return refusal(findings);
  const left = [...findings.flatMap(({ issues }) => issues), ...done.flatMap(leftIn)];
  const failed = findings.some((each) => each.exitCode === 2) ? 2 : 1;
  const exitCode = findings.length > 0 ? failed : left.length > 0 ? 1 : 0;
  const texts = done.map((each) => (dryRun ? scriptOf(each) : renderTree(treeOf(each), style)));
  return {
    exitCode,
    answers: true,
    text: texts.join("\n"),
    notes: [...done.flatMap(waitsIn), ...left.map(formatIssue)],
    json: { exitCode, dryRun, schemas: done, findings },
  };
}

function leftIn({ schema, tables, cleaned }: Maintained): readonly Issue[] {
  const issues = (name: string, left: readonly LeftToDo[]): readonly Issue[] =>
    left.map(({ code, message, fix }) => ({ code, path: printable(`${schema}.${name}`), message, fix }) as Issue);
  return [
    ...tables.flatMap(({ table, left }) => issues(table, left)),
    ...cleaned.flatMap((each) => issues(each.function, each.left)),
  ];
}

function waitsIn({ schema, tables }: Maintained): readonly string[] {
  return tables.flatMap(({ table, waits }) =>
    waits.map(
      ({ comment, tries, milliseconds }) =>
        `${schema}.${table}: to ${comment} took ${tries} tries in ${(milliseconds / 1000).toFixed(1)} seconds, since others used the table`,
    ),
  );
}

function treeOf({ schema, tables, cleaned }: Maintained): TreeNode {
  const children = [
    ...tables.map((each) => tableNode(schema, each)),
    ...cleaned.map(({ function: name, rows }) => ({ label: name, detail: `${count(rows ?? 0, "row")} deleted` })),
  ];
  return children.length === 0
    ? { label: schema, detail: "nothing rolls in it, and it has no store" }
    : { label: schema, children };
}

function tableNode(schema: string, { table, made, mended, detached, left }: MaintainedTable): TreeNode {
  const children = [
    ...made.map((leaf) => ({ label: leaf, detail: "made" })),
    ...mended.map((leaf) => ({ label: leaf, detail: "made of the default partition, with its rows" })),
    ...detached.map((leaf) => ({
      label: leaf,
      detail: `detached, and kept: archive it, then DROP TABLE ${quoteName(schema, leaf)}`,
    })),
  ];
  const nothing = left.length === 0 ? "nothing is due" : "not done, see below";
  return children.length === 0 ? { label: table, detail: nothing } : { label: table, children };
}

/** As a plan shows it: each statement after a line of comment where somebody waits for it. */
function scriptOf({ schema, tables, cleaned }: Maintained): string {
  const heading = (name: string): string => `-- ${printable(`${schema}.${name}`)}\n`;
  const script = [
    ...tables
      .filter(({ statements }) => statements.length > 0)
      .map(({ table, statements }) => heading(table) + statements.map((each) => `${each};\n`).join("")),
    ...cleaned.map(({ function: name, statement }) => `${heading(name)}${statement}; -- until it gives less\n`),
  ];
  return script.length === 0 ? `-- ${printable(schema)}: nothing is due\n` : script.join("\n");
}
