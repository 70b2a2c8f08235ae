import { splitMarker } from "../../postgres/marker";
import type { ArgumentModel, FunctionModel } from "../../postgres/model";
import * as catalog from "./catalog";
import type { Session } from "./connection";
import { toTable } from "./inspect-table";
import type { InspectedFunction, InspectedSchema, InspectedSequence, InspectedTable } from "./inspected";

/** Reads the tables of a schema: five queries, of one snapshot. `names` null for all of them. */
export async function inspectTables(
  session: Session,
  schema: string,
  names: readonly string[] | null,
): Promise<InspectedTable[]> {
  return snapshot(session, () => readTables(session, schema, names));
}

/** As {@link inspectTables}, in the transaction that the session is in. */
export async function readTables(
  session: Session,
  schema: string,
  names: readonly string[] | null,
): Promise<InspectedTable[]> {
  const values = [schema, names];
  const tables = await session.query<catalog.TableRow>(catalog.tablesQuery, values);
  const columns = byTable(await session.query<catalog.ColumnRow>(catalog.columnsQuery, values));
  const constraints = byTable(await session.query<catalog.ConstraintRow>(catalog.constraintsQuery, values));
  const indexes = byTable(await session.query<catalog.IndexRow>(catalog.indexesQuery, values));
  const triggers = byTable(await session.query<catalog.TriggerRow>(catalog.triggersQuery, values));
  return tables.map((table) =>
    toTable(schema, {
      table,
      columns: columns.get(table.name) ?? [],
      constraints: constraints.get(table.name) ?? [],
      indexes: indexes.get(table.name) ?? [],
      triggers: triggers.get(table.name) ?? [],
    }),
  );
}

export async function inspectFunctions(
  session: Session,
  schema: string,
  names: readonly string[] | null,
): Promise<InspectedFunction[]> {
  const rows = await session.query<catalog.FunctionRow>(catalog.functionsQuery, [schema, names]);
  return rows.filter((row) => row.kind === "f").map((row) => toFunction(schema, row));
}

export async function inspectSequences(
  session: Session,
  schema: string,
  names: readonly string[] | null,
): Promise<InspectedSequence[]> {
  const rows = await session.query<catalog.SequenceRow>(catalog.sequencesQuery, [schema, names]);
  return rows.map((row) => {
    const { comment, declaredBy } = splitMarker(row.comment);
    return {
      kind: "sequence",
      model: { schema, name: row.name, cache: Number(row.cache), comment },
      declaredBy,
      problems:
        row.type === "bigint" && row.plain
          ? []
          : ["it is not a plain bigint sequence from 1 in steps of 1 without end"],
    };
  });
}

export async function inspectSchema(session: Session, name: string): Promise<InspectedSchema[]> {
  const rows = await session.query<catalog.SchemaRow>(catalog.schemaQuery, [name]);
  return rows.map((row) => {
    const { comment, declaredBy } = splitMarker(row.comment);
    return { kind: "schema", model: { name: row.name, comment }, declaredBy, problems: [] };
  });
}

async function snapshot<T>(session: Session, read: () => Promise<T>): Promise<T> {
  await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const result = await read();
  await session.query("COMMIT");
  return result;
}

function byTable<R extends { readonly table: string }>(rows: readonly R[]): Map<string, R[]> {
  const grouped = new Map<string, R[]>();
  for (const row of rows) {
    const group = grouped.get(row.table);
    if (group === undefined) grouped.set(row.table, [row]);
    else group.push(row);
  }
  return grouped;
}

const modes: Readonly<Record<string, ArgumentModel["mode"]>> = {
  i: "in",
  o: "out",
  b: "inout",
  v: "variadic",
  t: "table",
};
const volatilities: Readonly<Record<string, FunctionModel["volatility"]>> = {
  i: "immutable",
  s: "stable",
  v: "volatile",
};
const parallels: Readonly<Record<string, FunctionModel["parallel"]>> = { u: "unsafe", r: "restricted", s: "safe" };

function toFunction(schema: string, row: catalog.FunctionRow): InspectedFunction {
  const { comment, declaredBy } = splitMarker(row.comment);
  const args = row.types.map((type, i): ArgumentModel => ({
    name: row.names?.[i] ?? "",
    type,
    mode: modes[row.modes?.[i] ?? "i"] ?? "in",
    default: row.defaults[i] ?? null,
  }));
  const results = args.filter((argument) => argument.mode !== "in" && argument.mode !== "variadic");
  const tabular = results.some((argument) => argument.mode === "table");
  const returns = row.returns_set ? `SETOF ${row.returns}` : row.returns;
  const known = row.language === "sql" || row.language === "plpgsql";
  const model: FunctionModel = {
    schema,
    name: row.name,
    arguments: args,
    returns: tabular || (results.length > 0 && !row.returns_set) ? null : returns,
    language: row.language as FunctionModel["language"],
    volatility: volatilities[row.volatility] ?? "volatile",
    parallel: parallels[row.parallel] ?? "unsafe",
    strict: row.strict,
    securityDefiner: row.security_definer,
    settings: toSettings(row.settings),
    body: row.body,
    comment,
  };
  return {
    kind: "function",
    model,
    declaredBy,
    problems: [
      ...(known ? [] : [`it is written in ${row.language}, not in sql or plpgsql`]),
      ...(row.sql_body ? ["its body is not a text (BEGIN ATOMIC)"] : []),
    ],
  };
}

function toSettings(settings: readonly string[] | null): Record<string, string> {
  return Object.fromEntries(
    (settings ?? []).map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}
