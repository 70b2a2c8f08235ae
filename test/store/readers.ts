import { Client, type ClientConfig } from "pg";

export interface Read {
  /** `aggregate#version`, in the order in which they came. */
  readonly seen: readonly string[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Row {
  readonly aggregate_id: string;
  readonly version: string;
  readonly transaction_id: string;
  readonly global_position: string;
}

async function poll(
  config: ClientConfig,
  done: () => boolean,
  next: (client: Client) => Promise<Row[]>,
): Promise<Read> {
  const client = new Client(config);
  await client.connect();
  const seen: string[] = [];
  for (;;) {
    // asked before reading: what was committed by then must be seen in this round or an earlier one
    const last = done();
    let rows = await next(client);
    while (rows.length > 0) {
      seen.push(...rows.map((each) => `${each.aggregate_id}#${each.version}`));
      rows = await next(client);
    }
    if (last) break;
    await pause(3);
  }
  await client.end();
  return { seen };
}

/** Reads the feed by `read_events`, as a relay does. */
export function readFeed(config: ClientConfig, schema: string, done: () => boolean): Promise<Read> {
  let place: readonly [string, string] = ["0", "0"];
  return poll(config, done, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT aggregate_id, version, transaction_id, global_position FROM ${schema}.read_events(0::smallint, $1::xid8, $2, 500)`,
      [...place],
    );
    const last = rows[rows.length - 1];
    if (last) place = [last.transaction_id, last.global_position];
    return rows;
  });
}

/** Reads by position alone, as careless readers do: events that commit late are skipped. */
export function readByPosition(config: ClientConfig, schema: string, done: () => boolean): Promise<Read> {
  let place = "0";
  return poll(config, done, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT aggregate_id, version, transaction_id, global_position FROM ${schema}.event_store WHERE global_position > $1 ORDER BY global_position LIMIT 500`,
      [place],
    );
    place = rows[rows.length - 1]?.global_position ?? place;
    return rows;
  });
}

export interface Verdict {
  readonly missing: number;
  readonly twice: number;
  /** Events that came after a later one of the same aggregate. */
  readonly outOfOrder: number;
}

export function judge(read: Read, committed: ReadonlySet<string>): Verdict {
  const seen = new Set(read.seen);
  const newest = new Map<string, number>();
  let outOfOrder = 0;
  for (const each of read.seen) {
    const [aggregate, version] = each.split("#") as [string, string];
    if (Number(version) <= (newest.get(aggregate) ?? 0)) outOfOrder++;
    newest.set(aggregate, Number(version));
  }
  return {
    missing: [...committed].filter((each) => !seen.has(each)).length,
    twice: read.seen.length - seen.size,
    outOfOrder,
  };
}
