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

jest.setTimeout(60_000);

let database: StoreDatabase;
let client: Client;
let other: Client;
let observer: Client;

beforeAll(async () => {
  database = await StoreDatabase.open("sagas");
  [client, other, observer] = (await database.connections(3)) as [Client, Client, Client];
});

afterAll(() => database?.close());

interface Started {
  readonly saga_id: string;
  readonly version: string;
  readonly started: boolean;
}

async function start(
  key: string = randomUUID(),
  { by = client, id = randomUUID() as string, type = "Fulfillment" } = {},
): Promise<Started> {
  const [row] = await rows<Started & Record<string, unknown>>(by, "SELECT * FROM orders.start_saga($1, $2, $3, 'running')", id, type, key); // prettier-ignore
  return row as Started;
}

/** A new saga's id. */
const saga = async (type = "Fulfillment"): Promise<string> => (await start(undefined, { type })).saga_id;

function advance(
  id: string,
  version: number | null,
  { by = client, step = 1, state = "running", data = null as unknown, how = "advance_saga" } = {},
): Promise<unknown> {
  return value(by, `SELECT orders.${how}($1, $2, $3, $4, $5)`, id, version, step, state, data === null ? null : JSON.stringify(data)); // prettier-ignore
}

function complete(id: string, version: number, { by = client, state = "completed" } = {}): Promise<unknown> {
  return value(by, "SELECT orders.complete_saga($1, $2, $3)", id, version, state);
}

async function loaded(id: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const columns = "version::int, step, state, direction, data, completed_at IS NOT NULL AS over";
  const [row] = await rows<Record<string, unknown>>(client, `SELECT ${columns} FROM orders.load_saga($1)`, id);
  return row;
}

const hint = expect.any(String);

describe("start_saga", () => {
  test("starts one for each type and correlation key, however often it is called", async () => {
    const first = await start("o-1");
    expect(first).toMatchObject({ version: "0", started: true });
    expect(await start("o-1")).toEqual({ ...first, started: false });
    expect(await start("o-1", { id: first.saga_id })).toEqual({ ...first, started: false });
    expect(await start("o-1", { type: "Refund" })).toMatchObject({ started: true });
    await advance(first.saga_id, 0);
    expect(await start("o-1")).toEqual({ ...first, version: "1", started: false });
    expect(await loaded(first.saga_id)).toMatchObject({ direction: "forward", data: {}, over: false });
    expect(await loaded(randomUUID())).toBeUndefined();
  });

  test("refuses the id of another saga (ES040)", async () => {
    const { saga_id: id } = await start();
    expect(await refusal(start("o-2", { id }))).toEqual({ code: "ES040", hint });
    expect(await refusal(start(null as never))).toMatchObject({ code: "23502" });
  });

  test("takes hostile text as it is", async () => {
    for (const text of HOSTILE) {
      const { saga_id: id } = await start(text, { type: text });
      await advance(id, 0, { state: text, data: { text } });
      expect(await loaded(id)).toMatchObject({ state: text, data: { text } });
      expect(await start(text, { type: text })).toMatchObject({ saga_id: id, started: false });
    }
  });

  async function twiceAtOnce(): Promise<readonly unknown[]> {
    const key = randomUUID();
    await client.query("BEGIN");
    const first = await start(key);
    const second = start(key, { by: other }).catch((error: { code: string }) => error.code);
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    const found = await second;
    return typeof found === "string" ? [found] : [found.started, found.saga_id === first.saga_id];
  }

  test("gives both of two that start the same saga at once the same one", async () => {
    expect(await twiceAtOnce()).toEqual([false, true]);
    const careless: Weakness = ["start_saga", "ON CONFLICT DO NOTHING", ""];
    expect(await weakened(client, [careless], twiceAtOnce)).toEqual(["23505"]);
  });
});

