import { randomUUID } from "node:crypto";
import { defineDomain, event, hash, jsonSchema } from "eventloom";
import { Client, type ClientConfig } from "pg";
import { orders } from "../../examples/orders/domain";
import { leafName } from "../../lib/postgres/names";
import { leafOf } from "../../lib/topology/postgres/leaf-choice";
import { createStore } from "../store/create-store";
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

const made = jsonSchema<{ id: string }>({
  type: "object",
  properties: { id: { type: "string" } },
  required: ["id"],
});

interface Appended {
  readonly last_version: string;
  readonly last_position: string;
}

/** The functions that append; several events are for one of them alone. */
const WAYS = ["append_events", "append_event"] as const;
let way: (typeof WAYS)[number] = "append_events";

const ONE = "append_event($1, $2, $3, $4, 'OrderPaid', 1::smallint, '{\"n\": 1}', '{}')";
const SEVERAL = "append_events($1, $2, $3, $4, $5, $6, $7::jsonb[], $8::jsonb[])";

async function append(
  id: string,
  expected: number | null,
  ids: readonly string[] = [randomUUID()],
  type = "Order",
): Promise<Appended> {
  const one = way === "append_event" && ids.length === 1;
  const rest = one ? ids : [ids, ids.map(() => "OrderPaid"), ids.map(() => 1), ids.map(() => '{"n": 1}'), ids.map(() => "{}")]; // prettier-ignore
  const { rows } = await client.query<Appended>(`SELECT * FROM orders.${one ? ONE : SEVERAL}`, [
    id,
    type,
    expected,
    ...rest,
  ]);
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

describe.each(WAYS)("%s", (each) => {
  beforeAll(async () => {
    way = each;
    // one in which nothing was archived yet
    await client.query("DROP SCHEMA orders CASCADE");
    await createStore(client, orders);
  });
  afterAll(() => (way = "append_events"));

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
    expect((await refusal(append(id, 1, ids))).code).toBe("ES001");
  });

  test("gives the first answer again without an expected version too, whatever came in between", async () => {
    const id = randomUUID();
    const ids = [randomUUID(), randomUUID()];
    await append(id, null, ids.slice(0, 0).concat(randomUUID()));
    const first = await append(id, null, ids);
    for (let each = 0; each < 50; each++) await append(id, null);
    expect(await append(id, null, ids)).toEqual(first);
    expect((await refusal(append(id, null, [randomUUID(), ids[1] as string]))).code).toBe("23505");
    expect((await refusal(append(id, 52, [randomUUID()]))).code).toBe("ES001");
    expect(await append(id, 53)).toMatchObject({ last_version: "54" });
  });

  test.each(["-1", "9223372036854775807"])(
    "refuses the expected version %s as any other that is wrong",
    async (expected) => {
      const id = randomUUID();
      await append(id, 0);
      expect(await refusal(append(id, expected as never))).toEqual({ code: "ES001", detail: "1" });
    },
  );

  test.each(["REPEATABLE READ", "SERIALIZABLE"])(
    "sends a transaction back (40001) whose snapshot at %s is older than an append; without one it appends",
    async (isolation) => {
      const [id, other] = [randomUUID(), randomUUID()];
      await append(id, 0);
      await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      await client.query("SELECT 1 FROM orders.event_store LIMIT 1");
      const between = new Client(config);
      await between.connect();
      const call = "SELECT orders.append_events($1, 'Order', NULL, $2::uuid[], '{OrderPaid}', '{1}', ARRAY['{}'::jsonb], ARRAY['{}'::jsonb])"; // prettier-ignore
      await between.query(call, [id, [randomUUID()]]);
      await between.end();
      expect(await append(other, 0)).toMatchObject({ last_version: "1" });
      expect((await refusal(append(id, null))).code).toBe("40001");
      await client.query("ROLLBACK");
      expect(await append(id, 2)).toMatchObject({ last_version: "3" });
    },
  );

  test("refuses nothing at all (22023), another aggregate type (ES003) and an archived aggregate (ES002)", async () => {
    const id = randomUUID();
    await append(id, 0);
    expect((await refusal(append(id, 1, []))).code).toBe("22023");
    expect((await refusal(append(null as never, 1))).code).toBe("22023");
    expect((await refusal(append(id, 1, [randomUUID()], "Invoice"))).code).toBe("ES003");
    await client.query("SELECT orders.archive_aggregate($1)", [id]);
    expect((await refusal(append(id, 1))).code).toBe("ES002");
    await client.query("DELETE FROM orders.archived_aggregates WHERE aggregate_id = $1", [id]);
    expect(await append(id, 1)).toMatchObject({ last_version: "2" });
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
    for (const expected of [null, 1]) {
      await early.query("SAVEPOINT s");
      const late =
        each === "append_event"
          ? early.query(`SELECT orders.${ONE}`, [id, "Order", expected, randomUUID()])
          : early.query(`SELECT orders.${SEVERAL}`, [id, "Order", expected, [randomUUID()], ["OrderPaid"], [1], ["{}"], ["{}"]]); // prettier-ignore
      expect((await refusal(late)).code).toBe("40001");
      await early.query("ROLLBACK TO s");
    }
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

describe.each([1, 2, 16, 32])("a store of %i leaves", (modulus) => {
  const name = `leaves${modulus}`;
  const store = { format: 1, partitioning: hash(modulus) } as const;

  test("finds the leaf of every aggregate by itself: none is refused, and each goes on where it was", async () => {
    await createStore(client, defineDomain(name, { store, brokers: ["kafka"], aggregates: { Order: { id: "id", events: { OrderMade: event({ versions: { 1: made } }) } } } })); // prettier-ignore
    const call = `SELECT last_version FROM ${name}.append_event($1, 'Order', $2, gen_random_uuid(), 'OrderMade', 1::smallint, '{}', '{}')`; // prettier-ignore
    const ids = ["", "ä€😀\u202e", "'; --", "x".repeat(300), ...Array.from({ length: 200 }, () => randomUUID())];
    for (const id of ids) for (const version of [0, 1, null]) await client.query(call, [id, version]);
    const { rows } = await client.query<{ versions: string }>(
      `SELECT array_agg(version ORDER BY version)::text AS versions FROM ${name}.event_store GROUP BY aggregate_id`,
    );
    expect(rows.map((each) => each.versions)).toEqual(ids.map(() => "{1,2,3}"));
  });

  test("is asked for the leaf that Postgres chose itself", async () => {
    const { rows } = await client.query<{ leaf: string; chosen: number; rows: number }>(
      `SELECT tableoid::regclass::text AS leaf, ${leafOf("aggregate_id", modulus)} AS chosen, count(*)::int AS rows
         FROM ${name}.event_store GROUP BY 1, 2`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(Math.min(modulus, 16));
    for (const each of rows) expect(each.leaf).toBe(`${name}.${leafName("event_store", Number(each.chosen), modulus)}`);
  });
});

describe("append_event", () => {
  async function calls(): Promise<number> {
    const { rows } = await client.query<{ calls: number }>(
      "SELECT coalesce(sum(pg_stat_get_xact_function_calls(oid)), 0)::int AS calls FROM pg_proc WHERE proname = 'append_events'",
    );
    return rows[0]?.calls ?? -1;
  }

  /** How often it asked append_events instead. What was counted in earlier transactions may not have been handed on yet. */
  async function asked(run: () => Promise<unknown>): Promise<number> {
    await client.query("BEGIN");
    await client.query("SET LOCAL track_functions = 'all'");
    const before = await calls();
    await run();
    const after = await calls();
    await client.query("COMMIT");
    return after - before;
  }

  test("answers by itself what is in order, with and without a version, and where aggregates are archived", async () => {
    way = "append_event";
    await client.query("DROP SCHEMA orders CASCADE");
    await createStore(client, orders);
    for (const archived of [false, true]) {
      const [id, other] = [randomUUID(), randomUUID()];
      const event = randomUUID();
      expect(await asked(() => append(id, 0))).toBe(0);
      expect(await asked(() => append(id, 1))).toBe(0);
      expect(await asked(() => append(id, null, [event]))).toBe(0);
      expect(await asked(() => append(other, null))).toBe(0);
      expect(await asked(() => append(id, null, [event]))).toBe(1);
      if (!archived) await client.query("SELECT orders.archive_aggregate($1)", [other]);
      await append(other, 1).then(
        () => expect(archived).toBe(true),
        (error: unknown) => expect(error).toMatchObject({ code: "ES002" }),
      );
    }
    way = "append_events";
  });
});

describe("the owner's rights", () => {
  test("are used for nothing that a caller puts in the path of append_event, which sets none", async () => {
    await client.query("CREATE SCHEMA trap");
    for (const [left, right] of [
      ["bigint", "bigint"],
      ["text", "text"],
      ["xid8", "xid8"],
      ["smallint", "bigint"],
      ["bigint", "integer"],
      ["integer", "integer"],
      ["uuid", "uuid"],
    ]) {
      const sprung = "AS 'BEGIN RAISE EXCEPTION ''sprung'' USING ERRCODE = ''P0666''; END'";
      await client.query(`CREATE FUNCTION trap.sprung(${left}, ${right}) RETURNS boolean LANGUAGE plpgsql ${sprung}`);
      for (const operator of ["=", ">", "<", "&", "+"])
        await client.query(
          `CREATE OPERATOR trap.${operator} (FUNCTION = trap.sprung, LEFTARG = ${left}, RIGHTARG = ${right})`,
        );
    }
    for (const name of [
      "pg_current_xact_id()",
      "currval(regclass)",
      "hashtextextended(text, bigint)",
      "current_setting(text)",
      "pg_advisory_xact_lock(bigint)",
    ])
      await client.query(
        `CREATE FUNCTION trap.${name} RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''sprung'' USING ERRCODE = ''P0666''; END'`,
      );
    const caller = new Client(config);
    await caller.connect();
    await caller.query("SET search_path = trap, pg_catalog");
    // that the trap would spring
    expect((await refusal(caller.query("SELECT 1::bigint = 1::bigint"))).code).toBe("P0666");
    expect((await refusal(caller.query("SELECT pg_current_xact_id()"))).code).toBe("P0666");
    const id = randomUUID();
    const call = (expected: number | null) =>
      caller.query(`SELECT orders.${ONE}`, [id, "Order", expected, randomUUID()]);
    for (const expected of [0, 1, null]) expect(await refusal(call(expected))).toEqual({ code: "none" });
    expect(await refusal(call(0))).toEqual({ code: "ES001", detail: "3" });
    await caller.end();
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

describe("an event that has an index of its own", () => {
  test("is found among a thousand times as many others by that index, and the others are in none", async () => {
    const events = {
      OrderMade: event({ versions: { 1: made } }),
      OrderLost: event({ versions: { 1: made }, indexed: true }),
    };
    await createStore(
      client,
      defineDomain("rare", { brokers: ["kafka"], aggregates: { Order: { id: "id", events } } }),
    );
    await client.query(`SELECT rare.append_events('order-' || n, 'Order', 0, array_agg(gen_random_uuid()),
        array_agg(CASE WHEN n % 25 = 0 AND k = 40 THEN 'OrderLost' ELSE 'OrderMade' END), array_agg(1::smallint),
        array_agg('{}'::jsonb), array_agg('{}'::jsonb)) FROM generate_series(1, 500) n, generate_series(1, 40) k GROUP BY n`);
    await client.query("ANALYZE rare.event_store");
    const query = `SELECT * FROM rare.event_store WHERE event_type = $1 AND epoch = 0
        AND (transaction_id, global_position) > ('0', 0) ORDER BY epoch, transaction_id, global_position LIMIT 500`;
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE, TIMING OFF) ${query}`.replace("$1", "'OrderLost'")); // prettier-ignore
    const plan = rows.map((each) => each["QUERY PLAN"]).join("\n");
    // the type is no condition any more: nothing else is in the index
    expect(plan.match(/Index Scan using/g)).toHaveLength(8);
    expect(plan).not.toMatch(/Filter|Sort +\(cost/);
    expect(plan).toMatch(/actual rows=20(\.00)? loops=1/);
    // a statement that is prepared, as drivers do it
    expect((await client.query({ name: "rare", text: query, values: ["OrderLost"] })).rowCount).toBe(20);
    const { rows: sizes } = await client.query<{ entries: number }>(
      "SELECT sum(c.reltuples)::int AS entries FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE pg_get_expr(i.indpred, i.indrelid) LIKE '%OrderLost%' AND c.relkind = 'i'",
    );
    expect(sizes).toEqual([{ entries: 20 }]);
  });
});
