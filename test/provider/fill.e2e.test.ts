import type { Client } from "pg";
import { codes, connect, type Deployment } from "./deployment";
import { tableRuns } from "./table-runs";

jest.setTimeout(120_000);

const runs = tableRuns("fill");
const { run } = runs;
let client: Client;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE SCHEMA s");
});

const id = { name: "id", type: "bigint" };
const customer = { name: "customer", type: "text" };
const filled = { name: "customer_name", type: "text", fill: "customer" };

function table(name: string, columns: readonly object[], more: object = {}): Record<string, never> {
  return { schema: "s", name, declaredBy: "orders", columns, ...more } as unknown as Record<string, never>;
}

/** A table of `id` and `customer` with rows. */
async function withRows(name: string, rows: number, more: object = {}): Promise<Deployment["stored"]> {
  const deployment = run();
  await deployment.deploy(table(name, [id, customer], more));
  await client.query(
    `INSERT INTO s."${name.replace(/"/g, '""')}" SELECT n, 'customer ' || n FROM generate_series(1, ${rows}) n`,
  );
  return deployment.stored;
}

async function asked<T>(text: string): Promise<T | undefined> {
  return (await client.query<{ answer: T }>(text)).rows[0]?.answer;
}

const nothingLeft = { action: "none", changed: [], issues: [] };
const parted = { partitioning: { strategy: "hash", columns: ["id"], modulus: 2 } };

test.each([
  ["plain", {}, ["whole_plain"]],
  ["parted", parted, ["whole_parted_p00", "whole_parted_p01"]],
])(
  "a NOT NULL column without a default comes to a %s table with rows, each of which gets its value",
  async (kind, more, tables) => {
    const name = `whole_${kind}`;
    const stored = await withRows(name, 20_000, more);
    expect(
      codes(await run(stored).plan(table(name, [id, customer, { name: "customer_name", type: "text" }], more))),
    ).toEqual(["PG404"]);
    const config = table(name, [id, customer, filled], more);
    const next = run(stored);
    const planned = await next.plan(config);
    expect({ issues: planned.issues, statements: planned.statements }).toEqual({
      issues: [],
      statements: [
        `ALTER TABLE "s"."${name}" ADD COLUMN "customer_name" text`,
        ...tables.map(
          (each) =>
            `UPDATE ONLY "s"."${each}" SET "customer_name" = (customer) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY "s"."${each}" WHERE "customer_name" IS NULL AND (customer) IS NOT NULL AND ctid >= $1 AND ctid < $2 FOR NO KEY UPDATE SKIP LOCKED))`,
        ),
        `ALTER TABLE "s"."${name}" ADD CONSTRAINT "eventloom_attaching_${name}_customer_name" CHECK ("customer_name" IS NOT NULL) NOT VALID`,
        `ALTER TABLE "s"."${name}" VALIDATE CONSTRAINT "eventloom_attaching_${name}_customer_name"`,
        `ALTER TABLE "s"."${name}" ALTER COLUMN "customer_name" SET NOT NULL`,
        `ALTER TABLE "s"."${name}" DROP CONSTRAINT "eventloom_attaching_${name}_customer_name"`,
      ],
    });
    expect(planned.attributes?.["ddl"]).toContainEqual(
      expect.stringMatching(
        /^-- ROW EXCLUSIVE on s\.\S+ \(who writes a row waits for its batch\), reads all rows, writes those without a value in batches/,
      ),
    );
    expect((await next.apply(planned)).issues).toEqual([]);
    expect(await asked(`SELECT count(*)::int AS answer FROM s.${name} WHERE customer_name = customer`)).toBe(20_000);
    expect(await run(next.stored).plan(config)).toMatchObject(nothingLeft);
  },
);

test("a value that is there stays, whatever the expression says, and one that gives none ends", async () => {
  const stored = await withRows("kept", 3);
  const nullable = { ...filled, nullable: true };
  const first = run(stored);
  await first.deploy(table("kept", [id, customer, { ...nullable, fill: "nullif(customer, 'customer 2')" }]));
  expect(await asked("SELECT array_agg(customer_name ORDER BY id) AS answer FROM s.kept")).toEqual([
    "customer 1",
    null,
    "customer 3",
  ]);
  const second = run(first.stored);
  const statements = await second.deploy(
    table("kept", [id, customer, { ...nullable, fill: "'it''s ' || upper(customer)" }]),
  );
  expect(statements).toHaveLength(1);
  expect(await asked("SELECT array_agg(customer_name ORDER BY id) AS answer FROM s.kept")).toEqual([
    "customer 1",
    "it's CUSTOMER 2",
    "customer 3",
  ]);
  const without = run(second.stored);
  expect(await without.deploy(table("kept", [id, customer, { ...nullable, fill: undefined }]))).toEqual([]);
  expect(await run(without.stored).plan(table("kept", [id, customer, { ...nullable, fill: undefined }]))).toMatchObject(
    nothingLeft,
  );
});

test("a default that is worked out for each row is for new rows, and the others get theirs in batches", async () => {
  const stored = await withRows("worked_out", 1_000);
  const next = run(stored);
  await next.deploy(
    table("worked_out", [
      id,
      customer,
      { name: "ref", type: "uuid", default: "gen_random_uuid()", fill: "gen_random_uuid()" },
    ]),
  );
  await client.query("INSERT INTO s.worked_out (id, customer) VALUES (0, 'new')");
  expect(await asked("SELECT count(DISTINCT ref)::int AS answer FROM s.worked_out")).toBe(1_001);
});

