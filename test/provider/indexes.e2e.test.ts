import type { Client } from "pg";
import { tableRuns } from "./table-runs";

jest.setTimeout(120_000);

const runs = tableRuns("indexes");
const { run } = runs;
let client: Client;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE OPERATOR CLASS s.\"Own\" FOR TYPE int4 USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int4, int4)"); // prettier-ignore
});

function table(name: string, indexes: readonly object[], more: object = {}): Record<string, never> {
  const columns = [
    { name: "id", type: "bigint" },
    { name: "n", type: "int", nullable: true },
    { name: "email", type: "varchar(80)", nullable: true },
    { name: "note", type: "text", nullable: true, collation: "C" },
    { name: "data", type: "jsonb", nullable: true },
  ];
  return { schema: "s", name, declaredBy: "orders", columns, indexes, ...more } as unknown as Record<string, never>;
}

const indexes = [
  { name: "lowered", keys: [{ expression: "lower(email)" }], unique: true, nullsNotDistinct: true },
  { name: "collated", keys: [{ expression: "lower(email)", collation: "C" }, { column: "note", collation: "POSIX" }, { column: "id" }] }, // prettier-ignore
  { name: "said", keys: [{ column: "note", opclass: "text_ops", collation: "C" }, { expression: "(n + 1)" }] },
  { name: "patterns", keys: [{ column: "note", opclass: "text_pattern_ops", descending: true, nulls: "last" }] },
  { name: "owned", keys: [{ column: "n", opclass: 's."Own"', nulls: "first" }], storage: { fillfactor: "80" } },
  {
    name: "paths",
    keys: [{ column: "data", opclass: "jsonb_path_ops" }],
    method: "gin",
    storage: { fastupdate: "off" },
  },
  { name: "pages", keys: [{ column: "id" }], method: "brin", storage: { pages_per_range: "16", autosummarize: "on" } },
  { name: "ranges", keys: [{ expression: "int8range(id, id + 1)" }], method: "gist", storage: { buffering: "off" } },
  { name: "some", keys: [{ column: "id" }], where: "email in ('a', 'b')", include: ["n"] },
];

describe("indexes", () => {
  test("of every kind are made, read in the spelling of their declaration, and adopted by another process", async () => {
    const config = table("all", indexes);
    const first = run();
    await first.deploy(config);
    expect(await run(first.stored).plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
    expect(await run().plan(config)).toMatchObject({ action: "adopt", statements: [], issues: [] });
    const names = Object.fromEntries(
      (await client.query("SELECT relname, pg_get_indexdef(oid) AS text FROM pg_class WHERE relkind = 'i'")).rows.map(
        ({ relname, text }: { relname: string; text: string }) => [relname, text],
      ),
    );
    expect(names["collated"]).toContain('(lower((email)::text) COLLATE "C", note COLLATE "POSIX", id)');
    expect(names["owned"]).toContain(`USING btree (n s."Own" NULLS FIRST) WITH (fillfactor='80')`);
  });

  test("are spelt as one likes, and are other indexes only where they mean something else", async () => {
    const first = run();
    await first.deploy(
      table("spelt", [
        { ...indexes[0]!, name: "spelt_low" },
        { ...indexes[2]!, name: "spelt_said" },
      ]),
    );
    const respelt = [
      {
        name: "spelt_low",
        keys: [{ expression: "LOWER((email)::text)", nulls: "last" }],
        unique: true,
        nullsNotDistinct: true,
      },
      { name: "spelt_said", keys: [{ column: "note" }, { expression: "n+1" }] },
    ];
    const same = await run(first.stored).plan(table("spelt", respelt));
    expect(same).toMatchObject({ action: "none", changed: [], issues: [] });
    const other = await run(first.stored).plan(
      table("spelt", [{ ...respelt[0]!, nullsNotDistinct: false }, { ...respelt[1]!, keys: [{ column: "note", collation: "POSIX" }, { expression: "n+1" }] }]), // prettier-ignore
    );
    expect(other.statements).toEqual([
      'DROP INDEX CONCURRENTLY "s"."spelt_low"',
      'CREATE UNIQUE INDEX CONCURRENTLY "spelt_low" ON "s"."spelt" USING btree ((LOWER((email)::text)))',
      'DROP INDEX CONCURRENTLY "s"."spelt_said"',
      'CREATE INDEX CONCURRENTLY "spelt_said" ON "s"."spelt" USING btree ("note" COLLATE "POSIX", (n+1))',
    ]);
  });

  test("get other storage options in place, and are built anew on a partitioned table", async () => {
    const stored = (storage: object): object[] => [{ name: "filled", keys: [{ column: "id" }], storage }];
    const first = run();
    await first.deploy(table("storage", stored({ fillfactor: "80", deduplicate_items: "off" })));
    const next = run(first.stored);
    expect(await next.deploy(table("storage", stored({ fillfactor: "70" })))).toEqual([
      `ALTER INDEX "s"."filled" SET ("fillfactor" = '70')`,
      'ALTER INDEX "s"."filled" RESET ("deduplicate_items")',
    ]);
    expect(await run(next.stored).plan(table("storage", stored({ fillfactor: "70" })))).toMatchObject({
      action: "none",
    });
    const hash = { partitioning: { strategy: "hash", columns: ["id"], modulus: 2 } };
    const named = stored({ fillfactor: "80" }).map((each) => ({ ...each, name: "parts_filled" }));
    const parts = run();
    await parts.deploy(table("parts", named, hash));
    const other = stored({}).map((each) => ({ ...each, name: "parts_filled" }));
    const rebuilt = run(parts.stored);
    expect((await rebuilt.deploy(table("parts", other, hash)))[0]).toBe('DROP INDEX "s"."parts_filled"');
    expect(await run(rebuilt.stored).plan(table("parts", other, hash))).toMatchObject({ action: "none", issues: [] });
  });

  test("that Postgres refuses are named, and their table is not made", async () => {
    const first = run();
    const applied = await first.apply(
      await first.plan(table("odd", [{ name: "odd_i", keys: [{ expression: "random()" }] }])),
    );
    expect(applied.issues).toMatchObject([{ code: "PG459", detail: expect.stringContaining("(create index odd_i)") }]);
    expect((await client.query("SELECT to_regclass('s.odd') AS found")).rows).toEqual([{ found: null }]);
  });
});
