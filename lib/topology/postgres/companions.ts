import type { TableModel } from "../../postgres/model";
import { column, index, key, primaryKey, table, timestamp } from "./columns";
import { nextval } from "./event-store";
import type { StoreLayout } from "./layout";

/** The tables around the event store, store format 1. */
export function companionTables(schema: string, layout: StoreLayout): readonly TableModel[] {
  return [snapshots(schema, layout), outbox(schema), inbox(schema), checkpoints(schema)];
}

function snapshots(schema: string, { aggregate, columns }: StoreLayout): TableModel {
  return table(schema, "snapshots", {
    comment:
      "The state of an aggregate at a version, to save replaying. A new schema version is a new row: older readers keep theirs.",
    columns: [
      column("version", "bigint"),
      timestamp("taken_at"),
      column("schema_version", "smallint"),
      ...columns,
      key("aggregate_id"),
      key("snapshot_type"),
      column("data", "jsonb"),
    ],
    primaryKey: primaryKey("snapshots", ...aggregate, "snapshot_type", "schema_version"),
    storage: { fillfactor: "80" },
  });
}

/** Debezium's default columns (EventRouterConfigDefinition: id, aggregatetype, aggregateid, type, payload), and what a relay needs. */
function outbox(schema: string): TableModel {
  return table(schema, "outbox", {
    comment:
      "What is to be sent and is no event: commands and replies, written together with the state that causes them. Sent rows are deleted.",
    columns: [
      column("position", "bigint", { default: nextval(schema, "outbox_position") }),
      timestamp("created_at"),
      column("id", "uuid"),
      column("aggregatetype", "character varying(255)"),
      column("aggregateid", "character varying(255)"),
      column("type", "character varying(255)"),
      column("payload", "jsonb"),
      column("headers", "jsonb", {
        default: "'{}'::jsonb",
        comment: "where it goes and what it answers: exchange, routing key, correlation",
      }),
    ],
    primaryKey: primaryKey("outbox", "id"),
    indexes: [index("outbox_position_idx", ["position"])],
    storage: { autovacuum_vacuum_scale_factor: "0.01", fillfactor: "70" },
  });
}

/** Message ids are text: producers that we do not control have ids of their own kind. */
function inbox(schema: string): TableModel {
  return table(schema, "inbox", {
    comment: "Messages that a consumer has handled, inserted in the handler's transaction: a conflict is a duplicate.",
    columns: [timestamp("received_at"), key("consumer"), key("message_id")],
    primaryKey: primaryKey("inbox", "consumer", "message_id"),
    indexes: [index("inbox_received_at", ["received_at"])],
  });
}

function checkpoints(schema: string): TableModel {
  return table(schema, "checkpoints", {
    comment: "How far each reader of the feed is. Moved by compare-and-set in the reader's own transaction.",
    columns: [
      column("transaction_id", "xid8", { default: "'0'::xid8" }),
      column("global_position", "bigint", { default: "0" }),
      timestamp("updated_at"),
      timestamp("lease_until", { nullable: true }),
      column("generation", "integer", {
        default: "1",
        comment: "a rebuild beside the running one has the next generation",
      }),
      column("epoch", "smallint", { default: "0" }),
      column("shard", "smallint", { default: "0" }),
      key("processor"),
      key("status", { default: "'running'::text" }),
      key("owner", { nullable: true }),
    ],
    primaryKey: primaryKey("checkpoints", "processor", "shard", "generation"),
    storage: { fillfactor: "50" },
  });
}

export function sagaTables(schema: string): readonly TableModel[] {
  return [sagas(schema), sagaSteps(schema), timeouts(schema)];
}

function sagas(schema: string): TableModel {
  return table(schema, "sagas", {
    comment: "Running and finished sagas; one for each correlation key.",
    columns: [
      column("version", "bigint", { default: "0" }),
      timestamp("started_at"),
      timestamp("updated_at"),
      timestamp("completed_at", { nullable: true }),
      column("saga_id", "uuid"),
      column("definition_version", "integer", { default: "1", comment: "the step list that it was started with" }),
      column("step", "integer", { default: "0" }),
      key("saga_type"),
      key("correlation_key"),
      key("state"),
      key("direction", { default: "'forward'::text" }),
      column("data", "jsonb", { default: "'{}'::jsonb" }),
    ],
    primaryKey: primaryKey("sagas", "saga_id"),
    checks: [{ name: "sagas_direction", expression: "direction = ANY (ARRAY['forward'::text, 'compensating'::text])" }],
    indexes: [index("sagas_correlation", ["saga_type", "correlation_key"], { unique: true })],
    storage: { fillfactor: "70" },
  });
}

function sagaSteps(schema: string): TableModel {
  return table(schema, "saga_steps", {
    comment: "What each saga did, in order; compensations go through it backwards.",
    columns: [
      timestamp("started_at"),
      timestamp("completed_at", { nullable: true }),
      column("saga_id", "uuid"),
      column("command_id", "uuid", {
        comment: "made from saga, step and direction: sending again is the same command",
      }),
      column("seq", "integer"),
      key("name"),
      key("direction"),
      key("status"),
      column("result", "jsonb", { nullable: true }),
    ],
    primaryKey: primaryKey("saga_steps", "saga_id", "seq"),
    indexes: [index("saga_steps_command", ["command_id"], { unique: true })],
    storage: { fillfactor: "70" },
  });
}

function timeouts(schema: string): TableModel {
  return table(schema, "timeouts", {
    comment: "What is due when, if nothing happens before: polled in order, deleted when taken.",
    columns: [
      timestamp("due_at", {}),
      column("token", "bigint", { comment: "the saga's version when it was set: a later version makes it void" }),
      column("id", "uuid"),
      column("saga_id", "uuid"),
      key("saga_type"),
      column("payload", "jsonb", { default: "'{}'::jsonb" }),
    ],
    primaryKey: primaryKey("timeouts", "due_at", "id"),
    indexes: [index("timeouts_saga", ["saga_id"])],
  });
}
