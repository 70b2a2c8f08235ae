import type { HashPartitioning } from "../../domain/types";
import { bareName } from "../../postgres/bare-name";
import { quoteLiteral } from "../../postgres/quote";
import type { TableModel, TriggerModel } from "../../postgres/model";
import { column, index, key, primaryKey, table, timestamp } from "./columns";

/**
 * `event_store` and `aggregates`, store format 1: final. Columns of 8 bytes come first, so that rows have no padding.
 *
 * The global order is (epoch, transaction_id, global_position): a position alone skips events that commit late (11 to 23 % under
 * load), and a transaction id alone does not survive a restore into another cluster, hence the epoch.
 */
export function eventStoreTable(schema: string, partitioning: HashPartitioning): TableModel {
  return table(schema, "event_store", {
    comment: "Every event that happened, in order, for ever. Append with append_events; rows never change.",
    columns: [
      column("version", "bigint", { comment: "1, 2, 3 and so on within the aggregate, without gaps" }),
      column("global_position", "bigint", { default: nextval(schema, "global_position") }),
      column("transaction_id", "xid8", { default: "pg_current_xact_id()" }),
      timestamp("occurred_at"),
      column("event_id", "uuid", { comment: "given by the writer: appending the same ids again changes nothing" }),
      column("epoch", "smallint", {
        default: `${bareName(schema)}.current_epoch()`,
        comment: "goes up by one after a restore into another cluster, where transaction ids start again",
      }),
      column("schema_version", "smallint", { default: "1", comment: "the event's version as declared" }),
      key("aggregate_id"),
      key("aggregate_type"),
      key("event_type"),
      column("data", "jsonb"),
      column("metadata", "jsonb", { default: "'{}'::jsonb" }),
    ],
    // also the optimistic lock of last resort
    primaryKey: primaryKey("event_store", "aggregate_id", "version"),
    indexes: [
      index("event_store_all", ["epoch", "transaction_id", "global_position"]),
      index("event_store_event_id", ["aggregate_id", "event_id"], { unique: true }),
      // for rare types only: the planner reads frequent ones through event_store_all
      index("event_store_type", ["event_type", "epoch", "transaction_id", "global_position"]),
      // 0.2 bytes an event; for "what happened on that day", never for the feed
      index("event_store_occurred_at", ["occurred_at"], { method: "brin" }),
    ],
    partitioning: {
      strategy: "hash",
      columns: ["aggregate_id"],
      modulus: partitioning.modulus,
      storage: {
        autovacuum_analyze_scale_factor: "0.02",
        autovacuum_freeze_min_age: "0",
        autovacuum_vacuum_insert_scale_factor: "0.05",
        fillfactor: "100",
      },
    },
    triggers: appendOnly(schema),
  });
}

/** The next number of a sequence, as Postgres writes it back. */
export function nextval(schema: string, sequence: string): string {
  return `nextval(${quoteLiteral(`${bareName(schema)}.${sequence}`)}::regclass)`;
}

/** `always`, so that `session_replication_role = replica` does not get past them. */
function appendOnly(schema: string): readonly TriggerModel[] {
  const refuse = {
    timing: "before",
    functionSchema: schema,
    functionName: "refuse_change",
    enabled: "always",
  } as const;
  return [
    { ...refuse, name: "append_only", events: ["update", "delete"], level: "row" },
    { ...refuse, name: "no_truncate", events: ["truncate"], level: "statement" },
  ];
}

/** One row an aggregate: its version, and which transaction wrote last (the guard against order inversion reads it). */
export function aggregatesTable(schema: string): TableModel {
  return table(schema, "aggregates", {
    comment: "The head of each aggregate: how far it is, and who wrote last.",
    columns: [
      column("version", "bigint"),
      column("last_tx", "xid8"),
      timestamp("created_at"),
      timestamp("archived_at", { nullable: true }),
      column("last_epoch", "smallint"),
      key("aggregate_id"),
      key("aggregate_type"),
    ],
    primaryKey: primaryKey("aggregates", "aggregate_id"),
    // room for HOT updates: no index holds the version
    storage: { autovacuum_vacuum_scale_factor: "0.02", fillfactor: "75" },
  });
}
