import { shortenName } from "./names";
import { quoteIdent, quoteName } from "./quote";
import * as sql from "./sql";
import { inside, type Statement } from "./statement";

/** A table that leaves its declaration and is not dropped. */
export interface Retiring {
  readonly schema: string;
  readonly name: string;
  /** Without the marker. */
  readonly comment: string | null;
  /** All partitions below it, of each level. */
  readonly partitions: readonly string[];
  /** Who has been granted something on it or on a partition, besides the owner; an empty name is everybody. */
  readonly grantees: readonly string[];
  /** Whether there is a schema for retired tables already. */
  readonly asideIsThere: boolean;
  /** Who declared it. */
  readonly declaredBy: string;
  /** The day, as `2026-11-25`. */
  readonly on: string;
}

/** The schema in which a schema's retired tables wait: with all their names as they were, so that new ones can have these. */
export function asideOf(schema: string): string {
  return shortenName(`${schema}_retired`);
}

/**
 * Takes a table out of everybody's way: nobody may use it any more, and it stands in another schema with its partitions, indexes and
 * rows, which nothing here ever drops. Each statement is of the catalog alone, and the whole is one transaction.
 */
export function planRetire(retiring: Retiring): Statement[] {
  const { schema, name, partitions, grantees, asideIsThere } = retiring;
  const aside = asideOf(schema);
  const tables = [name, ...partitions];
  const moved = { schema: aside, name };
  return [
    ...(asideIsThere ? [] : [inside(sql.createSchema(aside), { comment: "create a schema for retired tables" })]),
    ...(grantees.length === 0
      ? []
      : tables.map((each) =>
          inside(`REVOKE ALL ON TABLE ${quoteName(schema, each)} FROM ${grantees.map(roleOf).join(", ")}`, {
            comment: "nobody uses it any more",
          }),
        )),
    ...tables.map((each) =>
      inside(`ALTER TABLE ${quoteName(schema, each)} SET SCHEMA ${quoteIdent(aside)}`, {
        lock: "ACCESS EXCLUSIVE",
        table: { schema, name: each },
        comment: "move it aside",
      }),
    ),
    inside(sql.commentOn(`TABLE ${quoteName(aside, name)}`, epitaph(retiring)), {
      lock: "SHARE UPDATE EXCLUSIVE",
      table: moved,
      comment: "say since when, and how to go on",
    }),
  ];
}

function roleOf(grantee: string): string {
  return grantee === "" ? "PUBLIC" : quoteIdent(grantee);
}

function epitaph({ schema, name, comment, declaredBy, on }: Retiring): string {
  const aside = quoteName(asideOf(schema), name);
  const lines = [
    ...(comment === null || comment === "" ? [] : [comment]),
    `Retired on ${on}: "${declaredBy}" declared it as ${quoteName(schema, name)}.`,
    `When nobody misses it: DROP TABLE ${aside}. To take it back: ALTER TABLE ${aside} SET SCHEMA ${quoteIdent(schema)}, and that of each partition; then import it, and grant again.`,
  ];
  return lines.join("\n");
}
