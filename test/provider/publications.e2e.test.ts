import type { Client } from "pg";
import { freshDatabase } from "../e2e/servers";
import type { ValueMap } from "../../lib/provider/value";
import { codes, connect, Deployment, type TestDatabase } from "./deployment";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
let made = 0;
const opened: Deployment[] = [];

beforeAll(async () => {
  database = await freshDatabase("publications");
  client = await connect(database);
  await client.query("CREATE SCHEMA s; CREATE SCHEMA whole; CREATE TABLE whole.t (id int)");
  await client.query("CREATE TABLE s.outbox (id int PRIMARY KEY, kind text, payload jsonb)");
  await client.query('CREATE TABLE s."Odd ""Ü" (id int PRIMARY KEY)');
  await client.query("CREATE TABLE s.events (id int, at int, PRIMARY KEY (id)) PARTITION BY RANGE (id)");
  await client.query("CREATE TABLE s.events_1 PARTITION OF s.events FOR VALUES FROM (1) TO (100)");
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
  await client.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()"); // prettier-ignore
});

afterAll(() => client.end());

function run(stored: Deployment["stored"] = null): Deployment {
  const deployment = Deployment.on(database, "publication");
  deployment.stored = stored;
  opened.push(deployment);
  return deployment;
}

const ALL = ["insert", "update", "delete", "truncate"];

function publication(more: object = {}): ValueMap {
  return {
    name: `p_${++made}`,
    tables: [{ name: "s.outbox" }],
    operations: ALL,
    declaredBy: "orders",
    ...more,
  } as unknown as ValueMap;
}

async function slot(): Promise<void> {
  await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [`slot_${process.pid}_${++made}`]);
}

async function deployed(config: ValueMap): Promise<Deployment> {
  const deployment = run();
  await deployment.deploy(config);
  return run(deployment.stored);
}

