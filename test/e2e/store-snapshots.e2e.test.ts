import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { HOSTILE, refusal, rows, StoreDatabase, untilWaiting, value, weakened } from "../store/store-database";

jest.setTimeout(60_000);

let database: StoreDatabase;
let client: Client;
let other: Client;

beforeAll(async () => {
  database = await StoreDatabase.open("snapshots");
  [client, other] = (await database.connections(2)) as [Client, Client];
});

afterAll(() => database?.close());

/** An aggregate with so many events. */
async function aggregate(events: number, id: string = randomUUID()): Promise<string> {
  await client.query(
    `SELECT orders.append_events($1, 'Order', 0, array_agg(gen_random_uuid()), array_agg('OrderPaid'::text), array_agg(1::smallint),
       array_agg('{}'::jsonb), array_agg('{}'::jsonb)) FROM generate_series(1, $2::int)`,
    [id, events],
  );
  return id;
}

function save(
  id: string,
  version: number | null,
  state: unknown,
  { by = client, schemaVersion = 1 } = {},
): Promise<unknown> {
  return value(by, "SELECT orders.save_snapshot($1, 'Order', $2::smallint, $3, $4)", id, schemaVersion, version, JSON.stringify(state)); // prettier-ignore
}

async function load(id: string, schemaVersion = 1): Promise<readonly (readonly [number, unknown])[]> {
  const found = await rows<{ version: string; data: unknown }>(client, "SELECT version, data FROM orders.load_snapshot($1, 'Order', $2::smallint)", id, schemaVersion); // prettier-ignore
  return found.map(({ version, data }) => [Number(version), data]);
}

describe("a snapshot", () => {
  test("is the newest state that was saved, whatever comes late", async () => {
    const id = await aggregate(3);
    expect(await load(id)).toEqual([]);
    expect(await save(id, 1, "one")).toBe(true);
    expect(await save(id, 3, "three")).toBe(true);
    expect(await save(id, 2, "two")).toBe(false);
    expect(await save(id, 3, "three again")).toBe(false);
    expect(await load(id)).toEqual([[3, "three"]]);
  });

  test("is kept for each schema version, so that older readers keep theirs", async () => {
    const id = await aggregate(2);
    await save(id, 2, "old shape");
    await save(id, 1, "new shape", { schemaVersion: 2 });
    expect(await load(id)).toEqual([[2, "old shape"]]);
    expect(await load(id, 2)).toEqual([[1, "new shape"]]);
    expect(await load(id, 3)).toEqual([]);
  });

  test("is refused for a version that the aggregate does not have (ES010)", async () => {
    const id = await aggregate(2);
    expect(await refusal(save(id, 3, {}))).toEqual({ code: "ES010", detail: "2", hint: expect.any(String) });
    expect(await refusal(save(id, 0, {}))).toMatchObject({ code: "ES010" });
    expect(await refusal(save(id, -1, {}))).toMatchObject({ code: "ES010" });
    expect(await refusal(save(id, null, {}))).toMatchObject({ code: "23502" });
    expect(await refusal(save(randomUUID(), 1, {}))).toMatchObject({ code: "ES010", detail: "0" });
    expect(await save(id, 2, {})).toBe(true);
  });

  test("takes hostile text as it is", async () => {
    for (const id of [...HOSTILE, ""]) {
      await aggregate(1, id);
      expect(await save(id, 1, id)).toBe(true);
      expect(await load(id)).toEqual([[1, id]]);
    }
  });

  async function newerAndOlderAtOnce(): Promise<unknown> {
    const id = await aggregate(3);
    await save(id, 1, "one");
    await client.query("BEGIN");
    await save(id, 3, "three");
    const late = save(id, 2, "two", { by: other });
    await untilWaiting(await database.connect(), other);
    await client.query("COMMIT");
    await late;
    return load(id);
  }

  test("does not go back when an older and a newer one are saved at once", async () => {
    expect(await newerAndOlderAtOnce()).toEqual([[3, "three"]]);
    const careless = ["save_snapshot", "WHERE k.version < excluded.version", ""] as const;
    expect(await weakened(client, [careless], newerAndOlderAtOnce)).toEqual([[2, "two"]]);
  });
});

describe("handle_once", () => {
  function handle(
    messageId: string | null,
    { by = client, consumer = "billing" as string | null } = {},
  ): Promise<unknown> {
    return value(by, "SELECT orders.handle_once($1, $2)", consumer, messageId);
  }

  test("is true the first time, for each consumer", async () => {
    expect(await handle("m-1")).toBe(true);
    expect(await handle("m-1")).toBe(false);
    expect(await handle("m-1", { consumer: "shipping" })).toBe(true);
    for (const id of HOSTILE) expect([await handle(id), await handle(id)]).toEqual([true, false]);
  });

  test("is true again when the transaction that handled the message failed", async () => {
    await client.query("BEGIN");
    expect(await handle("m-2")).toBe(true);
    await client.query("ROLLBACK");
    expect(await handle("m-2")).toBe(true);
  });

  test.each([null, ""])("refuses a message without an id (22023): %p", async (none) => {
    expect(await refusal(handle(none))).toMatchObject({ code: "22023", hint: expect.any(String) });
    expect(await refusal(handle("m", { consumer: none }))).toMatchObject({ code: "22023" });
  });

  async function twiceAtOnce(messageId: string, end: "COMMIT" | "ROLLBACK"): Promise<unknown> {
    await client.query("BEGIN");
    await handle(messageId);
    const second = handle(messageId, { by: other });
    const answered = second.catch((error: { code: string }) => error.code);
    await untilWaiting(await database.connect(), other);
    await client.query(end);
    return answered;
  }

  test("waits for how the same message ends elsewhere", async () => {
    expect(await twiceAtOnce("m-3", "COMMIT")).toBe(false);
    expect(await twiceAtOnce("m-4", "ROLLBACK")).toBe(true);
    const lookFirst = ["handle_once", "VALUES (p_consumer, p_message_id) ON CONFLICT DO NOTHING", "SELECT p_consumer, p_message_id WHERE NOT EXISTS (SELECT FROM orders.inbox i WHERE i.message_id = p_message_id)"] as const; // prettier-ignore
    expect(await weakened(client, [lookFirst], () => twiceAtOnce("m-5", "COMMIT"))).toBe("23505");
  });

  test("handles each of many messages once, though eight workers get all of them", async () => {
    await client.query("CREATE TABLE orders.handled (id text)");
    const workers = await database.connections(8);
    const messages = Array.from({ length: 40 }, (_, n) => `many-${n}`);
    await Promise.all(
      workers.map(async (worker) => {
        for (const id of messages) {
          await worker.query("BEGIN");
          if (await handle(id, { by: worker })) await worker.query("INSERT INTO orders.handled VALUES ($1)", [id]);
          await worker.query("COMMIT");
        }
      }),
    );
    expect(await value(client, "SELECT count(*)::int || ' ' || count(DISTINCT id) FROM orders.handled")).toBe("40 40");
  });
});
