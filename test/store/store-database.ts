import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientConfig, type QueryResultRow } from "pg";
import { orders } from "../../examples/orders/domain";
import { freshDatabase } from "../e2e/servers";
import { createStore } from "./create-store";

/** A database with the store of the example, and connections to it that end with the test file. */
export class StoreDatabase {
  readonly #clients: Client[] = [];

  private constructor(readonly config: ClientConfig) {}

  static async open(name: string): Promise<StoreDatabase> {
    const { username: user, ...rest } = await freshDatabase(name);
    const database = new StoreDatabase({ ...rest, user });
    await createStore(await database.connect(), orders);
    return database;
  }

  async connect(): Promise<Client> {
    const client = new Client(this.config);
    // one that the test ends from outside
    client.on("error", () => undefined);
    await client.connect();
    this.#clients.push(client);
    return client;
  }

  connections(count: number): Promise<Client[]> {
    return Promise.all(Array.from({ length: count }, () => this.connect()));
  }

  async close(): Promise<void> {
    for (const each of this.#clients) await each.end().catch(() => undefined);
  }
}

export async function rows<T extends QueryResultRow>(
  client: Client,
  query: string,
  ...values: readonly unknown[]
): Promise<readonly T[]> {
  return (await client.query<T>(query, [...values])).rows;
}

/** The only value of the only row. */
export async function value(client: Client, query: string, ...values: readonly unknown[]): Promise<unknown> {
  const [row = {}] = await rows(client, query, ...values);
  return Object.values(row)[0];
}

export interface Refusal {
  readonly code: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** How it is refused; code "none" where it is not. */
export async function refusal(run: Promise<unknown>): Promise<Refusal> {
  try {
    await run;
  } catch (error) {
    const { code, detail, hint } = error as Refusal;
    return { code, ...(detail === undefined ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
  }
  return { code: "none" };
}

/** The codes of several that run at once. */
export async function codes(runs: readonly Promise<unknown>[]): Promise<readonly string[]> {
  return (await Promise.all(runs.map(refusal))).map((each) => each.code);
}

export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Resolves when the connection waits for a lock that another one has; throws where it does not come to that. */
export async function untilWaiting(observer: Client, waiting: Client): Promise<void> {
  const { processID } = waiting as Client & { readonly processID: number };
  for (let left = 200; left > 0; left--) {
    if (await value(observer, "SELECT cardinality(pg_blocking_pids($1)) > 0", processID)) return;
    await delay(10);
  }
  throw new Error("it waits for nobody");
}

/** Ends a connection as a crash does. */
export async function kill(observer: Client, victim: Client): Promise<void> {
  const { processID } = victim as Client & { readonly processID: number };
  const ended = new Promise((resolve) => victim.once("end", resolve));
  await observer.query("SELECT pg_terminate_backend($1)", [processID]);
  await ended;
}

/** A part of a function's body, and what stands there instead. */
export type Weakness = readonly [name: string, part: string, instead: string];

/** Runs something on functions that are broken on purpose, and repairs them. */
export async function weakened<T>(client: Client, weaknesses: readonly Weakness[], run: () => Promise<T>): Promise<T> {
  const sound: string[] = [];
  try {
    for (const [name, part, instead] of weaknesses) {
      const text = String(await value(client, "SELECT pg_get_functiondef($1::regproc)", `orders.${name}`));
      if (!text.includes(part)) throw new Error(`${name} has no ${part}`);
      sound.unshift(text);
      await client.query(text.replaceAll(part, instead));
    }
    return await run();
  } finally {
    for (const each of sound) await client.query(each);
  }
}

/** What a hostile caller sends; each is text like any other. */
export const HOSTILE = ["'; DROP TABLE orders.sagas; --", '"; --', "ä€😀\u202e", "$$", "\\", "x".repeat(255)] as const;