describe("a saga", () => {
  test("advances from the version that was loaded; data stays where none is given", async () => {
    const id = await saga();
    expect(await advance(id, 0, { step: 1, data: { paid: true } })).toBe("1");
    expect(await advance(id, 1, { step: 2, state: "shipping" })).toBe("2");
    expect(await loaded(id)).toEqual({ version: 2, step: 2, state: "shipping", direction: "forward", data: { paid: true }, over: false }); // prettier-ignore
  });

  test("turns round, and ends, and then changes no more (ES043)", async () => {
    const id = await saga();
    expect(await advance(id, 0, { how: "compensate_saga", step: 3, state: "undoing" })).toBe("1");
    expect(await advance(id, 1, { how: "compensate_saga" })).toBe("2");
    expect(await complete(id, 2, { state: "compensated" })).toBe("3");
    expect(await loaded(id)).toMatchObject({ version: 3, state: "compensated", direction: "compensating", over: true });
    const over = { code: "ES043", detail: "compensated", hint };
    expect(await refusal(advance(id, 3))).toEqual(over);
    expect(await refusal(advance(id, 3, { how: "compensate_saga" }))).toEqual(over);
    expect(await refusal(complete(id, 3))).toEqual(over);
    expect(await refusal(timeout(id, 3))).toEqual(over);
    expect(await refusal(record(id, 1))).toEqual(over);
  });

  test.each(["advance_saga", "compensate_saga"])(
    "is not changed by %s from another version (ES042) or where it is not (ES041)",
    async (how) => {
      const id = await saga();
      await advance(id, 0);
      for (const version of [0, 2, -1, null]) {
        expect(await refusal(advance(id, version, { how }))).toEqual({ code: "ES042", detail: "1", hint });
      }
      expect(await refusal(advance(randomUUID(), 0, { how }))).toEqual({ code: "ES041", hint });
      expect(await refusal(complete(id, 0))).toEqual({ code: "ES042", detail: "1", hint });
      expect(await refusal(complete(randomUUID(), 0))).toEqual({ code: "ES041", hint });
    },
  );

  async function replyAndTimeoutAtOnce(): Promise<string> {
    const id = await saga();
    await client.query("BEGIN");
    await advance(id, 0);
    const second = refusal(advance(id, 0, { by: other, how: "compensate_saga" }));
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return (await second).code;
  }

  test("goes one way when an answer and a timeout come at once", async () => {
    expect(await replyAndTimeoutAtOnce()).toBe("ES042");
    const careless: Weakness = ["compensate_saga", "AND g.version = p_version", ""];
    expect(await weakened(client, [careless], replyAndTimeoutAtOnce)).toBe("none");
  });
});

function record(id: string, seq: number, command: string = randomUUID(), name = "ReserveInventory"): Promise<unknown> {
  return value(client, "SELECT orders.record_saga_step($1, $2, $3, $4)", id, seq, command, name);
}

function settle(
  command: string,
  status: string | null,
  { by = client, result = null as unknown } = {},
): Promise<unknown> {
  return value(by, "SELECT orders.complete_saga_step($1, $2, $3)", command, status, JSON.stringify(result));
}

const steps = async (id: string): Promise<readonly string[]> => {
  const found = await rows<{ line: string }>(client, "SELECT seq || ' ' || name || ' ' || direction || ' ' || status AS line FROM orders.load_saga_steps($1)", id); // prettier-ignore
  return found.map(({ line }) => line);
};

