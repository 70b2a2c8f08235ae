import type { Client } from "pg";
import { codes, type Deployment } from "./deployment";
import { tableRuns } from "./table-runs";

jest.setTimeout(120_000);

const runs = tableRuns("constraints");
const { run } = runs;
let client: Client;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE TABLE s.target (id bigint PRIMARY KEY, region text, code text, UNIQUE (region, code))");
  await client.query("INSERT INTO s.target SELECT n, 'eu', n::text FROM generate_series(1, 50) n");
});

const hash = { strategy: "hash", columns: ["id"], modulus: 2 };
const columns = [
  { name: "id", type: "bigint" },
  { name: "target", type: "bigint", nullable: true },
  { name: "region", type: "text", nullable: true },
  { name: "code", type: "text", nullable: true },
];

type Config = Record<string, never>;

function table(name: string, more: object = {}): Record<string, never> {
  return { schema: "s", name, declaredBy: "orders", columns, ...more } as unknown as Record<string, never>;
}

const foreignKey = (name: string, more: object = {}): object => ({
  name,
  columns: ["target"],
  referencesSchema: "s",
  referencesTable: "target",
  referencesColumns: ["id"],
  ...more,
});

async function created(config: Record<string, never>): Promise<Deployment["stored"]> {
  const deployment = run();
  await deployment.deploy(config);
  await unchanged(deployment, config);
  return deployment.stored;
}

