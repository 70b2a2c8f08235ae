import { defineDomain, event, hash, jsonSchema } from "eventloom";
import { Client, type ClientConfig } from "pg";
import { createStore } from "../../test/store/create-store";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { onServers } from "../own-servers";
import { onFreshDatabase } from "../store/store";
import { nodesOf, type PlanNode } from "./plan";

const EVENTS = 1_000_000;
/** How many events an aggregate has. */
export const LENGTH = 100;
const PAGE = 500;
const LEAVES = 8;
/** One event of so many is of the type that has an index of its own. */
const RARE = 10_000;
const ALLOWED_MS = 1;
/** How often each is run: the median is taken. */
const REPEATED = 21;

/** The campaign. */
export const reads: Campaign = {
  name: "reads",
  description: `reads a store of ${EVENTS} events: an aggregate from one leaf, pages without a sort, a rare type in less than ${ALLOWED_MS} ms`,
  count: 3,
  onPostgres: true,
  run: (options) =>
    onServers(options, { only: ["postgres"] }, ({ postgres }) =>
      onFreshDatabase(postgres, `reads_${process.pid}`, (config) => run(config, options)),
    ),
};

async function run(config: ClientConfig, options: CampaignOptions): Promise<CampaignResult> {
  const client = new Client(config);
  await client.connect();
  try {
    options.onProgress(`appends ${EVENTS} events`);
    await fillStore(client, EVENTS);
    let failures = 0;
    const slowest: Record<string, number> = {};
    for (let round = 1; round <= options.count; round++) {
      const found = await lookAtReads(client);
      const slow = found.filter(({ read, ms }) => read === "a rare type" && ms >= ALLOWED_MS);
      const problems = [...found.flatMap((each) => each.problems), ...slow.map(({ read, ms }) => `${read}: ${ms} ms`)];
      if (problems.length > 0) failures++;
      for (const { read, ms } of found) slowest[read] = Math.max(slowest[read] ?? 0, ms);
      options.onRow({ round, reads: found, problems });
      options.onProgress(`${round} of ${options.count}: ${found.map(({ read, ms }) => `${read} ${ms} ms`).join(", ")}`);
    }
    return { rounds: options.count, failures, summary: { events: EVENTS, slowest } };
  } finally {
    await client.end();
  }
}

const made = jsonSchema<{ id: string }>({ type: "object", properties: { id: { type: "string" } }, required: ["id"] });

/**
 * A store with so many events, in 100 transactions of which each goes on with every aggregate.
 *
 * @param events - a multiple of 10,000
 */
export async function fillStore(client: Client, events: number): Promise<void> {
  const domain = defineDomain("reads", {
    store: { format: 1, partitioning: hash(LEAVES), roles: false },
    brokers: ["kafka"],
    aggregates: {
      Order: {
        id: "id",
        events: {
          OrderMade: event({ versions: { 1: made } }),
          OrderLost: event({ versions: { 1: made }, indexed: true }),
        },
      },
    },
  });
  await createStore(client, domain);
  for (let version = 1; version <= LENGTH; version++) {
    // not by the function: what is measured is the reading, and this is done in a minute
    await client.query(
      `INSERT INTO reads.event_store (version, occurred_at, event_id, epoch, aggregate_id, aggregate_type, event_type, data)
       SELECT $1::int, now(), gen_random_uuid(), 0, 'order-' || n, 'Order',
              CASE WHEN (n * ${LENGTH} + $1::int) % ${RARE} = 0 THEN 'OrderLost' ELSE 'OrderMade' END,
              jsonb_build_object('id', 'order-' || n, 'note', repeat('x', 100))
         FROM generate_series(1, $2::int) n`,
      [version, events / LENGTH],
    );
  }
  await client.query("VACUUM ANALYZE reads.event_store");
}

/** What a read came to. */
export interface ReadFinding {
  readonly read: string;
  readonly rows: number;
  /** How long the server took to run it, in ms; the median. */
  readonly ms: number;
  /** What is not as it should be; empty where all is. */
  readonly problems: readonly string[];
}

