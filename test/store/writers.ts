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

/** What an append is, so that it can come again. */
interface Append {
  readonly aggregate: string;
  readonly expected: number | null;
  readonly ids: readonly string[];
}

/** A connection that comes back when somebody ends it. */
class Session {
  readonly #config: ClientConfig;
  #client: Client | null = null;
  #inTransaction = false;

  constructor(config: ClientConfig) {
    this.#config = config;
  }

  async query<T extends object>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    // what is left of a transaction is not to be done outside of it
    if (this.#client === null && this.#inTransaction) throw new Error("the transaction's connection was terminated");
    this.#client ??= await this.#connected();
    return (await this.#client.query<T>(text, [...values])).rows;
  }

  async #connected(): Promise<Client> {
    const client = new Client(this.#config);
    client.on("error", () => {
      // that of an older connection comes late
      if (this.#client === client) this.#client = null;
    });
    await client.connect();
    return client;
  }

  async begin(): Promise<void> {
    await this.query("BEGIN");
    this.#inTransaction = true;
  }

  async finish(how: "COMMIT" | "ROLLBACK"): Promise<void> {
    await this.query(how);
    this.#inTransaction = false;
  }

  /** Whether the error has ended the connection; then the next query gets another one. */
  lost(error: unknown): boolean {
    const { code = "", message } = error as { code?: string; message: string };
    const gone = /^(57P0[123]|08|ECONN|EPIPE)/.test(code) || /terminated|not queryable|Connection ended/.test(message);
    if (gone) [this.#client, this.#inTransaction] = [null, false];
    return gone;
  }

  async end(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
  }
}

interface Work {
  readonly session: Session;
  readonly schema: string;
  readonly tenants: boolean;
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

function drawn({ random, aggregates }: Work, expected: number | null = null, aggregate?: string): Append {
  const ids = Array.from({ length: random() < 0.3 ? 3 : 1 }, () => randomUUID());
  return { aggregate: aggregate ?? `order-${Math.floor(random() * aggregates)}`, expected, ids };
}

/** Some have a leaf of their own, the others share one. */
export const TENANTS = ["acme", "globex", "somebody", "somebody else"] as const;

/** Each aggregate is one tenant's. */
function tenantOf(aggregate: string): string {
  return TENANTS[Number(/\d+$/.exec(aggregate)?.[0] ?? 0) % TENANTS.length]!;
}

/** One event by the short way, as an application would. */
async function append(work: Work, { aggregate, expected, ids }: Append): Promise<readonly string[]> {
  const { session, schema, tenants } = work;
  const fill = <T>(value: T): T[] => ids.map(() => value);
  const [name, rest, values] =
    ids.length === 1
      ? ["append_event", "$3, 'OrderPaid', 1::smallint, '{}', '{}'", ids]
      : [
          "append_events",
          "$3, $4, $5, $6::jsonb[], $7::jsonb[]",
          [ids, fill("OrderPaid"), fill(1), fill("{}"), fill("{}")],
        ];
  const tenant = tenants ? [tenantOf(aggregate)] : [];
  const first = tenants ? `$${values.length + 3}, ` : "";
  const [row] = await session.query<{ last_version: string }>(
    `SELECT last_version FROM ${schema}.${name}(${first}$1, 'Order', $2, ${rest})`,
    [aggregate, expected, ...values, ...tenant],
  );
  const last = Number(row?.last_version);
  return ids.map((_, n) => `${aggregate}#${last - n}`);
}

/** One append by itself: again, as it was, when its answer was lost, and now and then though it was not. */
async function appendAlone(work: Work, what: Append): Promise<readonly string[]> {
  let answer: readonly string[];
  try {
    answer = await append(work, what);
  } catch (error) {
    if (!work.session.lost(error)) throw error;
    answer = await append(work, what);
  }
  if (work.random() > 0.1) return answer;
  const again = await append(work, what);
  if (again.join() !== answer.join()) throw Object.assign(new Error("another answer"), { code: "another answer" });
  return answer;
}

async function expectedNow(work: Work): Promise<Append> {
  const { aggregate } = drawn(work);
  const [head] = await work.session.query<{ version: string | null }>(
    `SELECT max(version) AS version FROM ${work.schema}.event_store WHERE aggregate_id = $1`,
    [aggregate],
  );
  return drawn(work, Number(head?.version ?? 0), aggregate);
}

async function attempt(work: Work, mode: WriterMode): Promise<readonly string[]> {
  const { session, random } = work;
  if (mode === "any") return appendAlone(work, drawn(work));
  if (mode === "expected") return appendAlone(work, await expectedNow(work));
  await session.begin();
  const done: string[] = [];
  if (mode.startsWith("early-xid")) await session.query("SELECT pg_current_xact_id()");
  if (mode === "early-xid-slow") await pause(random() * 40);
  if (mode === "savepoint") {
    await session.query("SAVEPOINT s");
    await append(work, drawn(work));
    await session.query("ROLLBACK TO SAVEPOINT s");
  }
  done.push(...(await append(work, drawn(work))));
  if (mode === "two-aggregates") done.push(...(await append(work, drawn(work))));
  if (mode === "early-xid-slow") await pause(random() * 40);
  await session.finish(mode === "rollback" ? "ROLLBACK" : "COMMIT");
  return mode === "rollback" ? [] : done;
}

export interface Writer {
  readonly config: ClientConfig;
  readonly schema: string;
  readonly mode: WriterMode;
  readonly seed: number;
  readonly stop: () => boolean;
  readonly aggregates: number;
  /** Whether the functions take a tenant. @default false */
  readonly tenants?: boolean;
}

/** Writes in one mode until told to stop. */
export async function writeUntil(writer: Writer, written: Written): Promise<void> {
  const { config, schema, mode, seed, stop, aggregates, tenants = false } = writer;
  const session = new Session(config);
  const work = { session, schema, random: seeded(seed), aggregates, tenants };
  while (!stop()) {
    try {
      for (const each of await attempt(work, mode)) written.committed.add(each);
    } catch (error) {
      const lost = session.lost(error);
      const { code = "none" } = error as { code?: string };
      const kind = lost ? "connection lost" : code;
      written.errors.set(kind, (written.errors.get(kind) ?? 0) + 1);
      if (!lost) await session.finish("ROLLBACK").catch((again: unknown) => session.lost(again));
    }
  }
  await session.end();
}
