import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import {
  HOSTILE,
  inTransaction,
  kill,
  refusal,
  rows,
  StoreDatabase,
  untilWaiting,
  value,
  type Weakness,
  weakened,
} from "../store/store-database";
import { seeded } from "../store/writers";

jest.setTimeout(120_000);

let database: StoreDatabase;
let client: Client;
let other: Client;

beforeAll(async () => {
  database = await StoreDatabase.open("outbox");
  [client, other] = (await database.connections(2)) as [Client, Client];
});

afterEach(() => client.query("DELETE FROM orders.outbox"));
afterAll(() => database?.close());

function enqueue(by: Client, about: string, id: string = randomUUID(), payload: unknown = {}): Promise<unknown> {
  return value(
    by,
    "SELECT orders.enqueue($1, 'Order', $2, 'ReserveInventory', $3)",
    id,
    about,
    JSON.stringify(payload),
  );
}

async function take(by: Client, limit: number | null = 100): Promise<readonly string[]> {
  return (await rows<{ id: string }>(by, "SELECT id FROM orders.take_outbox($1)", limit)).map(({ id }) => id);
}

function sent(by: Client, ids: readonly string[]): Promise<unknown> {
  return value(by, "SELECT orders.outbox_sent($1)", ids);
}

/** What a relay does with what it has taken: here, nothing. */
function relayed(by: Client, limit = 100): Promise<readonly string[]> {
  return inTransaction(by, async () => {
    const ids = await take(by, limit);
    await sent(by, ids);
    return ids;
  });
}

const left = (by: Client): Promise<unknown> => value(by, "SELECT count(*)::int FROM orders.outbox");

describe("enqueue", () => {
  test("writes Debezium's columns, and the headers that are given or none", async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await client.query(
      "SELECT orders.enqueue($1, 'Order', 'o-1', 'ShipOrder', '{\"n\": 1}', '{\"exchange\": \"e\"}')",
      [first],
    );
    await client.query("SELECT orders.enqueue($1, 'Order', 'o-1', 'ShipOrder', '[]')", [second]);
    const columns = "id, aggregatetype, aggregateid, type, payload, headers";
    expect(await rows(client, `SELECT ${columns} FROM orders.outbox ORDER BY position`)).toEqual([
      {
        id: first,
        aggregatetype: "Order",
        aggregateid: "o-1",
        type: "ShipOrder",
        payload: { n: 1 },
        headers: { exchange: "e" },
      },
      { id: second, aggregatetype: "Order", aggregateid: "o-1", type: "ShipOrder", payload: [], headers: {} },
    ]);
  });

  test("takes the same message once, and no other under its id (ES021)", async () => {
    const id = randomUUID();
    expect(await enqueue(client, "o-1", id)).toBe(true);
    expect(await enqueue(client, "o-1", id)).toBe(false);
    expect(await refusal(enqueue(client, "o-2", id))).toEqual({ code: "ES021", hint: expect.any(String) });
    expect(await refusal(enqueue(client, "o-1", id, { n: 2 }))).toMatchObject({ code: "ES021" });
    expect(await left(client)).toBe(1);
  });

  test("takes hostile text, up to Debezium's 255 characters", async () => {
    for (const about of HOSTILE) expect(await enqueue(client, about)).toBe(true);
    expect(await refusal(enqueue(client, "x".repeat(256)))).toMatchObject({ code: "22001" });
    expect(await refusal(enqueue(client, null as never))).toMatchObject({ code: "23502" });
    const found = await rows<{ aggregateid: string }>(
      client,
      "SELECT aggregateid FROM orders.outbox ORDER BY position",
    );
    expect(found.map((each) => each.aggregateid)).toEqual(HOSTILE);
  });
});

