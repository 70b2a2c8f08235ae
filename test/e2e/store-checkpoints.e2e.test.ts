import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { at, Checkpoints, type Place, START } from "../store/checkpoints";
import {
  codes,
  HOSTILE,
  inTransaction,
  kill,
  refusal,
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
let claim: Checkpoints["claim"];
let move: Checkpoints["move"];
let fresh: Checkpoints["fresh"];

beforeAll(async () => {
  database = await StoreDatabase.open("checkpoints");
  [client, other, observer] = (await database.connections(3)) as [Client, Client, Client];
  ({ claim, move, fresh } = new Checkpoints(client));
  await client.query("CREATE TABLE orders.projected (processor text, owner text)");
});

afterAll(() => database?.close());

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
    const untilTwo = async (): Promise<number> => {
      // it takes two that look at the same instant: seldom on a machine at rest, and soon enough in any case
      for (let n = 0; n < 20; n++) {
        const entered = (await allAtOnce()).filter((each) => each === "none").length;
        if (entered > 20) return entered;
      }
      return 20;
    };
    expect(await weakened(client, [unlocked], untilTwo)).toBeGreaterThan(20);
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
