import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import {
  codes,
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
let processors = 0;

beforeAll(async () => {
  database = await StoreDatabase.open("checkpoints");
  [client, other, observer] = (await database.connections(3)) as [Client, Client, Client];
  await client.query("CREATE TABLE orders.projected (processor text, owner text)");
});

afterAll(() => database?.close());

const fresh = (): string => `processor-${processors++}`;

/** epoch, transaction id, position */
type Place = readonly [number, string, string];
const START: Place = [0, "0", "0"];
const at = (n: number): Place => [0, "100", String(n)];

interface Which {
  readonly by?: Client;
  readonly shard?: number;
  readonly generation?: number;
  readonly lease?: string | null;
}

async function claim(
  processor: string | null,
  owner: string | null,
  { by = client, shard = 0, generation = 1, lease = "1 minute" }: Which = {},
): Promise<Place> {
  const [row] = await rows<{ epoch: number; transaction_id: string; global_position: string }>(
    by,
    "SELECT * FROM orders.claim_checkpoint($1, $2::smallint, $3, $4, $5)",
    processor,
    shard,
    generation,
    owner,
    lease, // prettier-ignore
  );
  return [Number(row?.epoch), String(row?.transaction_id), String(row?.global_position)];
}

function move(
  processor: string,
  owner: string | null,
  from: Place,
  to: Place,
  { by = client, shard = 0, generation = 1, lease = null }: Which = {},
): Promise<unknown> {
  return value(
    by,
    "SELECT orders.move_checkpoint($1, $2::smallint, $3, $4, $5::smallint, $6, $7, $8::smallint, $9, $10, $11)",
    processor,
    shard,
    generation,
    owner,
    ...from,
    ...to,
    lease, // prettier-ignore
  );
}

function release(processor: string, owner: string): Promise<unknown> {
  return value(client, "SELECT orders.release_checkpoint($1, 0::smallint, 1, $2)", processor, owner);
}

describe("claim_checkpoint", () => {
  test("makes the checkpoint the first time, and gives its place from then on", async () => {
    const processor = fresh();
    expect(await claim(processor, "a")).toEqual(START);
    await move(processor, "a", START, at(7));
    expect(await claim(processor, "a")).toEqual(at(7));
  });

  test("refuses everybody else until the lease ends or is given back (ES030)", async () => {
    const processor = fresh();
    await claim(processor, "a");
    const until = expect.stringMatching(/^\d{4}-\d\d-\d\d /);
    expect(await refusal(claim(processor, "b"))).toEqual({ code: "ES030", detail: until, hint: expect.any(String) });
    expect(await release(processor, "b")).toBe(false);
    expect(await refusal(claim(processor, "b"))).toMatchObject({ code: "ES030" });
    expect(await release(processor, "a")).toBe(true);
    expect(await claim(processor, "b")).toEqual(START);
    expect(await release(processor, "a")).toBe(false);
  });

  test.each([
    ["no owner", null, "1 minute"],
    ["an empty owner", "", "1 minute"],
    ["no lease", "a", null],
    ["a lease of nothing", "a", "0"],
    ["a lease that is over", "a", "-1 second"],
  ])("refuses %s (22023)", async (_, owner, lease) => {
    expect(await refusal(claim(fresh(), owner, { lease }))).toMatchObject({ code: "22023", hint: expect.any(String) });
  });

  test("knows each shard of a processor by itself", async () => {
    const processor = fresh();
    await claim(processor, "a");
    await claim(processor, "b", { shard: 1 });
    await move(processor, "b", START, at(3), { shard: 1 });
    expect([await claim(processor, "a"), await claim(processor, "b", { shard: 1 })]).toEqual([START, at(3)]);
  });

  test("takes hostile text as it is", async () => {
    for (const text of HOSTILE) {
      expect(await claim(text, text)).toEqual(START);
      await move(text, text, START, at(1));
      expect(await claim(text, text)).toEqual(at(1));
    }
  });

  async function allAtOnce(): Promise<readonly string[]> {
    const workers = await database.connections(8);
    const found: string[] = [];
    for (let left = 10; left > 0; left--) {
      const processor = fresh();
      // once for the first claim of all, and once for a lease that has ended
      found.push(...(await codes(workers.map((by, n) => claim(processor, `owner-${n}`, { by })))));
      await client.query("UPDATE orders.checkpoints SET lease_until = now() - interval '1 s' WHERE processor = $1", [
        processor,
      ]);
      found.push(...(await codes(workers.map((by, n) => claim(processor, `next-${n}`, { by })))));
    }
    return found;
  }

  test("lets one of eight in, each of twenty times", async () => {
    const found = await allAtOnce();
    expect(found.filter((each) => each === "none")).toHaveLength(20);
    expect(new Set(found)).toEqual(new Set(["none", "ES030"]));
    const unlocked: Weakness = ["claim_checkpoint", " FOR UPDATE", ""];
    const weak = await weakened(client, [unlocked], allAtOnce);
    expect(weak.filter((each) => each === "none").length).toBeGreaterThan(20);
  });

  async function whileTheOwnerRenews(): Promise<string> {
    const processor = fresh();
    await claim(processor, "slow", { lease: "1 millisecond" });
    await delay(10);
    await client.query("BEGIN");
    await move(processor, "slow", START, at(1), { lease: "1 minute" });
    const claimed = refusal(claim(processor, "next", { by: other }));
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return (await claimed).code;
  }

  test("waits for an owner whose lease has ended but who is moving it just now", async () => {
    expect(await whileTheOwnerRenews()).toBe("ES030");
    const unlocked: Weakness = ["claim_checkpoint", " FOR UPDATE", ""];
    expect(await weakened(client, [unlocked], whileTheOwnerRenews)).toBe("none");
  });
});

describe("move_checkpoint", () => {
  test("moves from the place that was read from, once (ES031)", async () => {
    const processor = fresh();
    await claim(processor, "a");
    await move(processor, "a", START, at(5));
    const moved = { code: "ES031", detail: "0 100 5", hint: expect.any(String) };
    expect(await refusal(move(processor, "a", START, at(6)))).toEqual(moved);
    expect(await refusal(move(processor, "a", at(4), at(6)))).toEqual(moved);
    await move(processor, "a", at(5), at(5));
    expect(await claim(processor, "a")).toEqual(at(5));
  });

  test("goes on to the next epoch, and never back (22023)", async () => {
    const processor = fresh();
    await claim(processor, "a");
    await move(processor, "a", START, [0, "18446744073709551615", "9223372036854775807"]);
    await move(processor, "a", [0, "18446744073709551615", "9223372036854775807"], [1, "0", "0"]);
    expect(await claim(processor, "a")).toEqual([1, "0", "0"]);
    expect(await refusal(move(processor, "a", [1, "0", "0"], at(6)))).toMatchObject({ code: "22023" });
  });

  test("is refused to everybody but the owner (ES032), and where there is nothing (ES033)", async () => {
    const processor = fresh();
    await claim(processor, "a");
    const lost = { code: "ES032", hint: expect.any(String) };
    expect(await refusal(move(processor, "b", START, at(1)))).toEqual(lost);
    expect(await refusal(move(processor, null, START, at(1)))).toEqual(lost);
    await release(processor, "a");
    expect(await refusal(move(processor, "a", START, at(1)))).toEqual(lost);
    const nothing = { code: "ES033", hint: expect.any(String) };
    expect(await refusal(move(processor, "a", START, at(1), { generation: 2 }))).toEqual(nothing);
    expect(await refusal(move(processor, "a", START, at(1), { shard: 9 }))).toEqual(nothing);
    expect(await refusal(move(fresh(), "a", START, at(1)))).toEqual(nothing);
  });

  test("is good after the lease as long as nobody else has claimed, and renews it where asked to", async () => {
    const processor = fresh();
    await claim(processor, "a", { lease: "1 millisecond" });
    await delay(10);
    await move(processor, "a", START, at(1), { lease: "1 minute" });
    expect(await refusal(claim(processor, "b"))).toMatchObject({ code: "ES030" });
  });

  async function twiceAtOnce(): Promise<readonly string[]> {
    const processor = fresh();
    await claim(processor, "a");
    await client.query("BEGIN");
    await move(processor, "a", START, at(1));
    const second = refusal(move(processor, "a", START, at(2), { by: other }));
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return [(await second).code, (await claim(processor, "a"))[2]];
  }

  test("lets one of two move from the same place", async () => {
    expect(await twiceAtOnce()).toEqual(["ES031", "1"]);
    const careless: Weakness = ["move_checkpoint", "(k.epoch, k.transaction_id, k.global_position) =", "(p_from_epoch, p_from_transaction_id, p_from_position) ="]; // prettier-ignore
    expect(await weakened(client, [careless], twiceAtOnce)).toEqual(["none", "2"]);
  });

  /** What an owner does in one transaction: its work and its checkpoint. */
  async function project(by: Client, processor: string, owner: string, from: Place, to: Place): Promise<void> {
    await by.query("INSERT INTO orders.projected VALUES ($1, $2)", [processor, owner]);
    await move(processor, owner, from, to, { by });
  }

  const projected = (processor: string): Promise<unknown> =>
    value(client, "SELECT coalesce(string_agg(owner, ' '), '') FROM orders.projected WHERE processor = $1", processor);

  test("goes on where an owner was killed, when its lease ends and not before", async () => {
    const processor = fresh();
    const owner = await database.connect();
    await claim(processor, "killed", { by: owner, lease: "400 milliseconds" });
    await inTransaction(owner, () => project(owner, processor, "killed", START, at(1)));
    await owner.query("BEGIN");
    await project(owner, processor, "killed", at(1), at(2));
    await kill(observer, owner);
    expect(await refusal(claim(processor, "next"))).toMatchObject({ code: "ES030" });
    await delay(450);
    expect(await claim(processor, "next")).toEqual(at(1));
    await inTransaction(client, () => project(client, processor, "next", at(1), at(2)));
    expect(await projected(processor)).toBe("killed next");
  });

  async function wakesUpLate(): Promise<unknown> {
    const processor = fresh();
    await claim(processor, "asleep", { lease: "1 millisecond" });
    await other.query("BEGIN");
    await other.query("SELECT 1");
    await delay(10);
    await claim(processor, "next");
    const late = inTransaction(other, () => project(other, processor, "asleep", START, at(1)));
    await late.catch(() => undefined);
    await inTransaction(client, () => project(client, processor, "next", START, at(1))).catch(() => undefined);
    return projected(processor);
  }

  test("writes nothing of an owner that slept through the end of its lease", async () => {
    expect(await wakesUpLate()).toBe("next");
    const whoever: Weakness = ["move_checkpoint", "AND k.owner = p_owner", ""];
    expect(await weakened(client, [whoever], wakesUpLate)).toBe("asleep");
  });
});

describe("generations", () => {
  const start = (processor: string, generation: number | null, by = client): Promise<unknown> =>
    value(by, "SELECT orders.start_generation($1, $2)", processor, generation);
  const change = (processor: string, generation: number, by = client): Promise<unknown> =>
    value(by, "SELECT orders.switch_generation($1, $2)", processor, generation);
  const drop = (processor: string, generation: number): Promise<unknown> =>
    value(client, "SELECT orders.drop_generation($1, $2)", processor, generation);

  async function statuses(processor: string): Promise<readonly string[]> {
    const found = await rows<{ line: string }>(
      client,
      "SELECT shard || '/' || generation || ' ' || status AS line FROM orders.checkpoints WHERE processor = $1 ORDER BY generation, shard",
      processor,
    );
    return found.map(({ line }) => line);
  }

  /** A processor of so many shards whose generation 1 has read up to 5. */
  async function running(shards = 1): Promise<string> {
    const processor = fresh();
    for (let shard = 0; shard < shards; shard++) {
      await claim(processor, "old", { shard });
      await move(processor, "old", START, at(5), { shard });
    }
    return processor;
  }

  test("are rebuilt beside the one that runs, switched to when they have caught up, and dropped when retired", async () => {
    const processor = await running(2);
    expect(await start(processor, 2)).toBe(true);
    expect(await start(processor, 2)).toBe(false);
    expect(await statuses(processor)).toEqual(["0/1 running", "1/1 running", "0/2 rebuilding", "1/2 rebuilding"]);
    for (const shard of [0, 1]) {
      const detail = `shard ${shard}: 0 0 0 is behind 0 100 5`;
      expect(await refusal(change(processor, 2))).toEqual({ code: "ES034", detail, hint: expect.any(String) });
      await claim(processor, "new", { shard, generation: 2 });
      await move(processor, "new", START, at(5 + shard), { shard, generation: 2 });
    }
    expect(await change(processor, 2)).toBe(true);
    expect(await change(processor, 2)).toBe(false);
    expect(await start(processor, 2)).toBe(false);
    expect(await statuses(processor)).toEqual(["0/1 retired", "1/1 retired", "0/2 running", "1/2 running"]);
    expect(await refusal(claim(processor, "old"))).toMatchObject({ code: "ES033" });
    expect(await refusal(move(processor, "old", at(5), at(6)))).toMatchObject({ code: "ES033" });
    await move(processor, "new", at(5), at(6), { generation: 2 });
    expect(await drop(processor, 1)).toBe(true);
    expect(await drop(processor, 1)).toBe(false);
    // a service of yesterday
    expect(await refusal(claim(processor, "old"))).toMatchObject({ code: "ES033" });
    expect(await start(processor, 3)).toBe(true);
  });

  test("are given up and started anew, from the beginning", async () => {
    const processor = await running();
    await start(processor, 2);
    await claim(processor, "new", { generation: 2 });
    await move(processor, "new", START, at(1), { generation: 2 });
    expect(await drop(processor, 2)).toBe(true);
    expect(await start(processor, 2)).toBe(true);
    expect(await refusal(move(processor, "new", at(1), at(2), { generation: 2 }))).toMatchObject({ code: "ES032" });
    expect(await claim(processor, "new", { generation: 2 })).toEqual(START);
  });

  test("are numbered one after the other, one at a time, beside one that runs (ES033)", async () => {
    const processor = await running();
    const refused = { code: "ES033", hint: expect.any(String) };
    for (const number of [3, 0, -1, null]) {
      expect(await refusal(start(processor, number))).toEqual({ ...refused, detail: "2" });
    }
    expect(await refusal(start(fresh(), 2))).toEqual(refused);
    expect(await refusal(change(processor, 2))).toEqual(refused);
    await start(processor, 2);
    expect(await refusal(start(processor, 3))).toEqual(refused);
    expect(await refusal(claim(processor, "new", { generation: 3 }))).toEqual(refused);
    expect(await refusal(claim(fresh(), "new", { generation: 2 }))).toEqual(refused);
  });

  test("are not dropped while they run (ES035)", async () => {
    const processor = await running();
    expect(await refusal(drop(processor, 1))).toEqual({ code: "ES035", hint: expect.any(String) });
  });

  test("are behind as long as a shard is missing that came later", async () => {
    const processor = await running();
    await start(processor, 2);
    await claim(processor, "new", { generation: 2 });
    await move(processor, "new", START, at(5), { generation: 2 });
    await claim(processor, "old", { shard: 1 });
    expect(await refusal(change(processor, 2))).toMatchObject({ code: "ES034" });
    await claim(processor, "new", { shard: 1, generation: 2 });
    expect(await change(processor, 2)).toBe(true);
  });

  async function caughtUp(): Promise<string> {
    const processor = await running();
    await start(processor, 2);
    await claim(processor, "new", { generation: 2 });
    await move(processor, "new", START, at(5), { generation: 2 });
    return processor;
  }

  async function whileTheOldMoves(): Promise<string> {
    const processor = await caughtUp();
    await client.query("BEGIN");
    await move(processor, "old", at(5), at(6));
    const switched = refusal(change(processor, 2, other));
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return (await switched).code;
  }

  test("are behind when the old one moves just before the switch", async () => {
    expect(await whileTheOldMoves()).toBe("ES034");
    const unlocked: Weakness = ["switch_generation", " FOR UPDATE", ""];
    expect(await weakened(client, [unlocked], whileTheOldMoves)).toBe("none");
  });

  async function oldMovesWhileSwitching(): Promise<string> {
    const processor = await caughtUp();
    await client.query("BEGIN");
    await change(processor, 2);
    const moved = refusal(move(processor, "old", at(5), at(6), { by: other }));
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return (await moved).code;
  }

  test("do not move any more when the switch was just before", async () => {
    expect(await oldMovesWhileSwitching()).toBe("ES033");
    const blind: readonly Weakness[] = [
      ["move_checkpoint", "AND k.status <> 'retired'", ""],
      ["switch_generation", "SET status = 'retired', owner = NULL, lease_until = NULL", "SET status = 'retired'"],
    ];
    expect(await weakened(client, blind, oldMovesWhileSwitching)).toBe("none");
  });

  async function startedTwice(): Promise<readonly string[]> {
    const processor = await running();
    await client.query("BEGIN");
    await start(processor, 2);
    const second = start(processor, 2, other).catch((error: { code: string }) => error.code);
    await untilWaiting(observer, other);
    await client.query("COMMIT");
    return [String(await second), ...(await statuses(processor))];
  }

  test("are started once by two services that come up together", async () => {
    expect(await startedTwice()).toEqual(["false", "0/1 running", "0/2 rebuilding"]);
    const unlocked: Weakness = ["start_generation", "PERFORM pg_advisory_xact_lock", "PERFORM abs"];
    expect((await weakened(client, [unlocked], startedTwice))[0]).toBe("23505");
  });
});
