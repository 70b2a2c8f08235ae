/** The event store's own tables, by their names in the domain's schema: a projection cannot be called so. */
export const STORE_TABLES: readonly string[] = [
  "archived_aggregates",
  "epochs",
  "event_store",
  "snapshots",
  "outbox",
  "inbox",
  "checkpoints",
  "sagas",
  "saga_steps",
  "timeouts",
];
