import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { compile, hash, list, none, range, type StorePartitioning } from "eventloom";
import type { Kind } from "../../lib/provider/schema";
import { codes, connect, Deployment, type TestDatabase } from "../provider/deployment";
import { createStore } from "../store/create-store";
import { codeOf, spread, SpreadStore, STRATEGIES } from "../store/strategies";
import { freshDatabase } from "./servers";

jest.setTimeout(180_000);

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase("strategies");
  client = await connect(database);
  for (const name of Object.keys(STRATEGIES)) await createStore(client, spread(name));
});

afterAll(() => client.end());

const KINDS = { "postgres-table": "table", "postgres-function": "function" } as const;

/** What the table provider would do to take over a store. */
async function takenOver(
  name: string,
  partitioning?: StorePartitioning,
): Promise<Awaited<ReturnType<Deployment["plan"]>>[]> {
  const planned = [];
  for (const resource of compile(spread(name, partitioning)).resources) {
    if (resource.kind !== "postgres-table" && resource.kind !== "postgres-function") continue;
    const deployment = Deployment.on(database, KINDS[resource.kind] as Kind);
    planned.push(await deployment.plan({ ...resource.definition, declaredBy: name } as never));
    await deployment.close();
  }
  return planned;
}

const leavesOf = async (table: string): Promise<readonly string[]> =>
  (
    await client.query<{ leaf: string }>(
      "SELECT relid::regclass::text AS leaf FROM pg_partition_tree($1) WHERE isleaf ORDER BY 1",
      [table],
    )
  ).rows.map(({ leaf }) => leaf);

