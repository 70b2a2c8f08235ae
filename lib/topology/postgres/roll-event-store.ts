import { bareName } from "../../postgres/bare-name";
import type { FunctionModel, RollingModel, TableModel } from "../../postgres/model";
import { quoteLiteral } from "../../postgres/quote";
import { schemaLockKey } from "../../postgres/schema-lock-key";
import { createTrigger, enableTrigger } from "../../postgres/sql";
import { attachPartition, createBeside } from "../../postgres/sql-partition";
import { define, SAFE_PATH } from "./define-function";
import { REST_OF_EVENTS } from "./layout";

/** What stands for the leaf in the statements, until it is known. */
const LEAF = "eventloom_leaf";

/**
 * Makes leaves ahead within the database, by the rule of the table: `rollPartitions` decides the same (a test holds both together). It does
 * what a function can: it does not mend a default leaf, which takes several transactions, and detaches nothing, since beside writers that
 * can't be done within a transaction.
 */
export function rollEventStore(table: TableModel, rule: RollingModel): FunctionModel {
  return define(table.schema, "roll_event_store", {
    comment:
      "Makes the leaves of event_store that are due, by the rule in its comment, and returns how many. Waits for nobody longer than a second. " +
      "Where the default leaf holds events it makes none and warns: run eventloom maintain.",
    returns: "integer",
    securityDefiner: true,
    settings: { ...SAFE_PATH, lock_timeout: "1s" },
    body: body(table, rule),
  });
}

function body(table: TableModel, rule: RollingModel): string {
  const s = bareName(table.schema);
  return `DECLARE
  this timestamp := date_trunc('${rule.interval}', now() AT TIME ZONE 'UTC');
  step interval := '1 ${rule.interval}';
  bound text := 'YYYY-MM-DD HH24:MI:SS+00';
  leaf text;
  made integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(${quoteLiteral(schemaLockKey(table.schema))}, 0)) THEN
    RAISE NOTICE 'no leaf is made now: a deploy, or another maintenance, is at work on the schema';
    RETURN 0;
  END IF;
  IF EXISTS (SELECT FROM ${s}.${REST_OF_EVENTS}) THEN
    RAISE WARNING 'no leaf of event_store is made: the default one holds events' USING HINT = 'Run eventloom maintain, which makes a leaf of it.';
    RETURN 0;
  END IF;
  FOR n IN 0..${rule.ahead} LOOP
    leaf := 'event_store_p' || to_char(this + n * step, '${rule.interval === "month" ? "YYYYMM" : "YYYYMMDD"}');
    CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = leaf AND relnamespace = ${quoteLiteral(s)}::regnamespace);
    BEGIN
${statements(table).map(execute).join("\n")}
      EXECUTE format(replace(${quoteLiteral(attach(table))}, '${LEAF}', leaf),
        to_char(this + n * step, bound), to_char(this + (n + 1) * step, bound));
      made := made + 1;
    EXCEPTION
      WHEN invalid_object_definition THEN
        NULL; -- another leaf has that time already
      WHEN lock_not_available OR check_violation THEN
        RAISE WARNING 'leaf % is not made now: %', leaf, SQLERRM USING HINT = 'The next run makes it.';
    END;
  END LOOP;
  RETURN made;
END`;
}

function execute(statement: string): string {
  return `      EXECUTE replace(${quoteLiteral(statement)}, '${LEAF}', leaf);`;
}

/** A leaf beside the table, with what attaching does not bring. */
function statements(table: TableModel): readonly string[] {
  const node = { name: LEAF, parent: table.name, bound: "", level: null };
  const guards = table.triggers.filter(({ level }) => level === "statement");
  return [
    createBeside(node, table, null),
    ...guards.flatMap((each) => [
      createTrigger(each, table.schema, LEAF, false),
      ...(each.enabled === "always" ? [enableTrigger(each, table.schema, LEAF)] : []),
    ]),
  ];
}

function attach({ schema, name }: TableModel): string {
  const escaped = (text: string): string => text.replace(/%/g, "%%");
  const node = { name: LEAF, parent: name, bound: "", level: null };
  return `${escaped(attachPartition(schema, node))}FOR VALUES FROM (%L) TO (%L)`;
}
