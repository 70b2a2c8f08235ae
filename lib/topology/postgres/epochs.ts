import { bareName } from "../../postgres/bare-name";
import type { FunctionModel, TableModel } from "../../postgres/model";
import { quoteLiteral } from "../../postgres/quote";
import { column, primaryKey, table, timestamp } from "./columns";
import { define, SAFE_PATH } from "./define-function";

/**
 * Transaction ids, which the feed is ordered by, belong to a cluster: in another one they start again, and what is appended there
 * would come before what readers have read. So each cluster that a store has lived in is an epoch of its own.
 */
export function epochsTable(schema: string): TableModel {
  return table(schema, "epochs", {
    comment: "The clusters that this store has lived in, the current one last. See check_identity and raise_epoch.",
    columns: [
      column("system_identifier", "bigint", { comment: "of the cluster, as initdb chose it" }),
      timestamp("since"),
      column("epoch", "smallint"),
    ],
    primaryKey: primaryKey("epochs", "epoch"),
  });
}

/**
 * The epoch that events are appended in, as an expression; 0 as long as nobody has asked who the store is.
 *
 * @param s the schema, quoted where it has to be
 */
export function epochNow(s: string): string {
  return `coalesce((SELECT c.epoch FROM ${s}.epochs c ORDER BY c.epoch DESC LIMIT 1), 0::smallint)`;
}

/** The sequence that holds the epoch for those who append. */
export const EPOCH = "epoch";

/**
 * The epoch of what is appended now, as an expression with all names qualified: the last number of a sequence, which costs a
 * twentieth of a look at the table. It must be asked for in the statement that writes: only then `raise_epoch` waits for it.
 *
 * @param s the schema, quoted where it has to be
 */
export function epochOfAppends(s: string): string {
  return `coalesce(pg_catalog.pg_sequence_last_value(${quoteLiteral(`${s}.${EPOCH}`)}::pg_catalog.regclass), 0)`;
}

export function epochFunctions(schema: string): readonly FunctionModel[] {
  const s = bareName(schema);
  return [
    define(schema, "current_epoch", {
      comment: "The epoch that events are appended in.",
      returns: "smallint",
      language: "sql",
      volatility: "stable",
      parallel: "safe",
      body: `SELECT ${epochNow(s)}`,
    }),
    checkIdentity(schema, s),
    raiseEpoch(schema, s),
  ];
}

function checkIdentity(schema: string, s: string): FunctionModel {
  return define(schema, "check_identity", {
    comment:
      "For a service that starts: returns the epoch where the store is in the cluster that it was in last. SQLSTATE ES005 where it was restored into another one: call raise_epoch before anything else.",
    returns: "smallint",
    securityDefiner: true,
    settings: SAFE_PATH,
    body: `DECLARE
  here bigint := (SELECT system_identifier FROM pg_control_system());
  known ${s}.epochs%ROWTYPE;
BEGIN
  SELECT * INTO known FROM ${s}.epochs c ORDER BY c.epoch DESC LIMIT 1;
  IF known.epoch IS NULL THEN
    INSERT INTO ${s}.epochs (epoch, system_identifier) VALUES (0, here) ON CONFLICT DO NOTHING;
    RETURN 0;
  END IF;
  IF known.system_identifier <> here THEN
    RAISE EXCEPTION 'the store was in cluster % and is in % now: transaction ids start again', known.system_identifier, here
      USING ERRCODE = 'ES005', HINT = 'Call raise_epoch() as the owner of the schema, then start the services.';
  END IF;
  RETURN known.epoch;
END`,
  });
}

/** No definer: only who may write the table, its owner, can raise it. */
function raiseEpoch(schema: string, s: string): FunctionModel {
  return define(schema, "raise_epoch", {
    comment:
      "After a restore into another cluster: what is appended from now on comes after all that is there. Waits for the appends that are under way. Returns the new epoch.",
    returns: "smallint",
    body: `DECLARE
  raised smallint;
BEGIN
  -- an append asks for the epoch while it has its own lock on this table, and keeps that to its end
  LOCK TABLE ${s}.event_store IN EXCLUSIVE MODE;
  LOCK TABLE ${s}.epochs IN EXCLUSIVE MODE;
  INSERT INTO ${s}.epochs (epoch, system_identifier)
  SELECT ${epochNow(s)} + 1, system_identifier FROM pg_control_system()
  RETURNING epoch INTO raised;
  PERFORM setval(${quoteLiteral(`${s}.${EPOCH}`)}, raised);
  RETURN raised;
END`,
  });
}