async function unchanged({ stored }: Deployment, config: Record<string, never>): Promise<void> {
  expect(await run(stored).plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
}

describe("a foreign key that is to stay NOT VALID", () => {
  const loose = (name: string, more: object = {}): Config =>
    table(name, { foreignKeys: [foreignKey(`${name}_to`, { validated: false, ...more })] });

  test("leaves the rows from before it alone, and is no difference", async () => {
    const stored = await created(table("loose"));
    await client.query("INSERT INTO s.loose VALUES (1, 999)");
    const next = run(stored);
    expect(await next.deploy(loose("loose"))).toEqual([
      'ALTER TABLE "s"."loose" ADD CONSTRAINT "loose_to" FOREIGN KEY ("target") REFERENCES "s"."target" ("id") NOT VALID',
    ]);
    await unchanged(next, loose("loose"));
    await expect(client.query("INSERT INTO s.loose VALUES (2, 998)")).rejects.toThrow(/loose_to/);
  });

  test("is made with a new table, may be validated by hand, and is validated when that is asked for", async () => {
    const stored = await created(loose("later"));
    await client.query("ALTER TABLE s.later VALIDATE CONSTRAINT later_to");
    const looked = run(stored);
    await unchanged(looked, loose("later"));
    const strictLater = run(looked.stored);
    await strictLater.deploy(loose("later", { validated: true }));
    await unchanged(strictLater, loose("later", { validated: true }));
    const other = run(await created(loose("asked")));
    const strict = loose("asked", { validated: true });
    expect(await other.deploy(strict)).toEqual(['ALTER TABLE "s"."asked" VALIDATE CONSTRAINT "asked_to"']);
    await unchanged(other, strict);
    const back = run(other.stored);
    await back.deploy(loose("asked"));
    await unchanged(back, loose("asked"));
  });
});

describe("constraints of a new table", () => {
  test("are all made with it, and read as they were declared", async () => {
    await created(
      table("whole", {
        primaryKey: { name: "whole_pkey", columns: ["id"] },
        uniques: [
          { name: "whole_target", columns: ["target", "id"], include: ["code"], nullsNotDistinct: true },
          { name: "whole_code", columns: ["code"], deferrable: "deferred" },
        ],
        foreignKeys: [
          foreignKey("whole_to", { onDelete: "set-null", onUpdate: "cascade", deferrable: "immediate" }),
          {
            name: "whole_both",
            columns: ["region", "code"],
            referencesSchema: "s",
            referencesTable: "target",
            referencesColumns: ["region", "code"],
            match: "full",
          },
          { ...foreignKey("whole_self"), referencesTable: "whole" },
        ],
        exclusions: [
          {
            name: "whole_apart",
            method: "gist",
            elements: [{ expression: "int8range(id, target)", operator: "&&" }],
            where: "target is not null",
          },
        ],
      }),
    );
    await client.query("INSERT INTO s.whole VALUES (1, NULL)");
    await client.query("INSERT INTO s.whole VALUES (2, 2, 'eu', '2')");
    await expect(client.query("INSERT INTO s.whole VALUES (3, 99)")).rejects.toThrow("whole_to");
    await expect(client.query("INSERT INTO s.whole VALUES (3, NULL, 'eu')")).rejects.toThrow("whole_both");
  });
});

describe("a constraint of a table that holds rows", () => {
  test("is added in steps that no writer waits for, for new rows first", async () => {
    const stored = await created(table("steps"));
    await client.query("INSERT INTO s.steps SELECT n, n FROM generate_series(1, 50) n");
    const config = table("steps", {
      uniques: [{ name: "steps_target", columns: ["target"], deferrable: "immediate" }],
      foreignKeys: [foreignKey("steps_to")],
    });
    const next = run(stored);
    expect(await next.deploy(config)).toEqual([
      'ALTER TABLE "s"."steps" ADD CONSTRAINT "steps_to" FOREIGN KEY ("target") REFERENCES "s"."target" ("id") NOT VALID',
      'CREATE UNIQUE INDEX CONCURRENTLY "steps_target" ON "s"."steps" USING btree ("target")',
      'ALTER TABLE "s"."steps" ADD CONSTRAINT "steps_target" UNIQUE USING INDEX "steps_target" DEFERRABLE',
      'ALTER TABLE "s"."steps" VALIDATE CONSTRAINT "steps_to"',
    ]);
    expect(next.stored?.attributes["ddl"]).toEqual([
      expect.stringMatching(
        /^-- SHARE ROW EXCLUSIVE on s.steps and SHARE ROW EXCLUSIVE on s.target \(writers wait\), reads no rows\nALTER/,
      ),
      expect.stringMatching(
        /^-- SHARE UPDATE EXCLUSIVE on s.steps \(nobody waits\), reads all rows\nCREATE UNIQUE INDEX/,
      ),
      expect.stringMatching(/^-- ACCESS EXCLUSIVE on s.steps \(readers and writers wait\), reads no rows\nALTER/),
      expect.stringMatching(
        /^-- SHARE UPDATE EXCLUSIVE on s.steps \(nobody waits\), reads all rows\nALTER TABLE "s"."steps" VALIDATE/,
      ),
    ]);
    await unchanged(next, config);
    const deferred = table("steps", {
      uniques: [{ name: "steps_target", columns: ["target"], deferrable: "immediate" }],
      foreignKeys: [foreignKey("steps_to", { deferrable: "deferred" })],
    });
    const later = run(next.stored);
    expect(await later.deploy(deferred)).toEqual([
      'ALTER TABLE "s"."steps" ALTER CONSTRAINT "steps_to" DEFERRABLE INITIALLY DEFERRED',
    ]);
    await unchanged(later, deferred);
    expect(codes(await run(later.stored).plan(table("steps")))).toEqual(["PG416", "PG416"]);
    const cascading = { ...deferred, foreignKeys: [foreignKey("steps_to", { onDelete: "cascade" })] };
    expect(codes(await run(later.stored).plan(cascading as never))).toEqual(["PG416"]);
  });

  test("that rows break holds for new ones, and is validated once they are mended", async () => {
    const stored = await created(table("broken"));
    await client.query("INSERT INTO s.broken VALUES (1, 99)");
    const config = table("broken", { foreignKeys: [foreignKey("broken_to")] });
    const first = run(stored);
    const applied = await first.apply(await first.plan(config));
    expect(applied.issues).toMatchObject([
      { code: "PG459", detail: expect.stringContaining("validate foreign key broken_to") },
    ]);
    await expect(client.query("INSERT INTO s.broken VALUES (2, 98)")).rejects.toThrow("broken_to");
    await client.query("UPDATE s.broken SET target = 1");
    const second = run(applied.stored);
    expect(await second.deploy(config)).toEqual(['ALTER TABLE "s"."broken" VALIDATE CONSTRAINT "broken_to"']);
    await unchanged(second, config);
  });

  test("that two rows break leaves nothing behind, and is added once they differ", async () => {
    const stored = await created(table("twins"));
    await client.query("INSERT INTO s.twins VALUES (1, 1), (2, 1)");
    const config = table("twins", { uniques: [{ name: "twins_target", columns: ["target"] }] });
    const first = run(stored);
    const applied = await first.apply(await first.plan(config));
    expect(applied.issues).toMatchObject([
      { code: "PG459", detail: expect.stringContaining("could not create unique") },
    ]);
    expect((await client.query("SELECT to_regclass('s.twins_target') AS found")).rows).toEqual([{ found: null }]);
    await client.query("UPDATE s.twins SET target = id");
    const second = run(applied.stored);
    await second.deploy(config);
    await unchanged(second, config);
  });

  test("is built leaf by leaf where it is partitioned, and completed where that broke off", async () => {
    const stored = await created(table("leaves", { partitioning: hash }));
    await client.query("INSERT INTO s.leaves SELECT n, n FROM generate_series(1, 50) n");
    const config = table("leaves", {
      partitioning: hash,
      uniques: [{ name: "leaves_key", columns: ["id", "target"] }],
      foreignKeys: [foreignKey("leaves_to")],
    });
    // As a run that was killed in the middle leaves it.
    await client.query('ALTER TABLE ONLY s.leaves ADD CONSTRAINT "leaves_key" UNIQUE (id, target)');
    await client.query("CREATE UNIQUE INDEX leaves_p00_leaves_key ON s.leaves_p00 (id, target)");
    await client.query(
      "ALTER TABLE s.leaves_p00 ADD CONSTRAINT leaves_p00_leaves_key UNIQUE USING INDEX leaves_p00_leaves_key",
    );
    await client.query(
      "ALTER TABLE s.leaves_p00 ADD CONSTRAINT leaves_to FOREIGN KEY (target) REFERENCES s.target NOT VALID",
    );
    const next = run(stored);
    const statements = await next.deploy(config);
    expect(statements).toEqual([
      'ALTER TABLE "s"."leaves" DROP CONSTRAINT "leaves_key"',
      'ALTER TABLE "s"."leaves_p00" DROP CONSTRAINT "leaves_p00_leaves_key"',
      'ALTER TABLE ONLY "s"."leaves" ADD CONSTRAINT "leaves_key" UNIQUE ("id", "target")',
      'CREATE UNIQUE INDEX CONCURRENTLY "leaves_p00_leaves_key" ON "s"."leaves_p00" USING btree ("id", "target")',
      'ALTER TABLE "s"."leaves_p00" ADD CONSTRAINT "leaves_p00_leaves_key" UNIQUE USING INDEX "leaves_p00_leaves_key"',
      'CREATE UNIQUE INDEX CONCURRENTLY "leaves_p01_leaves_key" ON "s"."leaves_p01" USING btree ("id", "target")',
      'ALTER TABLE "s"."leaves_p01" ADD CONSTRAINT "leaves_p01_leaves_key" UNIQUE USING INDEX "leaves_p01_leaves_key"',
      'ALTER INDEX "s"."leaves_key" ATTACH PARTITION "s"."leaves_p00_leaves_key"',
      'ALTER INDEX "s"."leaves_key" ATTACH PARTITION "s"."leaves_p01_leaves_key"',
      'ALTER TABLE "s"."leaves_p00" DROP CONSTRAINT "leaves_to"',
      'ALTER TABLE "s"."leaves_p00" ADD CONSTRAINT "leaves_to" FOREIGN KEY ("target") REFERENCES "s"."target" ("id") NOT VALID',
      'ALTER TABLE "s"."leaves_p01" ADD CONSTRAINT "leaves_to" FOREIGN KEY ("target") REFERENCES "s"."target" ("id") NOT VALID',
      'ALTER TABLE "s"."leaves_p00" VALIDATE CONSTRAINT "leaves_to"',
      'ALTER TABLE "s"."leaves_p01" VALIDATE CONSTRAINT "leaves_to"',
      'ALTER TABLE "s"."leaves" ADD CONSTRAINT "leaves_to" FOREIGN KEY ("target") REFERENCES "s"."target" ("id")',
    ]);
    await unchanged(next, config);
    const { rows } = await client.query("SELECT count(*)::int AS n FROM pg_constraint WHERE conname = 'leaves_to'");
    expect(rows).toEqual([{ n: 3 }]);
  });

  test("of exclusion is refused, and taken by an empty one", async () => {
    const exclusions = [
      { name: "no_overlap", method: "gist", elements: [{ expression: "int8range(id, target)", operator: "&&" }] },
    ];
    const stored = await created(table("apart"));
    const empty = run(stored);
    await client.query("INSERT INTO s.apart VALUES (1, 2)");
    expect(codes(await empty.plan(table("apart", { exclusions })))).toEqual(["PG417"]);
    await client.query("DELETE FROM s.apart");
    const next = run(stored);
    await next.deploy(table("apart", { exclusions }));
    await unchanged(next, table("apart", { exclusions }));
    expect(codes(await run(next.stored).plan(table("apart")))).toEqual(["PG416"]);
  });

  test("that only sets some columns can't be managed, and is named", async () => {
    await client.query(
      `CREATE TABLE s.partly (a bigint, region text, code text, CONSTRAINT partly_to FOREIGN KEY (region, code) REFERENCES s.target (region, code) ON DELETE SET NULL (code))`,
    );
    const found = await run().handlers.import("table", "s.partly");
    expect(found.issues).toMatchObject([
      { code: "PG465", detail: 'foreign key "partly_to" sets only some of its columns' },
    ]);
  });
});
