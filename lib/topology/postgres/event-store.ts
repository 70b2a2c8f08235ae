import { postgresName, snake } from "../../domain/names";
import { bareName } from "../../postgres/bare-name";
import { quoteLiteral } from "../../postgres/quote";
import type { IndexModel, TableModel, TriggerModel } from "../../postgres/model";
import { column, index, key, primaryKey, table, timestamp } from "./columns";
import type { StoreLayout } from "./layout";

/**
 * `event_store`, store format 1: final. Each index costs about 100 bytes of write-ahead log an event: there are the key, the feed's,
 * and those that only few events are in. Columns of 8 bytes come first, so that rows have no padding.
 *
 * The global order is (epoch, transaction_id, global_position): a position alone skips events that commit late (11 to 23 % under
 * load), and a transaction id alone does not survive a restore into another cluster, hence the epoch.
 */
export function eventStoreTable(schema: string, layout: StoreLayout, indexedTypes: readonly string[]): TableModel {
  return table(schema, "event_store", {
    comment: "Every event that happened, in order, for ever. Append with append_events; rows never change.",
    columns: [
      column("version", "bigint", { comment: "1, 2, 3 and so on within the aggregate, without gaps" }),
      column("global_position", "bigint", { default: nextval(schema, "global_position") }),
      column("transaction_id", "xid8", { default: "pg_current_xact_id()" }),
      timestamp("occurred_at"),
      column("event_id", "uuid", { comment: "given by the writer: an append that comes again has the same ids" }),
      column("epoch", "smallint", {
        comment: "goes up by one after a restore into another cluster, where transaction ids start again",
      }),
      column("schema_version", "smallint", { default: "1", comment: "the event's version as declared" }),
      column("any_version", "boolean", {
        default: "false",
        comment: "appended without an expected version: then only its id tells a repetition",
      }),
      ...layout.columns,
      key("aggregate_id"),
      key("aggregate_type"),
      key("event_type"),
      column("data", "jsonb"),
      column("metadata", "jsonb", { default: "'{}'::jsonb" }),
    ],
    // also the optimistic lock of last resort
    primaryKey: primaryKey("event_store", ...layout.aggregate, "version", ...layout.inKeys),
    indexes: [
      index("event_store_all", ["epoch", "transaction_id", "global_position"]),
      // an append with an expected version needs none: its repetition finds its own events under the versions after that
      index("event_store_any_version", [...layout.aggregate, "event_id", ...layout.inKeys], {
        unique: true,
        where: "any_version",
      }),
      ...indexedTypes.map((type) => typeIndex(type)),
    ],
    partitioning: layout.partitioning,
    storage: layout.storage,
    triggers: appendOnly(schema),
  });
}

/** One for each type: a type that comes later is an index more, and none is built anew. */
function typeIndex(type: string): IndexModel {
  return index(postgresName(`event_store_type_${snake(type)}`), ["epoch", "transaction_id", "global_position"], {
    where: `event_type = ${quoteLiteral(type)}::text`,
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
