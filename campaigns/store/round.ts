import { Client, type ClientConfig } from "pg";
import { compile, defineDomain, event, jsonSchema, type StorePartitioning } from "eventloom";
import { createStatements } from "../../lib/preview/render-sql";
import { maintainSchema } from "../../lib/provider/postgres/maintain";
import { judge, readByPosition, readFeed, type Verdict } from "../../test/store/readers";
import { WRITER_MODES, writeUntil, type Written } from "../../test/store/writers";

/** Ways to break a store, or its reader, that the checker has to see. */
export const BREAKAGES = ["no lock", "no guard", "a reader by position alone"] as const;
export type Breakage = (typeof BREAKAGES)[number];

export interface RoundOptions {
  /** Of an empty database. */
  readonly config: ClientConfig;
  readonly seed: number;
  /** The writers stop when so many are known to be committed. */
  readonly events: number;
  readonly aggregates: number;
  /** In leaves of time, those are made when half of the events are there: the default leaf becomes one beside the writers. */
  readonly partitioning: StorePartitioning;
  /** Each mode has so many writers. */
  readonly writersEach: number;
  /** Ends a connection of some writer every so many milliseconds; null for never. */
  readonly killEveryMs: number | null;
  readonly breakage: Breakage | null;
}

/** What a round has come to. */
export interface RoundOutcome extends Verdict {
  readonly committed: number;
  /** What is in the table but did not come by the feed. */
  readonly unread: number;
  /** What was said to be committed, and is not in the table. */
  readonly lost: number;
  /** Aggregates whose versions are not 1, 2, 3 and so on. */
  readonly gaps: number;
  /** Event ids that are there more than once. */
  readonly doubled: number;
  readonly killed: number;
  /** How often appends were sent back, by SQLSTATE. */
  readonly sentBack: Readonly<Record<string, number>>;
}

const SCHEMA = "shop";
/** 40P01: two aggregates in one transaction without lock_aggregates may deadlock, as any two rows may. */
const EXPECTED = ["40001", "40P01", "ES001", "connection lost"];

/** Writers of all kinds at once on a fresh store, a reader that polls, and what both have seen. */
export async function round(options: RoundOptions): Promise<RoundOutcome> {
  const { config, seed, events, aggregates, writersEach, breakage } = options;
  const client = new Client(config);
  await client.connect();
  try {
    for (const sql of statements(options)) await client.query(sql);
    const written: Written = { committed: new Set(), errors: new Map() };
    let writing = true;
    const stop = (): boolean => written.committed.size >= events;
    const read = (breakage === "a reader by position alone" ? readByPosition : readFeed)(config, SCHEMA, () => !writing); // prettier-ignore
    const modes = Array.from({ length: writersEach }, () => WRITER_MODES).flat();
    const killing = killUntil(client, options, stop);
    const rolling = rollAmidst(options, () => written.committed.size);
    const tenants = options.partitioning.strategy === "list";
    await Promise.all(modes.map((mode, n) => writeUntil({ config, schema: SCHEMA, mode, seed: seed + n, stop, aggregates, tenants }, written))); // prettier-ignore
    const killed = await killing;
    await rolling;
    await untilNobodyWrites(client);
    writing = false;
    const { seen } = await read;
    const sentBack = Object.fromEntries(written.errors);
    return { committed: written.committed.size, ...judge({ seen }, written.committed), ...(await inTable(client, seen, written)), killed, sentBack }; // prettier-ignore
  } finally {
    await client.end();
  }
}

/** Whether a store that is whole could come to this. */
export function isSound({ missing, twice, outOfOrder, unread, lost, gaps, doubled, sentBack }: RoundOutcome): boolean {
  const counts = missing + twice + outOfOrder + unread + lost + gaps + doubled;
  return counts === 0 && Object.keys(sentBack).every((code) => EXPECTED.includes(code));
}