test("rows that others hold are passed over, and taken once they are free", async () => {
  const stored = await withRows("held", 1_000);
  // The column is there already: nothing waits for the table.
  await client.query("ALTER TABLE s.held ADD COLUMN customer_name text");
  const other = await connect(runs.database);
  await other.query("BEGIN");
  await other.query("UPDATE s.held SET customer = 'held' WHERE id IN (1, 500)");
  const next = run(stored);
  const config = table("held", [id, customer, { ...filled, nullable: true }]);
  const planned = await next.plan(config);
  const freed = new Promise((resolve) => setTimeout(resolve, 2_000)).then(() => other.end());
  const applied = await next.apply(planned);
  await freed;
  expect(applied.issues.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(await asked("SELECT count(*)::int AS answer FROM s.held WHERE customer_name = customer")).toBe(1_000);
});

test("a fill that breaks off keeps what it has done, and the next deploy goes on there", async () => {
  const stored = await withRows("broken", 20_000);
  // Fails late: the last row in the table can't be turned into a number.
  await client.query("UPDATE s.broken SET customer = CASE WHEN id = 20000 THEN 'x' ELSE id::text END");
  const config = table("broken", [id, customer, { name: "number", type: "bigint", fill: "customer::bigint" }]);
  const next = run(stored);
  const applied = await next.apply(await next.plan(config));
  expect(codes(applied)).toEqual(["PG459"]);
  const done = await asked<number>("SELECT count(number)::int AS answer FROM s.broken");
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(20_000);
  await client.query("UPDATE s.broken SET customer = '20000' WHERE id = 20000");
  const again = run(next.stored);
  await again.deploy(config);
  expect(await asked("SELECT count(*)::int AS answer FROM s.broken WHERE number = id")).toBe(20_000);
  expect(await run(again.stored).plan(config)).toMatchObject(nothingLeft);
});

test("names with quotes and of 63 bytes are filled as well, and a table that is taken over is filled", async () => {
  const name = `"Ä'${"x".repeat(58)}`;
  const stored = await withRows(name, 10);
  const column = `"ü${"y".repeat(60)}`;
  const config = table(name, [id, customer, { name: column, type: "text", fill: "customer" }]);
  const next = run(stored);
  await next.deploy(config);
  expect(await run(next.stored).plan(config)).toMatchObject(nothingLeft);
  await client.query(
    `ALTER TABLE s."${name.replace(/"/g, '""')}" ALTER COLUMN "${column.replace(/"/g, '""')}" DROP NOT NULL`,
  );
  await client.query(`UPDATE s."${name.replace(/"/g, '""')}" SET "${column.replace(/"/g, '""')}" = NULL`);
  await run(null).deploy(config);
  expect(
    await asked(`SELECT count("${column.replace(/"/g, '""')}")::int AS answer FROM s."${name.replace(/"/g, '""')}"`),
  ).toBe(10);
});

test("a fill where every row has a value, where rows are spread by it, or that is no expression is a mistake", async () => {
  const plan = (column: object, more: object = {}) =>
    run().plan(table("wrong", [id, customer, { name: "c", type: "bigint", ...column }], more));
  expect(codes(await plan({ generated: "id", fill: "id" }))).toEqual(["PG427"]);
  expect(codes(await plan({ identity: "always", fill: "id" }))).toEqual(["PG427"]);
  expect(codes(await plan({ fill: "id) WHERE (true" }))).toEqual(["PG425"]);
  expect(codes(await plan({ fill: "" }))).toEqual(["PG425"]);
  const list = { partitioning: { strategy: "list", columns: ["c"], partitions: [{ name: "one", values: ["1"] }] } };
  expect(codes(await plan({ fill: "id" }, list))).toEqual(["PG427"]);
});

test("rows that others never let go of are named, and the rest is done", async () => {
  const stored = await withRows("never", 100);
  await client.query("ALTER TABLE s.never ADD COLUMN customer_name text");
  const other = await connect(runs.database);
  await other.query("BEGIN");
  await other.query("UPDATE s.never SET customer = 'held' WHERE id = 1");
  const next = run(stored);
  const config = table("never", [id, customer, filled]);
  const applied = await next.apply(await next.plan(config));
  await other.end();
  expect(codes(applied)).toEqual(["PG474"]);
  expect(applied.issues[0]?.summary).toBe("fill customer_name of never: the last rows of s.never are held by others");
  expect(await asked("SELECT count(customer_name)::int AS answer FROM s.never")).toBe(99);
  const again = run(next.stored);
  await again.deploy(config);
  expect(await run(again.stored).plan(config)).toMatchObject(nothingLeft);
});

test("a fill that is killed says how far it was, and the next run ends it", async () => {
  const stored = await withRows("killed", 200_000);
  const config = table("killed", [id, customer, filled]);
  const next = run(stored);
  const applying = next.apply(await next.plan(config));
  const shown =
    "SELECT pid FROM pg_stat_activity WHERE application_name ~ '^eventloom: [1-9][0-9]* % of fill customer_name of killed$'";
  let killed = false;
  for (const until = Date.now() + 60_000; !killed && Date.now() < until;) {
    killed = (await client.query(`SELECT pg_terminate_backend(pid) FROM (${shown}) AS p`)).rowCount === 1;
  }
  expect(killed).toBe(true);
  expect((await applying).issues.map(({ severity }) => severity)).toEqual(["error"]);
  const before = await asked<number>("SELECT count(customer_name)::int AS answer FROM s.killed");
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(200_000);
  const again = run(next.stored);
  await again.deploy(config);
  expect(await asked("SELECT count(*)::int AS answer FROM s.killed WHERE customer_name = customer")).toBe(200_000);
  expect(await run(again.stored).plan(config)).toMatchObject(nothingLeft);
});
