import { randomUUID } from "node:crypto";
import { Client, type ClientConfig } from "pg";
import { orders } from "../../examples/orders/domain";
import { createStore } from "../store/create-store";
import { judge, readByPosition, readFeed } from "../store/readers";
import { WRITER_MODES, writeUntil, type Written } from "../store/writers";
import { freshDatabase } from "./servers";

jest.setTimeout(120_000);

let config: ClientConfig;
let client: Client;

beforeAll(async () => {
  const { host, port, username, password, database } = await freshDatabase("store");
  config = { host, port, user: username, password, database };
  client = new Client(config);
  await client.connect();
  await createStore(client, orders);
});

afterAll(() => client.end());

interface Appended {
  readonly last_version: string;
  readonly last_position: string;
}

async function append(
  id: string,
  expected: number | null,
  ids: readonly string[] = [randomUUID()],
  type = "Order",
): Promise<Appended> {
  const { rows } = await client.query<Appended>(
    "SELECT * FROM orders.append_events($1, $2, $3, $4, $5, $6, $7::jsonb[], $8::jsonb[])",
    [
      id,
      type,
      expected,
      ids,
      ids.map(() => "OrderPaid"),
      ids.map(() => 1),
      ids.map(() => '{"n": 1}'),
      ids.map(() => "{}"),
    ],
  );
  return rows[0] as Appended;
}

async function refusal(run: Promise<unknown>): Promise<{ readonly code: string; readonly detail?: string }> {
  try {
    await run;
  } catch (error) {
    const { code, detail } = error as { code: string; detail?: string };
    return detail === undefined ? { code } : { code, detail };
  }
  return { code: "none" };
}

describe("append_events", () => {
  test("numbers the events of an aggregate 1, 2, 3 and says the last", async () => {
    const id = randomUUID();
    expect(await append(id, 0, [randomUUID(), randomUUID()])).toMatchObject({ last_version: "2" });
    expect(await append(id, 2)).toMatchObject({ last_version: "3" });
    expect(await append(id, null)).toMatchObject({ last_version: "4" });
  });

  test("refuses a wrong expected version with ES001 and the actual one", async () => {
    const id = randomUUID();
    await append(id, 0);
    expect(await refusal(append(id, 0))).toEqual({ code: "ES001", detail: "1" });
    expect(await refusal(append(id, 7))).toEqual({ code: "ES001", detail: "1" });
    expect(await refusal(append(randomUUID(), 1))).toEqual({ code: "ES001", detail: "0" });
  });

  test("gives the first answer again when the same events come again", async () => {
    const id = randomUUID();
    const ids = [randomUUID(), randomUUID()];
    const first = await append(id, 0, ids);
    await append(id, 2);
    expect(await append(id, 0, ids)).toEqual(first);
    expect((await refusal(append(id, 0, [ids[0] as string, randomUUID()]))).code).toBe("ES001");
  });

  test("refuses nothing at all (22023), another aggregate type (ES003) and an archived aggregate (ES002)", async () => {
    const id = randomUUID();
    await append(id, 0);
    expect((await refusal(append(id, 1, []))).code).toBe("22023");
    expect((await refusal(append(id, 1, [randomUUID()], "Invoice"))).code).toBe("ES003");
    await client.query("UPDATE orders.aggregates SET archived_at = now() WHERE aggregate_id = $1", [id]);
    expect((await refusal(append(id, 1))).code).toBe("ES002");
  });

  test("takes hostile ids as they are", async () => {
    for (const id of ["'; DROP TABLE orders.event_store; --", "ä€😀\u202e", "x".repeat(300), ""]) {
      expect(await append(id, 0)).toMatchObject({ last_version: "1" });
    }
  });

  test("sends a transaction back (40001) that is older than the aggregate's last one", async () => {
    const id = randomUUID();
    const early = new Client(config);
    await early.connect();
    await early.query("BEGIN");
    await early.query("SELECT pg_current_xact_id()");
    await append(id, 0);
    const late = early.query(
      `SELECT orders.append_events($1, 'Order', NULL, ARRAY[gen_random_uuid()], ARRAY['OrderPaid'], ARRAY[1::smallint],
                                   ARRAY['{}'::jsonb], ARRAY['{}'::jsonb])`,
      [id],
    );
    expect((await refusal(late)).code).toBe("40001");
    await early.end();
  });

  test("takes the locks of several aggregates before any write, or not at all (ES004)", async () => {
    await client.query("BEGIN");
    await client.query("SELECT orders.lock_aggregates($1)", [["b", "a", "b"]]);
    await client.query("COMMIT");
    await client.query("BEGIN");
    await client.query("SELECT pg_current_xact_id()");
    expect((await refusal(client.query("SELECT orders.lock_aggregates($1)", [["a"]]))).code).toBe("ES004");
    await client.query("ROLLBACK");
  });
});