/** Makes the leaves that nobody has made. */
async function rollAmidst({ config, events, partitioning }: RoundOptions, committed: () => number): Promise<void> {
  if (partitioning.strategy !== "range") return;
  while (committed() < events / 2) await new Promise((resolve) => setTimeout(resolve, 10));
  const { host, port, user, password, database } = config;
  const environment = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password as string, PGDATABASE: database, PGSSLMODE: "disable" }; // prettier-ignore
  for (let left = 20; left > 0; left--) {
    const outcome = await maintainSchema(environment, SCHEMA, { dryRun: false, lockTimeout: 0.2, now: Date.now, onStep: () => undefined }); // prettier-ignore
    const [table] = "maintained" in outcome ? (outcome.maintained?.tables ?? []) : [];
    // its connection may be among those that are ended
    if (table?.left.length === 0) return;
  }
  throw new Error("the leaves of time could not be made");
}

function statements({ partitioning, breakage }: RoundOptions): readonly string[] {
  const payload = jsonSchema<{ id: string }>({ type: "object", properties: { id: { type: "string" } }, required: ["id"] }); // prettier-ignore
  const domain = defineDomain(SCHEMA, {
    store: { format: 1, partitioning, roles: false },
    brokers: ["kafka"],
    aggregates: { Order: { id: "id", events: { OrderPaid: event({ versions: { 1: payload } }) } } },
  });
  const whole = createStatements(compile(domain)).map(({ sql }) => sql);
  if (breakage === "no lock") return replaced(whole, /pg_catalog\.pg_advisory_xact_lock\(.*, \d+\)\) IS NULL/g, "p_aggregate_id IS NULL"); // prettier-ignore
  if (breakage === "no guard") return replaced(whole, /e\.transaction_id OPERATOR\(pg_catalog\.>\) pg_catalog\.pg_current_xact_id\(\)/g, "false"); // prettier-ignore
  return whole;
}

/** @throws Error where a function that appends has no such text any more: then less would be broken than is said */
function replaced(all: readonly string[], text: RegExp, by: string): readonly string[] {
  for (const name of ["append_event", "append_events"]) {
    const own = all.find((each) => each.includes(`FUNCTION "${SCHEMA}"."${name}"`)) ?? "";
    if (own.search(text) === -1) throw new Error(`${name} has no ${text.source}`);
  }
  return all.map((each) => each.replaceAll(text, by));
}

/** What writes anywhere holds the feed back: a connection that is being ended, or an ANALYZE. */
export async function untilNobodyWrites(client: Client): Promise<void> {
  const writers = "SELECT FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()";
  for (let left = 600; left > 0; left--) {
    if ((await client.query(writers)).rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("somebody still writes a minute after all writers have ended");
}

async function killUntil(client: Client, { killEveryMs }: RoundOptions, stop: () => boolean): Promise<number> {
  let killed = 0;
  while (killEveryMs !== null && !stop()) {
    await new Promise((resolve) => setTimeout(resolve, killEveryMs));
    // not the readers: they do nothing but read
    const { rowCount } = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%read_events%' AND query NOT LIKE '%global_position%' ORDER BY random() LIMIT 1",
    );
    killed += rowCount ?? 0;
  }
  return killed;
}

async function inTable(client: Client, seen: readonly string[], { committed }: Written) {
  const { rows } = await client.query<{ label: string }>(`SELECT aggregate_id || '#' || version AS label FROM ${SCHEMA}.event_store`); // prettier-ignore
  const [there, read] = [new Set(rows.map(({ label }) => label)), new Set(seen)];
  const count = async (query: string): Promise<number> => (await client.query(query)).rowCount ?? 0;
  return {
    unread: [...there].filter((each) => !read.has(each)).length,
    lost: [...committed].filter((each) => !there.has(each)).length,
    gaps: await count(`SELECT FROM ${SCHEMA}.event_store GROUP BY aggregate_id HAVING count(*) <> max(version)`),
    doubled: await count(`SELECT FROM ${SCHEMA}.event_store GROUP BY event_id HAVING count(*) > 1`),
  };
}
