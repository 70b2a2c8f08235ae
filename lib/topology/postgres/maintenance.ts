import type { StoreDefinition } from "../../domain/definition";
import { bareName } from "../../postgres/bare-name";
import type { FunctionModel, TableModel } from "../../postgres/model";
import { define, given, out, SAFE_PATH } from "./define-function";
import { rollEventStore } from "./roll-event-store";
import { isMeant } from "./timeouts";

/**
 * What keeps a store small, and its leaves ahead: how long is in their bodies, so that a job of the database, `eventloom maintain` and whoever calls them by hand
 * do the same. A row that somebody else holds is left for the next time.
 *
 * @param events the table `event_store`
 */
export function maintenanceFunctions(
  schema: string,
  store: StoreDefinition,
  events: TableModel,
): readonly FunctionModel[] {
  const rolling = events.partitioning?.rolling ?? null;
  return [
    cleanInbox(schema, store.inboxRetainMs),
    cleanTimeouts(schema),
    ...(rolling === null ? [] : [rollEventStore(events, rolling)]),
    maintain(schema, rolling !== null),
  ];
}

function cleanInbox(schema: string, retainMs: number): FunctionModel {
  const s = bareName(schema);
  const retain = intervalOf(retainMs);
  return define(schema, "clean_inbox", {
    ...CLEANING,
    comment: `Forgets messages that were handled more than ${retain} ago, the oldest first and at most p_limit. Returns how many.`,
    body: deleting(
      `${s}.inbox`,
      `SELECT i.ctid FROM ${s}.inbox i
     WHERE i.received_at < now() - interval '${retain}'
     ORDER BY i.received_at LIMIT p_limit FOR UPDATE SKIP LOCKED`,
    ),
  });
}

function cleanTimeouts(schema: string): FunctionModel {
  const s = bareName(schema);
  return define(schema, "clean_timeouts", {
    ...CLEANING,
    comment:
      "Deletes timeouts that mean nothing any more, at most p_limit: their saga is over, or has gone on since they were set. Returns how many.",
    body: deleting(
      `${s}.timeouts`,
      `SELECT t.ctid FROM ${s}.timeouts t JOIN ${s}.sagas g ON g.saga_id = t.saga_id
     WHERE NOT (${isMeant("g", "t")})
     LIMIT p_limit FOR UPDATE OF t SKIP LOCKED`,
    ),
  });
}

const CLEANING = {
  arguments: [given("p_limit", "integer")],
  returns: "bigint",
  // a limit of NULL would be none
  strict: true,
  securityDefiner: true,
  settings: SAFE_PATH,
} as const;

function deleting(table: string, rows: string): string {
  return `DECLARE
  deleted bigint;
BEGIN
  DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
    ${rows}));
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END`;
}

/** One transaction: readers of the feed wait for its end, so it is kept short. */
function maintain(schema: string, rolls: boolean): FunctionModel {
  const s = bareName(schema);
  return define(schema, "maintain", {
    comment:
      "For a job of the database, as of pg_cron: forgets old messages of the inbox and deletes void timeouts, at most p_limit of each" +
      (rolls ? ", and makes the leaves of event_store that are due" : "") +
      ". Drops and detaches nothing.",
    arguments: [
      { ...given("p_limit", "integer"), default: "10000" },
      out("inbox_deleted", "bigint"),
      out("timeouts_deleted", "bigint"),
      ...(rolls ? [out("leaves_made", "integer")] : []),
    ],
    strict: true,
    securityDefiner: true,
    settings: SAFE_PATH,
    body: `BEGIN
  inbox_deleted := ${s}.clean_inbox(p_limit);
  timeouts_deleted := ${s}.clean_timeouts(p_limit);${rolls ? `\n  leaves_made := ${s}.roll_event_store();` : ""}
END`,
  });
}

/** `30 days`, or seconds where it is no number of days. */
function intervalOf(milliseconds: number): string {
  const days = milliseconds / 86_400_000;
  return Number.isInteger(days) ? `${days} ${days === 1 ? "day" : "days"}` : `${milliseconds / 1000} seconds`;
}