describe("event_store", () => {
  test.each(["orders.event_store", "orders.event_store_p00", "orders.event_store_p07"])(
    "refuses UPDATE, DELETE and TRUNCATE on %s, for its owner and for a replica's session too",
    async (table) => {
      // rows in every leaf, so that row triggers have something to refuse
      for (let n = 0; n < 40; n++) await append(`${table}-${n}`, null);
      for (const role of ["origin", "replica"]) {
        await client.query(`SET session_replication_role = ${role}`);
        for (const statement of [`UPDATE ${table} SET data = '{}'`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
          expect({ statement, ...(await refusal(client.query(statement))) }).toMatchObject({ code: "ES009" });
        }
      }
      await client.query("RESET session_replication_role");
    },
  );

  test("reads an aggregate from one leaf, and the feed without a sort", async () => {
    for (let n = 0; n < 300; n++) await append(`plan-${n % 20}`, null, Array.from({ length: 10 }, randomUUID));
    await client.query("ANALYZE orders.event_store");
    const plan = async (query: string): Promise<string> => {
      const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${query}`);
      return rows.map((each) => each["QUERY PLAN"]).join("\n");
    };
    const one = await plan("SELECT * FROM orders.read_aggregate('plan-1', 0, 100)");
    expect(new Set(one.match(/event_store_p\d\d\b/g)).size).toBe(1);
    const feed = await plan("SELECT * FROM orders.read_events(0::smallint, '0', 0, 500)");
    expect(feed).toContain("Merge Append");
    expect(feed).not.toMatch(/Sort +\(cost/);
    expect(feed.match(/Index Scan using/g)).toHaveLength(8);
  });
});

describe("under concurrent writers", () => {
  test("the feed skips nothing, gives nothing twice and keeps each aggregate's order; a reader by position does not", async () => {
    const written: Written = { committed: new Set(), errors: new Map() };
    const until = Date.now() + 6_000;
    let writing = true;
    const readers = [
      readFeed(config, "orders", () => !writing),
      readByPosition(config, "orders", () => !writing),
    ] as const;
    const writers = [...WRITER_MODES, ...WRITER_MODES].map((mode, n) =>
      writeUntil(
        { config, schema: "orders", mode, seed: 100 + n, stop: () => Date.now() > until, aggregates: 12 },
        written,
      ),
    );
    await Promise.all(writers);
    writing = false;
    const [feed, byPosition] = await Promise.all(readers);
    const careless = judge(byPosition, written.committed);
    console.info(
      `seeds 100 to 113: ${written.committed.size} events; sent back: ${JSON.stringify([...written.errors])}; by position alone: ${JSON.stringify(careless)}`,
    );
    expect(written.committed.size).toBeGreaterThan(500);
    // 40P01: two aggregates in one transaction without lock_aggregates may deadlock, as any two rows may
    const sentBack = ["40001", "40P01", "ES001"];
    expect([...written.errors.keys()].filter((code) => !sentBack.includes(code))).toEqual([]);
    expect(judge(feed, written.committed)).toEqual({ missing: 0, twice: 0, outOfOrder: 0 });
    expect(careless.missing).toBeGreaterThan(0);
    const gaps = await client.query(
      "SELECT aggregate_id FROM orders.event_store GROUP BY aggregate_id HAVING count(*) <> max(version)",
    );
    expect(gaps.rows).toEqual([]);
  });
});