describe.each(Object.keys(STRATEGIES))("a store that is spread as %s", (name) => {
  let store: SpreadStore;
  beforeAll(() => (store = new SpreadStore(client, name)));

  test("is what the table provider would make", async () => {
    const planned = await takenOver(name);
    // the leaves of a rule are made with every plan that is due
    const statements = planned.flatMap((each) => each.statements ?? []).filter((each) => !/event_store_p20/.test(each));
    const issues = planned.flatMap((each) => each.issues).filter(({ severity }) => severity === "error");
    expect({ statements, issues }).toEqual({ statements: [], issues: [] });
    expect(planned.map((each) => each.action)).toEqual(planned.map(() => "adopt"));
  });

  test("numbers the events of an aggregate, and refuses a wrong version, an archived aggregate and half a repetition", async () => {
    const id = randomUUID();
    expect(await store.append(id, { expected: 0, ids: [randomUUID(), randomUUID()] })).toMatchObject({
      last_version: "2",
    });
    expect(await store.append(id, { expected: 2 })).toMatchObject({ last_version: "3" });
    expect(await store.append(id)).toMatchObject({ last_version: "4" });
    expect(await codeOf(store.append(id, { expected: 0 }))).toBe("ES001");
    const ids = [randomUUID(), randomUUID()];
    const first = await store.append(id, { ids });
    await store.append(id);
    expect(await store.append(id, { ids })).toEqual(first);
    expect(await codeOf(store.append(id, { ids: [ids[0]!, randomUUID()] }))).toBe("23505");
    const same = randomUUID();
    expect(await codeOf(store.append(randomUUID(), { ids: [same, same] }))).toBe("23505");
    const expected = await store.append(id, { expected: 7, ids: [same] });
    expect(await store.append(id, { expected: 7, ids: [same] })).toEqual(expected);
    expect(await store.read(id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await store.archive(id);
    expect(await codeOf(store.append(id))).toBe("ES002");
    expect(await store.read(id)).toHaveLength(8);
  });

  test("keeps the newest snapshot of an aggregate, and none of a version that it does not have (ES010)", async () => {
    const id = randomUUID();
    await store.append(id, { ids: [randomUUID(), randomUUID()] });
    expect([await store.save(id, 2), await store.save(id, 1)]).toEqual([true, false]);
    expect(await codeOf(store.save(id, 3))).toBe("ES010");
    expect(await store.saved(id)).toEqual(["acme"]);
    expect(await store.saved(randomUUID())).toEqual([]);
  });

  test("gives all events in the feed once, in the order of each aggregate", async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    for (const n of [1, 2, 3]) for (const id of ids) await store.append(id, { expected: n - 1 });
    const { rows } = await client.query<{ aggregate_id: string; version: string }>(
      `SELECT aggregate_id, version FROM ${name}.read_events(0::smallint, '0', 0, 100000)`,
    );
    for (const id of ids) {
      expect(rows.filter((each) => each.aggregate_id === id).map((each) => Number(each.version))).toEqual([1, 2, 3]);
    }
    expect(rows).toHaveLength((await client.query(`SELECT FROM ${name}.event_store`)).rowCount ?? 0);
  });

  test("takes each version once from writers that race for it", async () => {
    const id = randomUUID();
    const writers = await Promise.all(Array.from({ length: 8 }, () => connect(database)));
    const stores = writers.map((each) => new SpreadStore(each, name));
    const ended = await Promise.all(stores.map((each) => codeOf(each.append(id, { expected: 0 }))));
    expect([...ended].sort()).toEqual([...Array.from({ length: 7 }, () => "ES001"), "none"]);
    await Promise.all(stores.map((each) => each.append(id).then(() => each.append(id))));
    await Promise.all(writers.map((each) => each.end()));
    expect(await store.read(id)).toEqual(Array.from({ length: 17 }, (_, n) => n + 1));
  });

  test("takes no version twice from a snapshot that is older than the lock, and goes on at READ COMMITTED", async () => {
    const id = randomUUID();
    await store.append(id, { expected: 0 });
    for (const isolation of ["REPEATABLE READ", "SERIALIZABLE"]) {
      const old = await connect(database);
      await old.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      await old.query(`SELECT FROM ${name}.event_store LIMIT 1`);
      await store.append(id);
      expect(await codeOf(new SpreadStore(old, name).append(id))).toBe(name === "range" ? "0A000" : "40001");
      await old.end();
    }
    await client.query("BEGIN ISOLATION LEVEL READ UNCOMMITTED");
    await store.append(id);
    await client.query("COMMIT");
    expect(await store.read(id)).toEqual([1, 2, 3, 4]);
  });

  test("refuses changes of its events on the table and on every leaf, and late locks", async () => {
    for (let n = 0; n < 40; n++) await store.append(`guarded-${n}`);
    for (const table of [`${name}.event_store`, ...(await leavesOf(`${name}.event_store`))]) {
      expect({ table, code: await codeOf(client.query(`TRUNCATE ${table}`)) }).toEqual({ table, code: "ES009" });
      const { rowCount } = await client.query(`SELECT FROM ${table} LIMIT 1`);
      if (rowCount === 0) continue;
      expect(await codeOf(client.query(`DELETE FROM ${table}`))).toBe("ES009");
      expect(await codeOf(client.query(`UPDATE ${table} SET data = '{}'`))).toBe("ES009");
    }
    await client.query("BEGIN");
    await store.lock(["b", "a"]);
    await store.append("a");
    expect(await codeOf(store.lock(["c"]))).toBe("ES004");
    await client.query("ROLLBACK");
  });
});

describe("a store can't be spread otherwise later", () => {
  test.each<[string, StorePartitioning, string]>([
    ["hash8", hash(16), "PG406"],
    ["hash8", none(), "PG406"],
    ["plain", hash(8), "PG406"],
    ["plain", hash(1), "PG406"],
    ["list", hash(8), "PG406"],
    ["range", hash(8), "PG406"],
    ["hash8", range(), "PG406"],
    ["hash8", list(["acme"]), "PG406"],
  ])("%s is refused to become %j", async (name, other, code) => {
    const resource = compile(spread(name)).resources.find((each) => each.key === "table/event_store");
    const changed = compile(spread(name, other)).resources.find((each) => each.key === "table/event_store");
    if (resource?.kind !== "postgres-table" || changed?.kind !== "postgres-table") throw new Error("no event_store");
    const first = Deployment.on(database, "table");
    // of the store in leaves of time: warns of those that the default one has rows of
    await first.apply(await first.plan({ ...resource.definition, declaredBy: name } as never));
    const planned = await first.plan({ ...changed.definition, declaredBy: name } as never);
    await first.close();
    expect(codes(planned)).toContain(code);
    expect(planned.attributes).toBeNull();
  });
});

describe("a store of tenants", () => {
  const tenants = ["acme", "O'Brien & Söhne", "somebody else"];

  test("keeps two aggregates of one id apart, and has the events of each tenant in its leaf", async () => {
    const store = new SpreadStore(client, "list");
    const id = randomUUID();
    for (const tenant of tenants) for (const expected of [0, 1]) await store.append(id, { tenant, expected });
    await store.archive(id, "acme");
    expect(await codeOf(store.append(id, { tenant: "acme" }))).toBe("ES002");
    expect(await store.append(id, { tenant: "O'Brien & Söhne" })).toMatchObject({ last_version: "3" });
    const { rows } = await client.query(
      'SELECT tableoid::regclass::text AS leaf, tenant, count(*)::int AS events FROM list.event_store WHERE aggregate_id = $1 GROUP BY 1, 2 ORDER BY tenant COLLATE "C"',
      [id],
    );
    expect(rows).toEqual([
      {
        leaf: expect.stringMatching(/^list\.event_store_x_o_brien_s_hne_[0-9a-f]{12}$/) as string,
        tenant: "O'Brien & Söhne",
        events: 3,
      },
      { leaf: "list.event_store_t_acme", tenant: "acme", events: 2 },
      { leaf: "list.event_store_rest", tenant: "somebody else", events: 2 },
    ]);
  });

  test("keeps a snapshot for each tenant's aggregate of one id", async () => {
    const [store, id] = [new SpreadStore(client, "list"), randomUUID()];
    for (const tenant of tenants) await store.append(id, { tenant, ids: [randomUUID(), randomUUID()] });
    for (const tenant of tenants) expect(await store.save(id, 2, tenant)).toBe(true);
    for (const tenant of tenants) expect(await store.saved(id, tenant)).toEqual([tenant]);
    expect(await codeOf(store.save(id, 1, "newcomer"))).toBe("ES010");
  });

  test("gives each tenant a feed of its own, from its leaf alone, without a sort", async () => {
    const feed = async (tenant: string): Promise<readonly string[]> => {
      const { rows } = await client.query<{ tenant: string }>(
        "SELECT DISTINCT tenant FROM list.read_tenant_events($1, 0::smallint, '0', 0, 100000)",
        [tenant],
      );
      return rows.map((each) => each.tenant);
    };
    for (const tenant of tenants) expect(await feed(tenant)).toEqual([tenant]);
    expect(await feed("nobody")).toEqual([]);
    const { rows } = await client.query<{ "QUERY PLAN": string }>(
      "EXPLAIN SELECT * FROM list.read_tenant_events('acme', 0::smallint, '0', 0, 500)",
    );
    const plan = rows.map((each) => each["QUERY PLAN"]).join("\n");
    expect(plan).toContain("event_store_t_acme");
    expect(plan).not.toContain("event_store_rest");
  });

  test("refuses an append without a tenant", async () => {
    const store = new SpreadStore(client, "list");
    expect(await codeOf(store.append(randomUUID(), { tenant: null as never }))).toBe("22023");
  });

  test("gets a leaf for a tenant that is listed before its first event, and none for one that has events", async () => {
    const event = (tenants: readonly string[], detached = {}): never => {
      const domain = compile(spread("list", list(tenants, detached)));
      const resource = domain.resources.find((each) => each.key === "table/event_store");
      return { ...(resource as { definition: object }).definition, declaredBy: "list" } as never;
    };
    const first = Deployment.on(database, "table");
    await first.deploy(event(["acme", "O'Brien & Söhne"]));
    expect(codes(await first.plan(event(["acme", "O'Brien & Söhne", "somebody else"])))).toEqual(["PG431"]);
    expect(codes(await first.plan(event(["acme"])))).toEqual(["PG418"]);
    await first.deploy(event(["acme", "O'Brien & Söhne", "newcomer"]));
    const store = new SpreadStore(client, "list");
    await store.append("n", { tenant: "newcomer", expected: 0 });
    expect((await client.query("SELECT FROM list.event_store_t_newcomer")).rowCount).toBe(1);
    await first.deploy(event(["acme", "O'Brien & Söhne", "newcomer"], { newcomer: "left us" }));
    await first.close();
    expect((await client.query("SELECT FROM list.event_store_t_newcomer")).rowCount).toBe(1);
    expect(await store.read("n", "newcomer")).toEqual([]);
  });
});
