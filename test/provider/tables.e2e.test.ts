import type { Client } from "pg";
import { freshDatabase } from "../e2e/servers";
import { codes, connect, Deployment, type TestDatabase } from "./deployment";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
const opened: Deployment[] = [];

beforeAll(async () => {
  database = await freshDatabase("tables");
  client = await connect(database);
  await client.query("CREATE SCHEMA s");
  await client.query(
    "CREATE FUNCTION s.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$",
  );
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

afterAll(() => client.end());

/** A process of its own, as every run of an engine is. */
function run(stored: Deployment["stored"] = null): Deployment {
  const deployment = Deployment.on(database, "table", { lockTimeout: 0.2 });
  deployment.stored = stored;
  opened.push(deployment);
  return deployment;
}

const column = (name: string, type: string, more: object = {}): object => ({ name, type, ...more });

function table(name: string, more: object = {}): Record<string, never> {
  return {
    schema: "s",
    name,
    declaredBy: "orders",
    columns: [column("id", "int8"), column("note", "text", { nullable: true })],
    primaryKey: { name: `${name}_pkey`, columns: ["id"] },
    ...more,
  } as unknown as Record<string, never>;
}

function partitioned(name: string, more: object = {}): Record<string, never> {
  return table(name, {
    partitioning: { strategy: "hash", columns: ["id"], modulus: 3, storage: { fillfactor: "90" } },
    ...more,
  });
}

async function created(config: Record<string, never>): Promise<Deployment["stored"]> {
  const deployment = run();
  await deployment.deploy(config);
  return deployment.stored;
}

const column3 = [column("id", "int8"), column("note", "text", { nullable: true }), column("extra", "jsonb")];

describe("a table", () => {
  test("is created with the statements of its plan, and planned again without a change", async () => {
    const config = table("plain", {
      columns: [
        column("id", "bigint"),
        column("state", "varchar(20)", { default: "'new'", comment: "where it stands" }),
        column("at", "timestamptz", { default: "now()" }),
        column("code", "text", { collation: "C", nullable: true }),
        column("tags", "text[]", { default: "'{}'" }),
      ],
      checks: [{ name: "known", expression: "state in ('new', 'done')" }],
      indexes: [
        { name: "plain_at", keys: [{ column: "at", descending: true }, { column: "id" }], include: ["code"] },
        { name: "plain_new", keys: [{ column: "id" }], where: "state = 'new'" },
        { name: "plain_tags", keys: [{ column: "tags" }], method: "gin" },
      ],
      triggers: [
        {
          name: "guard",
          timing: "before",
          events: ["delete", "update"],
          functionSchema: "s",
          functionName: "refuse",
          enabled: "always",
        },
      ],
      storage: { fillfactor: "75", autovacuum_vacuum_scale_factor: "0.02" },
      comment: "It's a table\nof two lines",
    });
    const deployment = run();
    const planned = await deployment.plan(config);
    expect(planned).toMatchObject({ action: "create", issues: [] });
    expect(planned.statements?.[0]).toContain('CREATE TABLE "s"."plain"');
    expect((await deployment.apply(planned)).issues).toEqual([]);
    expect(deployment.stored?.attributes["ddl"]).toEqual(planned.statements);
    const next = run(deployment.stored);
    expect(await next.plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
    await expect(client.query("INSERT INTO s.plain (id, state) VALUES (1, 'odd')")).rejects.toThrow("known");
  });

  test("is read in the spelling of its declaration, whatever Postgres makes of it", async () => {
    const config = table("spelt", {
      columns: [column("id", "int8"), column("n", "int4", { default: "(1 + 1)" })],
      checks: [{ name: "small", expression: "n BETWEEN 0 AND 10 and n IN (1,2,3)" }],
    });
    const stored = await created(config);
    const next = run(stored);
    await next.refresh();
    expect(next.stored?.attributes).toEqual(stored?.attributes);
    const respelt = table("spelt", {
      columns: [column("id", "bigint"), column("n", "integer", { default: "1+1" })],
      checks: [{ name: "small", expression: "n between 0 and 10 AND n = ANY (ARRAY[1, 2, 3])" }],
    });
    expect(await next.plan(respelt)).toMatchObject({ action: "none", issues: [] });
  });

  test("gets a column, an index, a check, storage and comments added in place", async () => {
    const stored = await created(table("grows"));
    await client.query("INSERT INTO s.grows VALUES (1)");
    const config = table("grows", {
      columns: [
        column("size", "int", { default: "0" }),
        column("id", "int8", { comment: "who" }),
        column("note", "text", { nullable: true }),
      ],
      checks: [{ name: "positive", expression: "size >= 0" }],
      indexes: [{ name: "grows_size", keys: [{ column: "size" }] }],
      storage: { fillfactor: "80" },
      comment: "grown",
    });
    const next = run(stored);
    const planned = await next.plan(config);
    expect(planned.statements).toEqual([
      'ALTER TABLE "s"."grows" ADD COLUMN "size" integer NOT NULL DEFAULT 0',
      `COMMENT ON COLUMN "s"."grows"."id" IS 'who'`,
      `ALTER TABLE "s"."grows" SET ("fillfactor" = '80')`,
      'ALTER TABLE "s"."grows" ADD CONSTRAINT "positive" CHECK (size >= 0) NOT VALID',
      `COMMENT ON TABLE "s"."grows" IS 'grown\neventloom:orders'`,
      'ALTER TABLE "s"."grows" VALIDATE CONSTRAINT "positive"',
      'CREATE INDEX CONCURRENTLY "grows_size" ON "s"."grows" USING btree ("size")',
    ]);
    expect((await next.apply(planned)).issues).toEqual([]);
    expect(await run(next.stored).plan(config)).toMatchObject({ action: "none" });
    const bare = run(next.stored);
    expect(await bare.deploy(table("grows", { columns: config["columns"], checks: config["checks"] }))).toEqual([
      'ALTER TABLE "s"."grows" RESET ("fillfactor")',
      `COMMENT ON TABLE "s"."grows" IS 'eventloom:orders'`,
      'DROP INDEX CONCURRENTLY "s"."grows_size"',
    ]);
  });

  test.each([
    ["a column dropped", { columns: [column("id", "int8")] }, "PG401"],
    ["a type changed", { columns: [column("id", "int8"), column("note", "int", { nullable: true })] }, "PG402"],
    ["a column made nullable", { columns: [column("id", "int8", { nullable: true }), column("note", "text", { nullable: true })], primaryKey: undefined }, "PG403"], // prettier-ignore
    ["a NOT NULL column without a default", { columns: column3 }, "PG404"],
    ["the key renamed", { primaryKey: { name: "fixed_key", columns: ["id"] } }, "PG405"],
    [
      "a column with a computed default",
      {
        columns: [...column3.slice(0, 2), column("u", "uuid", { default: "gen_random_uuid()" })],
      },
      "PG413",
    ],
    ["partitions wanted", { partitioning: { strategy: "hash", columns: ["id"], modulus: 2 } }, "PG406"],
    ["a guard removed", { triggers: [] }, "PG407"],
    ["a check removed", { checks: [] }, "PG408"],
    ["a new name", { name: "other", primaryKey: { name: "fixed_pkey", columns: ["id"] } }, "PG410"],
  ])("refuses %s at plan", async (_what, change, code) => {
    const base = {
      triggers: [{ name: "guard", timing: "before", events: ["delete"], functionSchema: "s", functionName: "refuse" }],
      checks: [{ name: "positive", expression: "id > 0" }],
    };
    const first = run();
    await first.deploy(table("fixed", base));
    await client.query("INSERT INTO s.fixed VALUES (1) ON CONFLICT DO NOTHING");
    const planned = await run(first.stored).plan(table("fixed", { ...base, ...change }));
    expect(codes(planned)).toContain(code);
    expect(planned.attributes).toBeNull();
    await client.query("DROP TABLE s.fixed");
  });

  test("whose rows break a new check keeps it for new rows, and has it validated once they are mended", async () => {
    const stored = await created(table("checked"));
    await client.query("INSERT INTO s.checked VALUES (-1)");
    const config = table("checked", { checks: [{ name: "positive", expression: "id > 0" }] });
    const first = run(stored);
    const applied = await first.apply(await first.plan(config));
    expect(applied.issues).toMatchObject([
      { code: "PG459", detail: expect.stringContaining("is violated by some row") },
    ]);
    await expect(client.query("INSERT INTO s.checked VALUES (-2)")).rejects.toThrow("positive");
    await client.query("DELETE FROM s.checked");
    const second = run(applied.stored);
    expect(await second.deploy(config)).toEqual(['ALTER TABLE "s"."checked" VALIDATE CONSTRAINT "positive"']);
    expect(await run(second.stored).plan(config)).toMatchObject({ action: "none" });
  });

  test("changes hands in its comment alone", async () => {
    const stored = await created(table("handed"));
    const config = { ...table("handed"), declaredBy: "payments" } as unknown as Record<string, never>;
    expect(await run(stored).deploy(config)).toEqual([`COMMENT ON TABLE "s"."handed" IS 'eventloom:payments'`]);
  });

  test("takes a NOT NULL column while it is empty, and says so when it no longer is", async () => {
    const stored = await created(table("young"));
    const next = run(stored);
    const planned = await next.plan(table("young", { columns: column3 }));
    expect(planned.issues).toEqual([]);
    await client.query("INSERT INTO s.young VALUES (1)");
    expect(codes(await next.apply(planned))).toEqual(["PG404"]);
  });

  test("shows what was changed by hand, and mends it", async () => {
    const config = table("drifts", {
      columns: [column("id", "int8"), column("note", "text", { nullable: true, default: "'x'" })],
      indexes: [{ name: "drifts_note", keys: [{ column: "note" }] }],
      comment: "mine",
    });
    const stored = await created(config);
    await client.query("DROP INDEX s.drifts_note");
    await client.query("CREATE INDEX drifts_note ON s.drifts (id)");
    await client.query("CREATE INDEX drifts_odd ON s.drifts (note, id)");
    await client.query("ALTER TABLE s.drifts ALTER note DROP DEFAULT");
    await client.query("COMMENT ON TABLE s.drifts IS 'somebody else''s'");
    const next = run(stored);
    const statements = await next.deploy(config);
    expect(statements).toEqual([
      `ALTER TABLE "s"."drifts" ALTER COLUMN "note" SET DEFAULT 'x'`,
      `COMMENT ON TABLE "s"."drifts" IS 'mine\neventloom:orders'`,
      'DROP INDEX CONCURRENTLY "s"."drifts_odd"',
      'DROP INDEX CONCURRENTLY "s"."drifts_note"',
      'CREATE INDEX CONCURRENTLY "drifts_note" ON "s"."drifts" USING btree ("note")',
    ]);
    expect(await run(next.stored).plan(config)).toMatchObject({ action: "none" });
  });

  test("that was dropped by hand is made again", async () => {
    const config = table("vanishes");
    const stored = await created(config);
    await client.query("DROP TABLE s.vanishes");
    expect(await run(stored).plan(config)).toMatchObject({ action: "create" });
  });

  test("is not touched when it changed between plan and apply", async () => {
    const stored = await created(table("stale"));
    const next = run(stored);
    const planned = await next.plan(table("stale", { comment: "new" }));
    await client.query("ALTER TABLE s.stale ADD COLUMN surprise int");
    expect(codes(await next.apply(planned))).toEqual(["PG464"]);
    const { rows } = await client.query("SELECT obj_description('s.stale'::regclass) AS comment");
    expect(rows).toEqual([{ comment: "eventloom:orders" }]);
  });

  test("that becomes something else while it is made is reported, and taken over once it is as declared", async () => {
    await client.query(`
      CREATE FUNCTION s.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF to_regclass('s.meddled') IS NOT NULL THEN ALTER TABLE s.meddled ADD COLUMN IF NOT EXISTS extra int; END IF; END $$`);
    await client.query(
      "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION s.meddle()",
    );
    const first = run();
    const applied = await first.apply(await first.plan(table("meddled")));
    await client.query("DROP EVENT TRIGGER meddle");
    expect(applied.issues).toMatchObject([{ code: "PG467", detail: expect.stringContaining("drop-column") }]);
    expect(applied.stored).toBeNull();
    await client.query("ALTER TABLE s.meddled DROP COLUMN extra");
    expect(await run().deploy(table("meddled"))).toEqual([]);
  });

  test("that came to be between plan and apply is not touched either", async () => {
    const first = run();
    const planned = await first.plan(table("twice"));
    await run().deploy(table("twice"));
    expect(codes(await first.apply(planned))).toEqual(["PG464"]);
    expect(first.stored).toBeNull();
  });
});

describe("a table that is there already", () => {
  test("is refused without our marker, and under another's", async () => {
    await client.query("CREATE TABLE s.foreign_one (id bigint PRIMARY KEY, note text)");
    expect(codes(await run().plan(table("foreign_one")))).toEqual(["PG461"]);
    await client.query("COMMENT ON TABLE s.foreign_one IS 'eventloom:payments'");
    const planned = await run().plan(table("foreign_one"));
    expect(codes(planned)).toEqual(["PG462"]);
    expect(planned.issues[0]?.summary).toContain('declared by "payments"');
  });

  test("is adopted when it is what a failed or forgotten create left", async () => {
    await created(table("left"));
    const equal = run();
    expect(await equal.plan(table("left"))).toMatchObject({ action: "adopt", statements: [] });
    expect(await equal.deploy(table("left"))).toEqual([]);
    const wider = run();
    const statements = await wider.deploy(
      table("left", { indexes: [{ name: "left_note", keys: [{ column: "note" }] }] }),
    );
    expect(statements).toEqual(['CREATE INDEX CONCURRENTLY "left_note" ON "s"."left" USING btree ("note")']);
    expect(codes(await run().plan(table("left", { columns: [column("id", "int8")] })))).toEqual(["PG463"]);
  });

  test("leaves no state when its create fails, and nothing half-made", async () => {
    const config = table("breaks", { indexes: [{ name: "breaks_gin", keys: [{ column: "id" }], method: "gin" }] });
    const first = run();
    const applied = await first.apply(await first.plan(config));
    expect(codes(applied)).toEqual(["PG459"]);
    expect(applied.stored).toBeNull();
    expect((await client.query("SELECT to_regclass('s.breaks') AS found")).rows).toEqual([{ found: null }]);
    expect(applied.issues[0]?.detail).toContain("create table s.breaks");
  });
});

describe("a partitioned table", () => {
  const guard = (name: string, level: string, events: string[]): object => ({
    name,
    timing: "before",
    events,
    level,
    functionSchema: "s",
    functionName: "refuse",
    enabled: "always",
  });
  const guards = [guard("append_only", "row", ["update", "delete"]), guard("no_truncate", "statement", ["truncate"])];

  test("has its leaves, guards on every leaf, and storage on the leaves", async () => {
    const config = partitioned("parts", {
      triggers: guards,
      indexes: [{ name: "parts_note", keys: [{ column: "note" }] }],
    });
    const stored = await created(config);
    expect(await run(stored).plan(config)).toMatchObject({ action: "none", issues: [] });
    await client.query("INSERT INTO s.parts SELECT n FROM generate_series(1, 50) n");
    for (const statement of [
      "UPDATE s.parts SET id = 0",
      "DELETE FROM s.parts_p01",
      "TRUNCATE s.parts_p02",
      "TRUNCATE s.parts",
    ]) {
      await expect(client.query(statement)).rejects.toThrow("refused");
      await client.query("SET session_replication_role = replica");
      await expect(client.query(statement)).rejects.toThrow("refused");
      await client.query("RESET session_replication_role");
    }
    const { rows } = await client.query(
      "SELECT relname, reloptions FROM pg_class WHERE relname LIKE 'parts\\_p0_' ORDER BY 1",
    );
    expect(rows).toEqual(["0", "1", "2"].map((n) => ({ relname: `parts_p0${n}`, reloptions: ["fillfactor=90"] })));
  });

  test("gets an index leaf by leaf, and a build that broke off is completed", async () => {
    const stored = await created(partitioned("indexed"));
    await client.query("INSERT INTO s.indexed SELECT n, n::text FROM generate_series(1, 50) n");
    await client.query("CREATE INDEX indexed_note ON ONLY s.indexed (note)");
    await client.query("CREATE INDEX indexed_p01_indexed_note ON s.indexed_p01 (note)");
    const config = partitioned("indexed", { indexes: [{ name: "indexed_note", keys: [{ column: "note" }] }] });
    const next = run(stored);
    const planned = await next.plan(config);
    expect(planned.statements).toEqual([
      'DROP INDEX "s"."indexed_note"',
      'DROP INDEX CONCURRENTLY "s"."indexed_p01_indexed_note"',
      'CREATE INDEX "indexed_note" ON ONLY "s"."indexed" USING btree ("note")',
      'CREATE INDEX CONCURRENTLY "indexed_p00_indexed_note" ON "s"."indexed_p00" USING btree ("note")',
      'CREATE INDEX CONCURRENTLY "indexed_p01_indexed_note" ON "s"."indexed_p01" USING btree ("note")',
      'CREATE INDEX CONCURRENTLY "indexed_p02_indexed_note" ON "s"."indexed_p02" USING btree ("note")',
      'ALTER INDEX "s"."indexed_note" ATTACH PARTITION "s"."indexed_p00_indexed_note"',
      'ALTER INDEX "s"."indexed_note" ATTACH PARTITION "s"."indexed_p01_indexed_note"',
      'ALTER INDEX "s"."indexed_note" ATTACH PARTITION "s"."indexed_p02_indexed_note"',
    ]);
    expect((await next.apply(planned)).issues).toEqual([]);
    expect(await run(next.stored).plan(config)).toMatchObject({ action: "none" });
    expect(await run(next.stored).deploy(partitioned("indexed"))).toEqual(['DROP INDEX "s"."indexed_note"']);
  });

  test("has guards put back that were switched off or dropped on one leaf", async () => {
    const config = partitioned("guarded", { triggers: guards });
    const stored = await created(config);
    await client.query("ALTER TABLE s.guarded_p01 DISABLE TRIGGER append_only");
    await client.query("DROP TRIGGER no_truncate ON s.guarded_p02");
    await client.query("ALTER TABLE s.guarded_p00 SET (fillfactor = 50)");
    const next = run(stored);
    await next.deploy(config);
    expect(await run(next.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
    await client.query("INSERT INTO s.guarded SELECT n FROM generate_series(1, 50) n");
    await client.query("SET session_replication_role = replica");
    await expect(client.query("DELETE FROM s.guarded_p01")).rejects.toThrow("refused");
    await expect(client.query("TRUNCATE s.guarded_p02")).rejects.toThrow("refused");
    await client.query("RESET session_replication_role");
  });

  test("with a leaf detached is reported, with what to do", async () => {
    const config = partitioned("torn");
    const stored = await created(config);
    await client.query("ALTER TABLE s.torn DETACH PARTITION s.torn_p01");
    const planned = await run(stored).plan(config);
    expect(codes(planned)).toEqual(["PG465"]);
    expect(planned.issues[0]?.detail).toContain("the leaf for remainder 1 of 3 is missing");
  });
});