describe("take_outbox", () => {
  test("gives the oldest first, again and again until they are sent", async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) await enqueue(client, "o-1", id);
    expect(await inTransaction(client, () => take(client, 2))).toEqual(ids.slice(0, 2));
    expect(await relayed(client, 2)).toEqual(ids.slice(0, 2));
    expect(await relayed(client, 2)).toEqual(ids.slice(2));
    expect(await relayed(client, 0)).toEqual([]);
    expect(await inTransaction(client, () => take(client, null))).toEqual([]);
    await inTransaction(client, async () => {
      await take(client);
      expect(await sent(client, ids)).toBe("0");
    });
    expect(await sent(client, [])).toBe("0");
  });

  test.each(["REPEATABLE READ", "SERIALIZABLE"])("is refused at %s (ES020)", async (isolation) => {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    expect(await refusal(take(client))).toEqual({ code: "ES020", hint: expect.stringContaining("READ COMMITTED") });
    await client.query("ROLLBACK");
  });

  test("has to be in the transaction that deletes what was sent (ES020): elsewhere its lock is gone", async () => {
    const id = randomUUID();
    await enqueue(client, "o-1", id);
    const outside = { code: "ES020", hint: expect.stringContaining("BEGIN") };
    expect(await take(client)).toEqual([id]);
    expect(await refusal(sent(client, [id]))).toEqual(outside);
    expect(await inTransaction(client, () => refusal(sent(client, [id])))).toEqual(outside);
    await inTransaction(client, async () => {
      await client.query("SAVEPOINT a");
      await take(client);
      await client.query("ROLLBACK TO a");
      expect(await refusal(sent(client, [id]))).toEqual(outside);
    });
    expect(await relayed(client)).toEqual([id]);
  });

  test("holds no reader of the feed back while messages are being sent", async () => {
    await enqueue(client, "o-1");
    await client.query("BEGIN");
    await take(client);
    expect(await value(client, "SELECT pg_current_xact_id_if_assigned()")).toBeNull();
    await client.query("ROLLBACK");
  });

  /** Which of two messages about the same thing a second relay gets while the first one sends the first message. */
  async function aSecondRelay(): Promise<readonly string[]> {
    const ids: readonly string[] = [randomUUID(), randomUUID()];
    for (const id of ids) await enqueue(client, "o-1", id);
    await client.query("BEGIN");
    try {
      await take(client, 1);
      const taken = await inTransaction(other, () => take(other, 1));
      return taken.map((id) => ["first", "second"][ids.indexOf(id)] ?? "another");
    } finally {
      await client.query("ROLLBACK");
      await client.query("DELETE FROM orders.outbox");
    }
  }

  test("gives nothing to a second relay while the first one is at it", async () => {
    expect(await aSecondRelay()).toEqual([]);
    // sent twice
    expect(await weakened(client, [UNLOCKED], aSecondRelay)).toEqual(["first"]);
    // perhaps sent before the first
    const skipping: Weakness = ["take_outbox", "LIMIT p_limit", "LIMIT p_limit FOR UPDATE SKIP LOCKED"];
    expect(await weakened(client, [UNLOCKED, skipping], aSecondRelay)).toEqual(["second"]);
  });

  test("gives what a relay has taken to the next one when the first one dies", async () => {
    const id = randomUUID();
    await enqueue(client, "o-1", id);
    const dying = await database.connect();
    await dying.query("BEGIN");
    expect(await take(dying)).toEqual([id]);
    await sent(dying, [id]);
    await kill(client, dying);
    expect(await relayed(other)).toEqual([id]);
  });

  /** A message that commits after later ones were sent. */
  async function late(): Promise<readonly string[]> {
    const [early, later] = [randomUUID(), randomUUID()];
    await client.query("BEGIN");
    await enqueue(client, "late", early);
    await enqueue(other, "punctual", later);
    const first = await relayed(other);
    await client.query("COMMIT");
    const named = (ids: readonly string[]): readonly string[] => ids.map((id) => (id === early ? "early" : "later"));
    return named([...first, ...(await relayed(other))]);
  }

  test("skips nothing that commits late", async () => {
    expect(await late()).toEqual(["later", "early"]);
    await client.query("CREATE SEQUENCE orders.passed");
    const byPosition: readonly Weakness[] = [
      [
        "take_outbox",
        "ORDER BY o.position",
        "WHERE o.position > (SELECT last_value FROM orders.passed) ORDER BY o.position",
      ],
      [
        "outbox_sent",
        "DELETE",
        "PERFORM setval('orders.passed', max(o.position)) FROM orders.outbox o WHERE o.id = ANY (p_ids); DELETE",
      ],
    ];
    expect(await weakened(client, byPosition, late)).toEqual(["later"]);
  });

  test("keeps who writes a second message about the same thing waiting for the first", async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await client.query("BEGIN");
    await enqueue(client, "o-1", first);
    expect(await enqueue(other, "o-2")).toBe(true);
    const waiting = enqueue(other, "o-1", second);
    await untilWaiting(await database.connect(), other);
    await client.query("COMMIT");
    await waiting;
    const order = await relayed(client);
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
  });
});

