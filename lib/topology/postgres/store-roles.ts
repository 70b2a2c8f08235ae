/**
 * Who uses the store, each by a group role of its own (`<schema>_writer`, …): those who append and decide, those who only read, those
 * who keep read models, and the relay, which reads the feed and sends the outbox.
 */
export type StoreRole = "writer" | "reader" | "projector" | "relay";
