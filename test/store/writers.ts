import { randomUUID } from "node:crypto";
import { Client, type ClientConfig } from "pg";

/** Ways in which applications write; each is a hazard for a store that orders carelessly. */
export const WRITER_MODES = [
  "any",
  "expected",
  "early-xid",
  "early-xid-slow",
  "rollback",
  "savepoint",
  "two-aggregates",
] as const;
export type WriterMode = (typeof WRITER_MODES)[number];

export interface Written {
  /** `aggregate#version` of each event in a transaction that committed. */
  readonly committed: Set<string>;
  readonly errors: Map<string, number>;
}

interface Work {
  readonly client: Client;
  readonly schema: string;
  readonly random: () => number;
  readonly aggregates: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** mulberry32: small, seeded, good enough to shuffle work. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function append(work: Work, aggregate: string, expected: number | null): Promise<readonly string[]> {
  const count = work.random() < 0.3 ? 3 : 1;
  const fill = <T>(value: () => T): T[] => Array.from({ length: count }, value);
  const { rows } = await work.client.query<{ last_version: string }>(
    `SELECT last_version FROM ${work.schema}.append_events($1, 'Order', $2, $3, $4, $5, $6::jsonb[], $7::jsonb[])`,
    [aggregate, expected, fill(randomUUID), fill(() => "OrderPaid"), fill(() => 1), fill(() => "{}"), fill(() => "{}")],
  );
  const last = Number(rows[0]?.last_version);
  return Array.from({ length: count }, (_, n) => `${aggregate}#${last - n}`);
}

async function attempt(work: Work, mode: WriterMode): Promise<readonly string[]> {
  const { client, schema, random, aggregates } = work;
  const pick = (): string => `order-${Math.floor(random() * aggregates)}`;
  if (mode === "any") return append(work, pick(), null);
  if (mode === "expected") {
    const id = pick();
    const head = await client.query<{ version: string }>(
      `SELECT max(version) AS version FROM ${schema}.event_store WHERE aggregate_id = $1`,
      [id],
    );
    return append(work, id, Number(head.rows[0]?.version ?? 0));
  }
  await client.query("BEGIN");
  const done: string[] = [];
  if (mode.startsWith("early-xid")) await client.query("SELECT pg_current_xact_id()");
  if (mode === "early-xid-slow") await pause(random() * 40);
  if (mode === "savepoint") {
    await client.query("SAVEPOINT s");
    await append(work, pick(), null);
    await client.query("ROLLBACK TO SAVEPOINT s");
  }
  done.push(...(await append(work, pick(), null)));
  if (mode === "two-aggregates") done.push(...(await append(work, pick(), null)));
  if (mode === "early-xid-slow") await pause(random() * 40);
  await client.query(mode === "rollback" ? "ROLLBACK" : "COMMIT");
  return mode === "rollback" ? [] : done;
}

export interface Writer {
  readonly config: ClientConfig;
  readonly schema: string;
  readonly mode: WriterMode;
  readonly seed: number;
  readonly stop: () => boolean;
  readonly aggregates: number;
}

/** Writes in one mode until told to stop. */
export async function writeUntil(writer: Writer, written: Written): Promise<void> {
  const { config, schema, mode, seed, stop, aggregates } = writer;
  const client = new Client(config);
  await client.connect();
  const work = { client, schema, random: seeded(seed), aggregates };
  while (!stop()) {
    try {
      for (const each of await attempt(work, mode)) written.committed.add(each);
    } catch (error) {
      const { code = "none" } = error as { code?: string };
      written.errors.set(code, (written.errors.get(code) ?? 0) + 1);
      await client.query("ROLLBACK");
    }
  }
  await client.end();
}