interface Read {
  readonly read: string;
  readonly query: string;
  readonly rows: number;
  readonly wrong: (nodes: readonly PlanNode[]) => readonly string[];
}

/** Reads, and looks at how the server does it. */
export async function lookAtReads(client: Client): Promise<readonly ReadFinding[]> {
  const { rows } = await client.query<{ xid: string; rare: number }>(
    `SELECT (SELECT transaction_id::text FROM reads.event_store WHERE aggregate_id = 'order-1' AND version = ${LENGTH / 2}) AS xid,
            (SELECT count(*)::int FROM reads.event_store WHERE event_type = 'OrderLost') AS rare`,
  );
  const { xid = "0", rare = 0 } = rows[0] ?? {};
  const page = (read: string, after: string): Read => ({
    read,
    query: `SELECT * FROM reads.read_events(0::smallint, '${after}', 0, ${PAGE})`,
    rows: PAGE,
    wrong: (nodes) => [...sorts(nodes), ...withoutIndex(nodes)],
  });
  const every: readonly Read[] = [
    {
      read: "an aggregate",
      query: `SELECT * FROM reads.read_aggregate('order-7', 0, ${LENGTH})`,
      rows: LENGTH,
      wrong: (nodes) => [...severalLeaves(nodes), ...withoutIndex(nodes)],
    },
    page("the first page", "0"),
    page("a page in the middle", xid),
    {
      read: "a rare type",
      query: `SELECT * FROM reads.event_store WHERE event_type = 'OrderLost' AND epoch = 0
                AND (transaction_id, global_position) > ('0', 0) ORDER BY epoch, transaction_id, global_position LIMIT ${PAGE}`,
      rows: Math.min(rare, PAGE),
      // the type is no condition any more where nothing else is in the index
      wrong: (nodes) => [...sorts(nodes), ...withoutIndex(nodes), ...filters(nodes)],
    },
  ];
  const found: ReadFinding[] = [];
  for (const each of every) found.push(await lookAt(client, each));
  return found;
}

async function lookAt(client: Client, { read, query, rows, wrong }: Read): Promise<ReadFinding> {
  const times: number[] = [];
  let plan: PlanNode | undefined;
  for (let turn = 0; turn < REPEATED; turn++) {
    const text = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${query}`;
    const answer = await client.query<{ "QUERY PLAN": readonly Explained[] }>(text);
    const explained = answer.rows[0]?.["QUERY PLAN"][0];
    if (explained === undefined) throw new Error(`${read}: the server explained nothing`);
    plan = explained.Plan;
    times.push(explained["Execution Time"]);
  }
  const seen = plan!["Actual Rows"];
  const ms = times.sort((a, b) => a - b)[(REPEATED - 1) / 2]!;
  const few = seen === rows ? [] : [`${seen} rows instead of ${rows}`];
  return { read, rows: seen, ms, problems: [...few, ...wrong(nodesOf(plan!))].map((each) => `${read}: ${each}`) };
}

interface Explained {
  readonly Plan: PlanNode;
  readonly "Execution Time": number;
}

function scans(nodes: readonly PlanNode[]): readonly PlanNode[] {
  return nodes.filter((each) => each["Relation Name"] !== undefined);
}

function sorts(nodes: readonly PlanNode[]): readonly string[] {
  return nodes.filter((each) => /Sort$/.test(each["Node Type"])).map((each) => `there is a ${each["Node Type"]}`);
}

function severalLeaves(nodes: readonly PlanNode[]): readonly string[] {
  const leaves = new Set(scans(nodes).map((each) => each["Relation Name"]));
  return leaves.size === 1 ? [] : [`it is read from ${leaves.size} leaves`];
}

function withoutIndex(nodes: readonly PlanNode[]): readonly string[] {
  const found = scans(nodes).filter((each) => each["Index Name"] === undefined && each["Node Type"] !== "Bitmap Heap Scan"); // prettier-ignore
  return found.map((each) => `${each["Relation Name"]} is read by a ${each["Node Type"]}`);
}

function filters(nodes: readonly PlanNode[]): readonly string[] {
  return nodes.filter((each) => each.Filter !== undefined).map((each) => `rows are read for nothing: ${each.Filter}`);
}
