import type { PostgresServer } from "../../tools/servers/state";

/** What is appended: as many events a call to one aggregate out of so many. */
export interface Append {
  readonly events: number;
  readonly aggregates: number;
  /**
   * Whether the writer knows the aggregate's version. Then each client goes through {@link OWN} aggregates of its own, one after the
   * other and again; else all pick one out of all.
   */
  readonly expected: boolean;
}

/** How many aggregates a client has that knows their versions. */
export const OWN = 1_000;

/** One way to store events: what prepares its database, what a client sends, and where the events are. */
export interface StoreArm {
  readonly name: string;
  /** What makes its tables: statements, or a program that connects by itself. */
  readonly schema: readonly string[] | ((server: PostgresServer, database: string) => Promise<void>);
  readonly script: (append: Append) => string;
  /** How many events there are. */
  readonly count: string;
}

/** 256 bytes, as a small event's payload. */
export const PAYLOAD = JSON.stringify({ note: "x".repeat(245) });

const repeated = (text: string, times: number): string => Array.from({ length: times }, () => text).join(", ");

/** The payload is a variable of pgbench. A variable is sent as a parameter, so that the server parses a payload as it would a client's. */
function scriptOf({ aggregates, events, expected }: Append, statements: readonly string[]): string {
  const own = [
    "\\set i :i + 1",
    `\\set id :client_id * ${OWN} + :i % ${OWN}`,
    `\\set version (:i / ${OWN}) * ${events}`,
  ];
  return [...(expected ? own : [`\\set id random(1, ${aggregates})`]), ...statements].join("\n") + "\n";
}

/** What the scripts' variables hold at first. */
export const VARIABLES = { payload: PAYLOAD, i: "-1" };

const versionOf = ({ expected }: Append): string => (expected ? ":version" : "NULL");

/** Our own store, from the statements that create it. */
export function ours(schema: readonly string[]): StoreArm {
  return {
    name: "ours",
    schema,
    count: "SELECT count(*) FROM bench.event_store",
    script: (append) => scriptOf(append, [append.events === 1 ? appendOne(append) : appendSeveral(append)]),
  };
}

const appendOne = (append: Append): string =>
  `SELECT bench.append_event('order-' || :id, 'order', ${versionOf(append)}, gen_random_uuid(), 'OrderPlaced', 1::smallint, ` +
  "(:payload)::jsonb, '{}');";

const appendSeveral = (append: Append): string =>
  `SELECT bench.append_events('order-' || :id, 'order', ${versionOf(append)}, ARRAY[${repeated("gen_random_uuid()", append.events)}], ` +
  `ARRAY[${repeated("'OrderPlaced'", append.events)}], ARRAY[${repeated("1", append.events)}]::smallint[], ` +
  `ARRAY[${repeated("(:payload)::jsonb", append.events)}], ARRAY[${repeated("'{}'", append.events)}]::jsonb[]);`;

/**
 * Emmett's own function, called once an append: without the round trips that its client makes around it. The partition is the one
 * that its client names; pgbench would take a colon for a variable.
 */
export function emmett(schema: string): StoreArm {
  return {
    name: "Emmett as shipped",
    schema: [schema],
    count: "SELECT count(*) FROM emt_messages",
    script: (append) =>
      scriptOf(append, [
        `SELECT * FROM emt_append_to_stream(ARRAY[${repeated("gen_random_uuid()::text", append.events)}], ` +
          `ARRAY[${repeated("(:payload)::jsonb", append.events)}], ARRAY[${repeated("'{}'", append.events)}]::jsonb[], ` +
          `ARRAY[${repeated("'1'", append.events)}], ARRAY[${repeated("'OrderPlaced'", append.events)}], ` +
          `ARRAY[${repeated("'E'", append.events)}], 'order-' || :id, 'order', ${versionOf(append)}, 'emt' || chr(58) || 'default');`,
      ]),
  };
}

/** Its reader of all events has no index for its order: with one, both can do the same. */
export function emmettWithIndex(schema: string): StoreArm {
  const index = "CREATE INDEX read_all ON emt_messages (transaction_id, global_position)";
  return { ...emmett(schema), name: "Emmett with a read-all index", schema: [schema, index] };
}

/** As its recorder does it, without its client: a table lock, a notification and an insert in one pipeline. */
export function pythonEventsourcing(schema: StoreArm["schema"]): StoreArm {
  const stored = (version: number): string => `(gen.id, ${version}, 'OrderPlaced', convert_to(:payload, 'UTF8'))`;
  return {
    name: "python eventsourcing",
    schema,
    count: "SELECT count(*) FROM public.stored_events",
    script: (append) =>
      scriptOf(append, [
        "\\startpipeline",
        "BEGIN;",
        "SET LOCAL lock_timeout = '0s';",
        "LOCK TABLE public.stored_events IN EXCLUSIVE MODE;",
        "NOTIFY stored_events;",
        "INSERT INTO public.stored_events (originator_id, originator_version, topic, state) " +
          "SELECT each.* FROM (SELECT gen_random_uuid() AS id) AS gen CROSS JOIN LATERAL " +
          `(VALUES ${Array.from({ length: append.events }, (_, index) => stored(index + 1)).join(", ")}) AS each ` +
          "RETURNING notification_id;",
        "COMMIT;",
        "\\endpipeline",
      ]),
  };
}

/** The least that storing an event can be: one insert, one key. */
export const plainFloor: StoreArm = {
  name: "a plain INSERT with one key",
  schema: ["CREATE TABLE floor (id bigserial PRIMARY KEY, data jsonb NOT NULL)"],
  count: "SELECT count(*) FROM floor",
  script: (append) =>
    scriptOf(append, [`INSERT INTO floor (data) VALUES ${repeated("((:payload)::jsonb)", append.events)};`]),
};

/** The columns of our store, and one key. */
export const fullRowFloor: StoreArm = {
  name: "the full row with one key",
  schema: [
    `CREATE TABLE floor (version bigint NOT NULL, id bigserial PRIMARY KEY,
       transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(), occurred_at timestamptz NOT NULL DEFAULT now(),
       event_id uuid NOT NULL, epoch smallint NOT NULL DEFAULT 0, schema_version smallint NOT NULL,
       aggregate_id text COLLATE "C" NOT NULL, aggregate_type text COLLATE "C" NOT NULL,
       event_type text COLLATE "C" NOT NULL, data jsonb NOT NULL, metadata jsonb NOT NULL DEFAULT '{}')`,
  ],
  count: "SELECT count(*) FROM floor",
  script: (append) =>
    scriptOf(append, [
      "INSERT INTO floor (version, event_id, schema_version, aggregate_id, aggregate_type, event_type, data) VALUES " +
        `${repeated("(1, gen_random_uuid(), 1, 'order-' || :id, 'order', 'OrderPlaced', (:payload)::jsonb)", append.events)};`,
    ]),
};
