import type { ValueMap } from "../../lib/provider/value";

/** Where the tables of the benchmark are. */
export const SCHEMA = "bench";
export const DECLARED_BY = "bench";

/** A table as applications have them: a key, a few columns with defaults, a condition, an index. */
export function benchTable(name: string): ValueMap {
  const column = (of: string, type: string, more: object = {}): object => ({ name: of, type, ...more });
  return {
    schema: SCHEMA,
    name,
    declaredBy: DECLARED_BY,
    columns: [
      column("id", "bigint", { identity: "always" }),
      column("customer", "text"),
      column("state", "text", { default: "'new'" }),
      column("amount", "numeric(12,2)", { default: "0" }),
      column("placed_at", "timestamptz", { default: "now()" }),
      column("tags", "text[]", { nullable: true }),
      column("data", "jsonb", { default: "'{}'::jsonb" }),
      column("note", "text", { nullable: true, comment: "What the customer wrote." }),
    ],
    primaryKey: { name: `${name}_pkey`, columns: ["id"] },
    checks: [{ name: "amount_is_not_negative", expression: "amount >= 0" }],
    indexes: [{ name: `${name}_customer`, keys: [{ column: "customer" }, { column: "placed_at", descending: true }] }],
    comment: "One of many.",
  } as unknown as ValueMap;
}

export function tableNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `table_${String(at).padStart(4, "0")}`);
}