describe("the steps of a saga", () => {
  test("are recorded in the saga's direction, and end once", async () => {
    const id = await saga();
    const [first, second] = [randomUUID(), randomUUID()];
    expect(await record(id, 1, first)).toBe(true);
    expect(await record(id, 1, first)).toBe(false);
    expect(await settle(first, "done", { result: { n: 1 } })).toBe(true);
    expect(await settle(first, "failed")).toBe(false);
    await advance(id, 0, { how: "compensate_saga" });
    expect(await record(id, 2, second, "ReleaseInventory")).toBe(true);
    expect(await steps(id)).toEqual(["1 ReserveInventory forward done", "2 ReleaseInventory compensating sent"]);
    expect(await value(client, "SELECT result FROM orders.load_saga_steps($1) WHERE seq = 1", id)).toEqual({ n: 1 });
  });

  test("are one command each (ES044), of a saga that there is (ES041)", async () => {
    const id = await saga();
    const command = randomUUID();
    await record(id, 1, command);
    const another = { code: "ES044", hint };
    expect(await refusal(record(id, 1))).toEqual(another);
    expect(await refusal(record(id, 2, command))).toEqual(another);
    expect(await refusal(record(id, 1, command, "ShipOrder"))).toEqual(another);
    expect(await refusal(record(await saga(), 1, command))).toEqual(another);
    expect(await refusal(record(randomUUID(), 1))).toEqual({ code: "ES041", hint });
  });

  test("end as done, failed or timed-out (22023), where a saga has sent them (ES045)", async () => {
    for (const status of ["sent", "", null, "DONE"]) {
      expect(await refusal(settle(randomUUID(), status))).toEqual({ code: "22023", hint });
    }
    expect(await refusal(settle(randomUUID(), "done"))).toEqual({ code: "ES045", hint });
    const id = await saga();
    for (const [n, status] of ["done", "failed", "timed-out"].entries()) {
      const command = randomUUID();
      await record(id, n, command);
      expect(await settle(command, status)).toBe(true);
    }
  });

  async function answeredTwiceAtOnce(): Promise<unknown> {
    const command = randomUUID();
    await record(await saga(), 1, command);
    await client.query("BEGIN");
    await settle(command, "done");
    const second = settle(command, "timed-out", { by: other });
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return second;
  }

  test("end the first way when two come at once", async () => {
    expect(await answeredTwiceAtOnce()).toBe(false);
    const careless: Weakness = ["complete_saga_step", "AND k.status = 'sent'", ""];
    expect(await weakened(client, [careless], answeredTwiceAtOnce)).toBe(true);
  });
});

function timeout(id: string, version: number, after = "0", timeoutId: string = randomUUID()): Promise<unknown> {
  return value(client, "SELECT orders.set_timeout($1, $2, $3, $4)", id, version, timeoutId, after);
}

async function due(type: string, limit: number | null = 100, by = client): Promise<readonly string[]> {
  return (await rows<{ id: string }>(by, "SELECT id FROM orders.due_timeouts($1, $2)", type, limit)).map(
    ({ id }) => id,
  );
}

