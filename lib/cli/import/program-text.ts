import type { AnyTableProps } from "../../postgres/props-from-model";
import { pulumiTokens } from "../../provider/schema";
import { literal, type Plain, stringText, WIDTH } from "./literal";
import { capital, variableFrom, variablesFor } from "./variables";

/** For which engine a program is written. */
export type EngineName = "cdktf" | "cdktn" | "pulumi";

/** A table that is taken over. */
export interface TakenTable {
  /** What an engine imports it by. */
  readonly id: string;
  /** The construct's id, or the component's name. */
  readonly name: string;
  readonly variable: string;
  readonly props: AnyTableProps;
}

/** Names tables for a program. */
export function namedTables(
  schema: string,
  tables: readonly Pick<TakenTable, "id" | "props">[],
): readonly TakenTable[] {
  const variables = variablesFor(tables.map(({ props }) => props.name));
  return tables.map(({ id, props }) => ({
    id,
    // a schema's name before it: two schemas may have tables of one name in one stack
    name: `${schema}.${props.name}`,
    variable: variables.get(props.name) ?? props.name,
    props,
  }));
}

/** What has a line for each entry. */
const SPREAD: ReadonlySet<string> = new Set(["", "columns", "checks", "exclusions", "triggers", "partitions"]);

/** A program that declares tables. */
export function programText(engine: EngineName, schema: string, tables: readonly TakenTable[]): string {
  return engine === "pulumi" ? pulumiProgram(tables) : terraformProgram(engine, schema, tables);
}

function pulumiProgram(tables: readonly TakenTable[]): string {
  const declared = tables.map(
    ({ variable, name, props }) => `export const ${variable} = new PostgresTable(${call(name, props, 0)});\n`,
  );
  return ['import { PostgresTable } from "eventloom/pulumi";\n', ...declared].join("\n");
}

function terraformProgram(engine: EngineName, schema: string, tables: readonly TakenTable[]): string {
  const declared = tables.map(
    ({ variable, name, props }) => `    ${variable}: new PostgresTable(scope, ${call(name, props, 4)}),\n`,
  );
  const tablesOf = variableFrom(`${schema}_tables`);
  const takes = `tables: ReturnType<typeof ${tablesOf}>`;
  const oneLine = `export function import${capital(tablesOf)}(${takes}): void {`;
  return `import type { Construct } from "constructs";
import { PostgresTable } from "eventloom/${engine}";

export function ${tablesOf}(scope: Construct) {
  return {
${declared.join("")}  };
}

/** Takes over what is there. A table that the state has already is left alone. */
${oneLine.length <= WIDTH ? oneLine : `export function import${capital(tablesOf)}(\n  ${takes},\n): void {`}
  for (const table of Object.values(tables)) table.importExisting();
}
`;
}

function call(name: string, props: AnyTableProps, indent: number): string {
  // what is left out of props is left out, and never undefined
  return `${stringText(name)}, ${literal(props as unknown as Plain, indent, 0, SPREAD)}`;
}

/** What `pulumi import --file` takes: each table within its component. */
export function pulumiImports(tables: readonly TakenTable[]): string {
  const resources = tables.flatMap(({ name, id }) => [
    { type: "eventloom:index:PostgresTable", name, component: true },
    { type: pulumiTokens.table, name: `${name}-table`, id, parent: name },
  ]);
  return `${JSON.stringify({ resources }, null, 2)}\n`;
}