const UNLOCKED: Weakness = ["take_outbox", "IF pg_try_advisory_xact_lock", "IF true OR pg_try_advisory_xact_lock"];

interface Tally {
  readonly missing: number;
  readonly twice: number;
  readonly disordered: number;
}

const WRITERS = 8;
const RELAYS = 3;
const EACH = 25;
const ABOUT = 3;

/**
 * Writers that commit at random times, some not at all, and relays that send at random speeds. In which order messages about one
 * thing were committed is known by a count that each transaction takes as its last step.
 */
async function round(seed: number): Promise<Tally> {
  const random = seeded(seed);
  await client.query("CREATE TABLE IF NOT EXISTS orders.counts (about text PRIMARY KEY, n int NOT NULL)");
  for (let n = 0; n < ABOUT; n++)
    await client.query("INSERT INTO orders.counts VALUES ($1, 0) ON CONFLICT DO NOTHING", [`about-${n}`]);
  const committed = new Map<string, readonly [about: string, n: number]>();
  const order: string[] = [];
  let writing = true;
  const write = async (by: Client): Promise<void> => {
    for (let left = EACH; left > 0; left--) {
      const [id, about] = [randomUUID(), `about-${Math.floor(random() * ABOUT)}`];
      await by.query("BEGIN");
      await enqueue(by, about, id);
      await delay(random() * 4);
      const n = Number(await value(by, "UPDATE orders.counts SET n = n + 1 WHERE about = $1 RETURNING n", about));
      const given = random() < 0.2 ? "ROLLBACK" : "COMMIT";
      await by.query(given);
      if (given === "COMMIT") committed.set(id, [about, n]);
    }
  };
  const relay = async (by: Client): Promise<void> => {
    for (;;) {
      const last = !writing;
      await by.query("BEGIN");
      const ids = await take(by, 7);
      for (const id of ids) {
        await delay(random() * 2);
        order.push(id);
      }
      await sent(by, ids);
      await by.query("COMMIT");
      if (ids.length === 0 && last && (await left(by)) === 0) return;
      if (ids.length === 0) await delay(1);
    }
  };
  const relays = (await database.connections(RELAYS)).map(relay);
  await Promise.all((await database.connections(WRITERS)).map(write));
  writing = false;
  await Promise.all(relays);
  return tally(order, committed);
}

function tally(order: readonly string[], committed: ReadonlyMap<string, readonly [string, number]>): Tally {
  const reached = new Map<string, number>();
  let disordered = 0;
  for (const id of order) {
    const [about, n] = committed.get(id) ?? ["", 0];
    if (n <= (reached.get(about) ?? 0)) disordered++;
    reached.set(about, Math.max(n, reached.get(about) ?? 0));
  }
  const seen = new Set(order);
  return {
    missing: [...committed.keys()].filter((id) => !seen.has(id)).length,
    twice: order.length - seen.size,
    disordered,
  };
}

describe("eight writers and three relays at once", () => {
  test("nothing is lost, sent twice, or sent out of the order of its commits", async () => {
    expect(await round(1)).toEqual({ missing: 0, twice: 0, disordered: 0 });
  });

  test("relays that all take are found out", async () => {
    const { twice } = await weakened(client, [UNLOCKED], () => round(2));
    expect(twice).toBeGreaterThan(0);
  });

  test("writers that do not wait for each other are found out", async () => {
    const apart: Weakness = ["enqueue", "PERFORM pg_advisory_xact_lock", "PERFORM abs"];
    const { disordered, twice } = await weakened(client, [apart], () => round(4));
    expect({ disordered: disordered > 0, twice }).toEqual({ disordered: true, twice: 0 });
  });
});
