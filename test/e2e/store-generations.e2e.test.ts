import type { Client } from "pg";
import { at, Checkpoints, START } from "../store/checkpoints";
import { refusal, rows, StoreDatabase, untilWaiting, value, type Weakness, weakened } from "../store/store-database";

jest.setTimeout(60_000);

let database: StoreDatabase;
let client: Client;
let other: Client;
let observer: Client;
let claim: Checkpoints["claim"];
let move: Checkpoints["move"];
let fresh: Checkpoints["fresh"];

beforeAll(async () => {
  database = await StoreDatabase.open("generations");
  [client, other, observer] = (await database.connections(3)) as [Client, Client, Client];
  ({ claim, move, fresh } = new Checkpoints(client));
});

afterAll(() => database?.close());

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

describe("generations", () => {
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

  test("are numbered upwards, one at a time, beside one that runs (ES033)", async () => {
    const processor = await running();
    const refused = { code: "ES033", hint: expect.any(String) };
    for (const number of [0, -1, null]) {
      expect(await refusal(start(processor, number))).toEqual({ ...refused, detail: "1" });
    }
    expect(await refusal(start(fresh(), 2))).toEqual(refused);
    expect(await refusal(change(processor, 2))).toEqual(refused);
    await start(processor, 2);
    expect(await refusal(start(processor, 3))).toEqual(refused);
    expect(await refusal(claim(processor, "new", { generation: 3 }))).toEqual(refused);
    for (const number of [0, -1]) {
      expect(await refusal(claim(fresh(), "new", { generation: number }))).toEqual(refused);
    }
  });

  test("may leave numbers out: an environment that was behind goes to the newest at once", async () => {
    const processor = await running();
    expect(await start(processor, 3)).toBe(true);
    await claim(processor, "new", { generation: 3 });
    await move(processor, "new", START, at(5), { generation: 3 });
    expect(await change(processor, 3)).toBe(true);
    const refused = { code: "ES033", detail: "3", hint: expect.any(String) };
    for (const number of [1, 2]) expect(await refusal(start(processor, number))).toEqual(refused);
    expect(await statuses(processor)).toEqual(["0/1 retired", "0/3 running"]);
  });

  test("begin with the one that is claimed first: a new environment has nothing older, and an old service is refused", async () => {
    const processor = fresh();
    for (const shard of [0, 1]) expect(await claim(processor, "new", { shard, generation: 2 })).toEqual(START);
    expect(await statuses(processor)).toEqual(["0/2 running", "1/2 running"]);
    expect(await start(processor, 2)).toBe(false);
    expect(await change(processor, 2)).toBe(false);
    expect(await refusal(claim(processor, "old"))).toMatchObject({ code: "ES033" });
    expect(await refusal(claim(processor, "newer", { generation: 3 }))).toMatchObject({ code: "ES033" });
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
