import type { Client } from "pg";
import { codes, compressionsOf, type Deployment } from "./deployment";
import { tableRuns } from "./table-runs";

jest.setTimeout(120_000);

const runs = tableRuns("columns");
const { run } = runs;
let client: Client;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE TYPE s.\"Mood\" AS ENUM ('glad', 'sad')");
  await client.query("CREATE DOMAIN s.amount AS numeric(12, 2) CHECK (VALUE >= 0)");
  await client.query('CREATE COLLATION s.german FROM "C"');
});

const id = { name: "id", type: "bigint" };

function table(name: string, columns: readonly object[], more: object = {}): Record<string, never> {
  return { schema: "s", name, declaredBy: "orders", columns, ...more } as unknown as Record<string, never>;
}

async function created(config: Record<string, never>): Promise<Deployment["stored"]> {
  const deployment = run();
  await deployment.deploy(config);
  const next = run(deployment.stored);
  expect(await next.plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
  return next.stored;
}

describe("a column that becomes NOT NULL", () => {
  const open = [id, { name: "note", type: "text", nullable: true }];
  const closed = [id, { name: "note", type: "text" }];
  const parted = { partitioning: { strategy: "hash", columns: ["id"], modulus: 2 } };

  test.each([
    ["plain", {}],
    ["parted", parted],
  ])("does so by a check that is validated while writers go on: a %s table", async (kind, more) => {
    const name = `closed_${kind}`;
    const stored = await created(table(name, open, more));
    await client.query(`INSERT INTO s.${name} SELECT n, 'x' FROM generate_series(1, 100) n`);
    const next = run(stored);
    const planned = await next.plan(table(name, closed, more));
    const check = `eventloom_attaching_${name}_note`;
    expect({ issues: planned.issues, statements: planned.statements }).toEqual({
      issues: [],
      statements: [
        `ALTER TABLE "s"."${name}" ADD CONSTRAINT "${check}" CHECK ("note" IS NOT NULL) NOT VALID`,
        `ALTER TABLE "s"."${name}" VALIDATE CONSTRAINT "${check}"`,
        `ALTER TABLE "s"."${name}" ALTER COLUMN "note" SET NOT NULL`,
        `ALTER TABLE "s"."${name}" DROP CONSTRAINT "${check}"`,
      ],
    });
    expect((await next.apply(planned)).issues).toEqual([]);
    await expect(client.query(`INSERT INTO s.${name} VALUES (101)`)).rejects.toMatchObject({ code: "23502" });
    expect(await run(next.stored).plan(table(name, closed, more))).toMatchObject({ action: "none", issues: [] });
    expect(codes(await run(next.stored).plan(table(name, open, more)))).toEqual(["PG403"]);
  });

  test.each([
    ["plain", {}],
    ["parted", parted],
  ])("is refused by a row without a value, and nothing of it stays: a %s table", async (kind, more) => {
    const name = `open_${kind}`;
    const stored = await created(table(name, open, more));
    await client.query(`INSERT INTO s.${name} VALUES (1)`);
    const next = run(stored);
    const applied = await next.apply(await next.plan(table(name, closed, more)));
    expect(applied.issues.map(({ severity }) => severity)).toEqual(["error"]);
    await client.query(`INSERT INTO s.${name} VALUES (2)`);
    expect(await checksOf(name)).toEqual([]);
    await client.query(`UPDATE s.${name} SET note = 'filled'`);
    const again = run(next.stored);
    await again.deploy(table(name, closed, more));
    expect(await run(again.stored).plan(table(name, closed, more))).toMatchObject({ action: "none", issues: [] });
  });

  test.each([
    ["plain", {}],
    ["parted", parted],
  ])("goes on where an earlier run broke off: a %s table", async (kind, more) => {
    const name = `broken_${kind}`;
    const stored = await created(table(name, open, more));
    await client.query(`ALTER TABLE s.${name} ADD CONSTRAINT eventloom_attaching_${name}_note CHECK (note IS NOT NULL) NOT VALID`); // prettier-ignore
    const next = run(stored);
    const statements = await next.deploy(table(name, closed, more));
    expect(statements[0]).toContain("DROP CONSTRAINT");
    expect(await checksOf(name)).toEqual([]);
    expect(await run(next.stored).plan(table(name, closed, more))).toMatchObject({ action: "none", issues: [] });
    // and is taken back where nobody wants it any more
    const back = run(await created(table(`${name}_back`, open, more)));
    await client.query(`ALTER TABLE s.${name}_back ADD CONSTRAINT eventloom_attaching_x CHECK (note IS NOT NULL)`);
    await back.deploy(table(`${name}_back`, open, more));
    expect(await checksOf(`${name}_back`)).toEqual([]);
  });

  async function checksOf(name: string): Promise<readonly string[]> {
    const { rows } = await client.query<{ name: string }>(
      "SELECT conname AS name FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass",
      [`s.${name}`],
    );
    return rows.map((each) => each.name);
  }
});

describe("a column", () => {
  test("takes its numbers from an identity, in a partitioned table too", async () => {
    const columns = [
      { ...id, identity: "always" },
      { name: "n", type: "int", identity: "by-default" },
    ];
    const hash = { strategy: "hash", columns: ["id"], modulus: 2 };
    await created(table("counted", columns));
    await created(table("counted_parts", columns, { partitioning: hash }));
    for (const name of ["counted", "counted_parts"]) {
      await client.query(`INSERT INTO s.${name} DEFAULT VALUES`);
      await client.query(`INSERT INTO s.${name} (n) VALUES (7)`);
      await expect(client.query(`INSERT INTO s.${name} (id) VALUES (7)`)).rejects.toThrow("cannot insert");
      const { rows } = await client.query(`SELECT * FROM s.${name} ORDER BY id`);
      expect(rows).toEqual([{ id: "1", n: 1 }, { id: "2", n: 7 }]); // prettier-ignore
    }
  });

  test("becomes an identity while the table is empty, is loosened, and nothing else", async () => {
    const plain = table("counts", [{ ...id, default: "1" }]);
    const stored = await created(plain);
    const identity = run(stored);
    expect(await identity.deploy(table("counts", [{ ...id, identity: "always" }]))).toEqual([
      'ALTER TABLE "s"."counts" ALTER COLUMN "id" DROP DEFAULT',
      'ALTER TABLE "s"."counts" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY',
    ]);
    await client.query("INSERT INTO s.counts DEFAULT VALUES");
    const looser = run(identity.stored);
    const byDefault = table("counts", [{ ...id, identity: "by-default" }]);
    expect(await looser.deploy(byDefault)).toEqual([
      'ALTER TABLE "s"."counts" ALTER COLUMN "id" SET GENERATED BY DEFAULT',
    ]);
    expect(codes(await run(looser.stored).plan(table("counts", [{ ...id, identity: "always" }])))).toEqual(["PG414"]);
    expect(codes(await run(looser.stored).plan(table("counts", [id])))).toEqual(["PG414"]);
    expect(await run(looser.stored).plan(byDefault)).toMatchObject({ action: "none" });
  });

  test("is worked out from others, in whatever spelling", async () => {
    const columns = (generated: string): object[] => [
      id,
      { name: "email", type: "varchar(80)" },
      { name: "lowered", type: "text", generated, nullable: true },
    ];
    const config = table("generates", columns("lower(email)"));
    const stored = await created(config);
    await client.query("INSERT INTO s.generates VALUES (1, 'A@B')");
    expect((await client.query("SELECT lowered FROM s.generates")).rows).toEqual([{ lowered: "a@b" }]);
    const respelt = table("generates", columns("LOWER((email)::text)"));
    expect(await run(stored).plan(respelt)).toMatchObject({ action: "none", issues: [] });
    expect(codes(await run(stored).plan(table("generates", columns("upper(email)"))))).toEqual(["PG414"]);
    const more = [...columns("lower(email)"), { name: "n", type: "bigint", generated: "id + 1", nullable: true }];
    expect(codes(await run(stored).plan(table("generates", more)))).toEqual(["PG413"]);
  });

  test("is compressed as asked, on the leaves too, and loses nothing by a change of it", async () => {
    const columns = (compression?: string): object[] => [id, { name: "body", type: "text", compression }];
    const hash = { strategy: "hash", columns: ["id"], modulus: 2 };
    // What the server was built without is another test's: versions.e2e.test.ts.
    const first = (await compressionsOf(client)).includes("lz4") ? "lz4" : undefined;
    const stored = await created(table("squeezed", columns(first), { partitioning: hash }));
    const next = run(stored);
    expect(await next.deploy(table("squeezed", columns("pglz"), { partitioning: hash }))).toEqual([
      'ALTER TABLE "s"."squeezed" ALTER COLUMN "body" SET COMPRESSION pglz',
      'ALTER TABLE "s"."squeezed_p00" ALTER COLUMN "body" SET COMPRESSION pglz',
      'ALTER TABLE "s"."squeezed_p01" ALTER COLUMN "body" SET COMPRESSION pglz',
    ]);
    const back = run(next.stored);
    const statements = await back.deploy(table("squeezed", columns(), { partitioning: hash }));
    expect(statements[0]).toBe('ALTER TABLE "s"."squeezed" ALTER COLUMN "body" SET COMPRESSION default');
    const { rows } = await client.query(
      "SELECT DISTINCT attcompression AS c FROM pg_attribute WHERE attrelid::regclass::text LIKE 's.squeezed%' AND attname = 'body'",
    );
    expect(rows).toEqual([{ c: "" }]);
  });

  test("is of an enum, a domain or an array of either, by its name", async () => {
    const columns = [
      { name: "mood", type: 's."Mood"', default: "'glad'" },
      { name: "moods", type: 's."Mood"[]', default: "'{glad}'" },
      { name: "price", type: "s.amount", nullable: true },
      { name: "prices", type: "s.amount[]", nullable: true },
      { name: "name", type: "text", collation: '"s"."german"' },
    ];
    const stored = await created(table("named", columns));
    const missing = [...columns, { name: "more", type: "s.nowhere", nullable: true }];
    const next = run(stored);
    const applied = await next.apply(await next.plan(table("named", missing)));
    expect(applied.issues).toMatchObject([
      { code: "PG459", detail: expect.stringContaining('type "s.nowhere" does not exist (add column more)') },
    ]);
    expect(await run(applied.stored).plan(table("named", columns))).toMatchObject({ action: "none" });
  });

  test("that a state of an earlier version knows less of is planned without a change", async () => {
    const config = table("older", [id, { name: "note", type: "text", nullable: true }]);
    const stored = await created(config);
    const columns = [
      { name: "id", type: "bigint", nullable: false, default: null, collation: null, comment: null },
      { name: "note", type: "text", nullable: true, default: null, collation: null, comment: null },
    ];
    const older = run({ ...stored!, attributes: { ...stored!.attributes, columns } });
    expect(await older.plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
    const unread = run();
    const planned = await unread.handlers.plan("table", {
      prior: { ...stored!, attributes: { ...stored!.attributes, columns } },
      config: (await run(stored).plan(config)).attributes,
    });
    expect(planned).toMatchObject({ action: "none", changed: [], issues: [] });
  });
});