describe("timeouts", () => {
  const kept = (id: string): Promise<unknown> =>
    value(client, "SELECT count(*)::int FROM orders.timeouts WHERE saga_id = $1", id);

  test("are taken once they are due, the oldest first, for one type of saga", async () => {
    const type = randomUUID();
    const [id, another] = [await saga(type), await saga(`${type} too`)];
    const ids = [randomUUID(), randomUUID(), randomUUID(), randomUUID()] as const;
    await timeout(id, 0, "1 hour", ids[3]);
    await timeout(id, 0, "0", ids[1]);
    await timeout(id, 0, "-1 minute", ids[0]);
    await timeout(id, 0, "50 milliseconds", ids[2]);
    await timeout(another, 0);
    expect(await due(type, 0)).toEqual([]);
    expect(await due(type, 1)).toEqual([ids[0]]);
    await delay(60);
    expect(await due(type)).toEqual([ids[1], ids[2]]);
    expect(await due(type)).toEqual([]);
    expect([await kept(id), await kept(another)]).toEqual([1, 1]);
  });

  test("are set once, for the version that the saga is at (ES041, ES042)", async () => {
    const id = await saga();
    const one = randomUUID();
    expect(await timeout(id, 0, "1 minute", one)).toBe(true);
    expect(await timeout(id, 0, "2 minutes", one)).toBe(false);
    expect(await kept(id)).toBe(1);
    expect(await refusal(timeout(id, 1))).toEqual({ code: "ES042", detail: "0", hint });
    expect(await refusal(timeout(randomUUID(), 0))).toEqual({ code: "ES041", hint });
    expect(await refusal(timeout(id, 0, null as never))).toMatchObject({ code: "23502" });
  });

  test("are cancelled, or go with the saga that is over", async () => {
    const type = randomUUID();
    const [id, over] = [await saga(type), await saga(type)];
    await timeout(id, 0);
    await timeout(id, 0, "1 hour");
    await timeout(over, 0);
    await timeout(over, 0, "1 hour");
    expect(await value(client, "SELECT orders.cancel_timeouts($1)", id)).toBe("2");
    expect(await value(client, "SELECT orders.cancel_timeouts($1)", id)).toBe("0");
    await complete(over, 0);
    expect([await kept(id), await kept(over), await due(type)]).toEqual([0, 0, []]);
  });

  async function afterTheSagaMovedOn(): Promise<readonly string[]> {
    const type = randomUUID();
    const id = await saga(type);
    await timeout(id, 0, "0", "00000000-0000-4000-8000-000000000001");
    await advance(id, 0);
    await timeout(id, 1, "0", "00000000-0000-4000-8000-000000000002");
    return (await due(type)).map((each) => each.slice(-1));
  }

  test("are void, and cleared away, when their saga has moved on", async () => {
    expect(await afterTheSagaMovedOn()).toEqual(["2"]);
    expect(await value(client, "SELECT count(*)::int FROM orders.timeouts WHERE id = '00000000-0000-4000-8000-000000000001'")).toBe(0); // prettier-ignore
    const careless: Weakness = ["due_timeouts", "g.version = b.token AND", ""];
    expect(await weakened(client, [careless], afterTheSagaMovedOn)).toEqual(["1", "2"]);
  });

  test("that are void do not stand in the way of those that are not, nor keep a call busy for ever", async () => {
    const type = randomUUID();
    const [moved, waiting] = [await saga(type), await saga(type)];
    for (let n = 0; n < 150; n++) await timeout(moved, 0, "-1 hour");
    await advance(moved, 0);
    const last = randomUUID();
    await timeout(waiting, 0, "0", last);
    expect(await due(type, 1)).toEqual([]);
    expect(await kept(moved)).toBe(50);
    expect(await due(type, 1)).toEqual([last]);
    expect([await kept(moved), await kept(waiting)]).toEqual([0, 0]);
  });

  /** Two that take one each at the same time. */
  async function nextToEachOther(): Promise<readonly [readonly string[], readonly string[]] | string> {
    const type = randomUUID();
    const id = await saga(type);
    const ids: readonly string[] = [randomUUID(), randomUUID()];
    for (const [n, each] of ids.entries()) await timeout(id, 0, `${n - 10} seconds`, each);
    await client.query("BEGIN");
    const first = await due(type, 1);
    await other.query("SET lock_timeout = '300ms'");
    const second = await due(type, 1, other).catch((error: { code: string }) => error.code);
    await client.query("COMMIT");
    return typeof second === "string" ? second : [first.map((each) => String(ids.indexOf(each))), second.map((each) => String(ids.indexOf(each)))]; // prettier-ignore
  }

  test("are taken by several at once without waiting for each other", async () => {
    expect(await nextToEachOther()).toEqual([["0"], ["1"]]);
    const waits: Weakness = ["due_timeouts", "FOR UPDATE SKIP LOCKED", "FOR UPDATE"];
    expect(await weakened(client, [waits], nextToEachOther)).toBe("55P03");
  });

  test("are taken once each by eight at once, and come again where one of them dies", async () => {
    const type = randomUUID();
    const id = await saga(type);
    const ids = Array.from({ length: 60 }, () => randomUUID());
    for (const each of ids) await timeout(id, 0, "0", each);
    const dying = await database.connect();
    await dying.query("BEGIN");
    expect(await due(type, 10, dying)).toEqual(ids.slice(0, 10));
    const taken: string[] = [];
    const workers = await database.connections(8);
    const work = async (by: Client): Promise<void> => {
      for (let left = 5; left > 0; left--) taken.push(...(await inTransaction(by, () => due(type, 3, by))));
    };
    await Promise.all(workers.map(work));
    expect([...taken].sort()).toEqual([...ids.slice(10)].sort());
    await kill(observer, dying);
    expect(await due(type)).toEqual(ids.slice(0, 10));
  });

  test("that are being taken while the answer comes in find their saga moved on, and are gone the next time", async () => {
    const type = randomUUID();
    const id = await saga(type);
    await timeout(id, 0);
    await client.query("BEGIN");
    expect(await due(type)).toHaveLength(1);
    expect(await complete(id, 0, { by: other })).toBe("1");
    expect(await refusal(advance(id, 0, { how: "compensate_saga" }))).toMatchObject({ code: "ES043" });
    await client.query("ROLLBACK");
    expect(await kept(id)).toBe(1);
    expect(await due(type)).toEqual([]);
    expect(await kept(id)).toBe(0);
  });
});