describe("a publication", () => {
  test("with columns, rows, operations and the root of partitions is made, and planned again without a change", async () => {
    const config = publication({
      comment: "for a connector",
      tables: [
        { name: "s.outbox", columns: ["id", "kind"], where: "id>0 and kind<>'x'" },
        { name: "s.events", where: "id > 5" },
        { name: 's."Odd ""Ü"' },
      ],
      operations: ["insert"],
      viaPartitionRoot: true,
    });
    const deployment = run();
    const statements = await deployment.deploy(config);
    expect(statements).toEqual([
      `CREATE PUBLICATION "${String(config["name"])}" FOR TABLE "s"."outbox" ("id", "kind") WHERE (id>0 and kind<>'x'), "s"."events" WHERE (id > 5), "s"."Odd ""Ü" WITH (publish = 'insert', publish_via_partition_root = true)`,
      `COMMENT ON PUBLICATION "${String(config["name"])}" IS 'for a connector\neventloom:orders'`,
    ]);
    expect(await run(deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
  });

  test("of whole schemas is made, and planned again without a change", async () => {
    const config = publication({ tables: [], schemas: ["whole", "s"] });
    const deployment = await deployed(config);
    expect(await deployment.plan({ ...config, schemas: ["s", "whole"] })).toMatchObject({ action: "none", issues: [] });
  });

  test("gives what it says: a partitioned table's rows as the table's own", async () => {
    const config = publication({ tables: [{ name: "s.events" }], viaPartitionRoot: true });
    await deployed(config);
    const { rows } = await client.query("SELECT tablename FROM pg_publication_tables WHERE pubname = $1", [config["name"]]); // prettier-ignore
    expect(rows).toEqual([{ tablename: "events" }]);
  });

  test("sends more as soon as it is asked to, under a reader too: a table, a column, all rows, an operation", async () => {
    const narrow = { tables: [{ name: "s.outbox", columns: ["id"], where: "id > 1" }], operations: ["insert"] };
    const config = publication(narrow);
    const deployment = await deployed(config);
    await slot();
    const wider = { ...config, tables: [{ name: "s.outbox", columns: ["id", "kind"] }, { name: "s.events" }], operations: ["insert", "update"] }; // prettier-ignore
    expect(await deployment.deploy(wider as unknown as ValueMap)).toEqual([
      `ALTER PUBLICATION "${String(config["name"])}" SET TABLE "s"."outbox" ("id", "kind"), "s"."events"`,
      `ALTER PUBLICATION "${String(config["name"])}" SET (publish = 'insert, update')`,
    ]);
    expect(await run(deployment.stored).plan(wider as unknown as ValueMap)).toMatchObject({ action: "none" });
  });

  test.each([
    ["a table", { tables: [{ name: "s.events" }] }],
    ["a column", { tables: [{ name: "s.outbox", columns: ["id"] }, { name: "s.events" }], schemas: [] }],
    ["rows", { tables: [{ name: "s.outbox", where: "id > 7" }, { name: "s.events" }] }],
    ["a schema", { schemas: [] }],
    ["an operation", { operations: ["insert", "update", "delete"] }],
    ["the names of partitions", { viaPartitionRoot: true }],
  ])("is refused to lose %s as long as a slot is there, and allowed to without one", async (_what, less) => {
    const config = publication({ tables: [{ name: "s.outbox" }, { name: "s.events" }], schemas: ["whole"] });
    const deployment = await deployed(config);
    await slot();
    const { issues } = await deployment.plan({ ...config, ...less } as unknown as ValueMap);
    expect(issues).toMatchObject([{ code: "PG442", detail: expect.stringContaining("second publication") }]);
    await client.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()"); // prettier-ignore
    await run(deployment.stored).deploy({ ...config, ...less } as unknown as ValueMap);
  });

  test("loses under a reader what somebody accepts in writing, once", async () => {
    const config = publication({ tables: [{ name: "s.outbox" }, { name: "s.events" }] });
    const less = { ...config, tables: [{ name: "s.events" }], operations: ["insert"], viaPartitionRoot: true } as unknown as ValueMap; // prettier-ignore
    const deployment = await deployed(config);
    await slot();
    const name = String(config["name"]);
    const asked = [
      `${name}: publish no longer table s.outbox`,
      `${name}: publish no longer update, delete, truncate`,
      `${name}: publish rows of partitions as the table's`,
    ];
    const refused = await deployment.plan(less);
    expect(refused.issues.map(({ detail }) => /change: "(.*)", reason/.exec(detail)?.[1])).toEqual(asked);
    const wanted = { ...less, accept: asked.map((change) => ({ change, reason: "its reader is gone" })) } as unknown as ValueMap; // prettier-ignore
    const planned = await deployment.plan(wanted);
    expect(codes(planned)).toEqual(["PG445", "PG445", "PG445"]);
    expect(codes(await deployment.apply(planned))).toEqual([]);
    await client.query(`ALTER PUBLICATION ${name} ADD TABLE s.outbox`);
    expect(codes(await run(deployment.stored).plan(wanted))).toEqual(["PG442"]);
  });

  test("is dropped under a reader where an earlier deploy has accepted it in writing", async () => {
    const config = publication();
    const deployment = await deployed(config);
    await slot();
    const change = `${String(config["name"])}: drop the publication`;
    expect((await deployment.plan(null)).issues).toMatchObject([{ code: "PG442", detail: expect.stringContaining(JSON.stringify(change)) }]); // prettier-ignore
    const accepting = run(deployment.stored);
    expect(await accepting.deploy({ ...config, accept: [{ change, reason: "its reader is gone" }] } as unknown as ValueMap)).toEqual([]); // prettier-ignore
    const last = run(accepting.stored);
    expect(await last.apply(await last.plan(null))).toEqual({ stored: null, issues: [] });
  });

  test("is not dropped as long as a slot is there, at plan and again at apply, and is without one", async () => {
    const config = publication();
    const deployment = await deployed(config);
    const planned = await deployment.plan(null);
    expect(planned).toMatchObject({ action: "drop", statements: [`DROP PUBLICATION "${String(config["name"])}"`] });
    await slot();
    expect(codes(await run(deployment.stored).plan(null))).toEqual(["PG442"]);
    const stale = run(deployment.stored);
    const applied = await stale.apply(planned);
    expect(codes(applied)).toEqual(["PG442"]);
    expect(applied.stored).not.toBeNull();
    await client.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()"); // prettier-ignore
    const last = run(deployment.stored);
    expect(await last.apply(await last.plan(null))).toEqual({ stored: null, issues: [] });
  });

  test("loses nothing at apply that the plan, made before there was a slot, would have taken", async () => {
    const config = publication({ tables: [{ name: "s.outbox" }, { name: "s.events" }] });
    const deployment = await deployed(config);
    const planned = await deployment.plan({ ...config, tables: [{ name: "s.events" }] } as unknown as ValueMap);
    expect(planned.issues).toEqual([]);
    await slot();
    expect(codes(await deployment.apply(planned))).toEqual(["PG442"]);
  });

  test("that was changed by hand is put right", async () => {
    const config = publication();
    const deployment = await deployed(config);
    await client.query(`ALTER PUBLICATION ${String(config["name"])} ADD TABLE s.events; ALTER PUBLICATION ${String(config["name"])} SET (publish = 'insert')`); // prettier-ignore
    expect(await deployment.deploy(config)).toHaveLength(2);
  });

  test("is taken over with our mark, refused without, and imported", async () => {
    const config = publication();
    await deployed(config);
    const adopting = run();
    expect(await adopting.plan(config)).toMatchObject({ action: "adopt", statements: [] });
    await client.query("CREATE PUBLICATION theirs FOR TABLE s.outbox");
    expect(codes(await run().plan({ ...config, name: "theirs" }))).toEqual(["PG461"]);
    const importing = run();
    const imported = await importing.handlers.import("publication", "theirs");
    expect(imported.issues).toEqual([]);
    importing.stored = imported.stored;
    expect(await importing.deploy({ ...config, name: "theirs" })).toEqual([
      `COMMENT ON PUBLICATION "theirs" IS 'eventloom:orders'`,
    ]);
  });

  test("of all tables is left to a superuser", async () => {
    await client.query("CREATE PUBLICATION everything FOR ALL TABLES");
    const { issues } = await run().handlers.import("publication", "everything");
    expect(issues).toMatchObject([{ code: "PG465", detail: expect.stringContaining("all tables") }]);
    await client.query("DROP PUBLICATION everything");
  });

  test.each([
    [{ name: "" }, "PG420"],
    [{ name: "p".repeat(64) }, "PG420"],
    [{ tables: [{ name: "outbox" }] }, "PG443"],
    [{ tables: [{ name: "s.outbox; DROP TABLE s.outbox" }] }, "PG443"],
    [{ tables: [{ name: "s.outbox" }, { name: "s.outbox" }] }, "PG422"],
    [{ tables: [{ name: "s.outbox", columns: ["id", "id"] }] }, "PG422"],
    [{ tables: [{ name: "s.outbox", where: "true) WITH (publish = '')" }] }, "PG425"],
    [{ tables: [{ name: "s.outbox", columns: ["id"] }], schemas: ["whole"] }, "PG443"],
    [{ operations: [] }, "PG443"],
    [{ operations: ["select"] }, "PG443"],
  ])("like %j is refused (%s)", async (wrong, code) => {
    expect(codes(await run().plan(publication(wrong)))).toEqual([code]);
  });

  test("keeps its name", async () => {
    const deployment = await deployed(publication());
    expect(codes(await deployment.plan(publication()))).toEqual(["PG410"]);
  });
});
