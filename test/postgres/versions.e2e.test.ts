import type { Client } from "pg";
import { SINCE } from "../../lib/postgres/capabilities";
import type { ValueMap } from "../../lib/provider/value";
import { freshDatabase, POSTGRES } from "../e2e/servers";
import { codes, compressionsOf, connect, Deployment, type TestDatabase } from "../provider/deployment";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
let version: number;
let compressions: readonly string[];
const opened: Deployment[] = [];

beforeAll(async () => {
  database = await freshDatabase("versions");
  client = await connect(database);
  await client.query("CREATE SCHEMA s; CREATE EXTENSION btree_gist");
  const { rows } = await client.query<{ number: string }>("SELECT current_setting('server_version_num') AS number");
  version = Math.floor(Number(rows[0]?.number) / 10_000);
  compressions = await compressionsOf(client);
  console.info(`server_version_num ${rows[0]?.number}, compresses by ${compressions.join(", ")}`);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

afterAll(() => client.end());

function run(): Deployment {
  const deployment = Deployment.on(database, "table");
  opened.push(deployment);
  return deployment;
}

function table(name: string, column: object, more: object = {}): ValueMap {
  const columns = [{ name: "id", type: "bigint" }, column];
  return { schema: "s", name, declaredBy: "orders", columns, ...more } as unknown as ValueMap;
}

/** What a plan says of a table: the codes of its refusals, or that an apply leaves nothing to do. */
async function outcome(config: ValueMap): Promise<readonly string[]> {
  const planned = await run().plan(config);
  if (planned.issues.length > 0) return codes(planned);
  const deployment = run();
  await deployment.deploy(config);
  return [(await deployment.plan(config)).action];
}

async function imported(name: string): Promise<readonly string[]> {
  return (await run().handlers.import("table", `s.${name}`)).issues.map(({ code, detail }) => `${code} ${detail}`);
}

test("the server is the Postgres that this run names", () => {
  expect(version).toBe(POSTGRES ?? version);
  expect(version).toBeGreaterThanOrEqual(15);
});

describe("what not every server has is refused in the plan where this one has not", () => {
  const granted = (since: number): readonly string[] => (version >= since ? ["none"] : ["PG415"]);

  test("a compression that it was built without", async () => {
    const packed = (compression: string): ValueMap => table(compression, { name: "body", type: "text", compression });
    expect(await outcome(packed("lz4"))).toEqual(compressions.includes("lz4") ? ["none"] : ["PG415"]);
    expect(await outcome(packed("pglz"))).toEqual(["none"]);
  });

  test("a function in a default, a check, a key of an index", async () => {
    const preset = { name: "key", type: "uuid", default: "uuidv7()" };
    expect(await outcome(table("preset", preset))).toEqual(granted(18));
    const key = { name: "key", type: "uuid" };
    const checks = [{ name: "recent", expression: "uuid_extract_version(key) = 7" }];
    expect(await outcome(table("checked", key, { checks }))).toEqual(granted(17));
    const indexes = [{ name: "folded_note", keys: [{ expression: "casefold(note COLLATE pg_catalog.unicode)" }] }];
    expect(await outcome(table("folded", { name: "note", type: "text" }, { indexes }))).toEqual(granted(18));
  });

  test("a function of that name which is the user's own is nobody else's business", async () => {
    await client.query("CREATE FUNCTION s.uuidv7() RETURNS uuid LANGUAGE sql AS 'SELECT pg_catalog.gen_random_uuid()'");
    expect(await outcome(table("owned", { name: "key", type: "uuid", default: "s.uuidv7()" }))).toEqual(["none"]);
  });

  test("a collation of a column, or of a key of an index", async () => {
    const collated = { name: "note", type: "text", collation: "pg_c_utf8" };
    expect(await outcome(table("collated", collated))).toEqual(granted(17));
    const indexes = [{ name: "sorted_note", keys: [{ column: "note", collation: "pg_unicode_fast" }] }];
    expect(await outcome(table("sorted", { name: "note", type: "text" }, { indexes }))).toEqual(granted(18));
  });

  test("as the table of them says, for each", async () => {
    // json_exists() and its like are grammar, not functions.
    const functions = Object.entries(SINCE.function).filter(([name]) => !name.startsWith("json_"));
    const { rows } = await client.query<{ name: string }>(
      "SELECT DISTINCT proname::text AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1)",
      [functions.map(([name]) => name)],
    );
    const wanted = functions.filter(([, since]) => since <= version).map(([name]) => name);
    expect(rows.map(({ name }) => name).sort()).toEqual(wanted.sort());
    const found = await client.query<{ name: string }>(
      "SELECT DISTINCT collname::text AS name FROM pg_collation WHERE collname = ANY ($1)",
      [Object.keys(SINCE.collation)],
    );
    const collations = Object.entries(SINCE.collation).filter(([, since]) => since <= version);
    expect(found.rows.map(({ name }) => name).sort()).toEqual(collations.map(([name]) => name).sort());
  });
});

describe("a column that is not null", () => {
  test("stands beside a check whose name Postgres 18 would give to its constraint", async () => {
    const checks = [{ name: "named_id_not_null", expression: "id > 0" }];
    expect(await outcome(table("named", { name: "n", type: "int" }, { checks }))).toEqual(["none"]);
  });

  test("is taken over whatever its constraint is called", async () => {
    const named = version >= 18 ? "CONSTRAINT there NOT NULL" : "NOT NULL";
    await client.query(`CREATE TABLE s.taken (id bigint ${named}, n int)`);
    const deployment = run();
    deployment.stored = (await deployment.handlers.import("table", "s.taken")).stored;
    const config = table("taken", { name: "n", type: "int", nullable: true });
    expect(await deployment.deploy(config)).toEqual([`COMMENT ON TABLE "s"."taken" IS 'eventloom:orders'`]);
    expect(await deployment.plan(config)).toMatchObject({ action: "none" });
  });
});

/** What only some versions have, as somebody made it there by hand. */
const ONLY_SINCE: readonly (readonly [number, string, string, string])[] = [
  [
    18,
    "a column that is generated when it is read",
    "CREATE TABLE s.odd (id bigint, n bigint GENERATED ALWAYS AS (id + 1) VIRTUAL)",
    'PG465 column "n" is generated when it is read, not stored',
  ],
  [
    18,
    "a key without overlaps",
    "CREATE TABLE s.odd (id bigint, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS))",
    'PG465 constraint "odd_pkey" holds for periods (WITHOUT OVERLAPS, PERIOD)',
  ],
  [
    18,
    "a foreign key of periods",
    `CREATE TABLE s.room (id bigint, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
     CREATE TABLE s.odd (id bigint, at daterange, FOREIGN KEY (id, PERIOD at) REFERENCES s.room (id, PERIOD at))`,
    'PG465 constraint "odd_id_at_fkey" holds for periods (WITHOUT OVERLAPS, PERIOD)',
  ],
  [
    18,
    "a constraint that is not enforced",
    "CREATE TABLE s.odd (id bigint CONSTRAINT lax CHECK (id > 0) NOT ENFORCED)",
    'PG465 constraint "lax" is not enforced',
  ],
  [
    18,
    "a NOT NULL that is not validated",
    "CREATE TABLE s.odd (id bigint); ALTER TABLE s.odd ADD CONSTRAINT late NOT NULL id NOT VALID",
    'PG465 rows from before may hold null in "id": VALIDATE CONSTRAINT "late" says whether they do',
  ],
];

describe("what the model can't say", () => {
  test.each(ONLY_SINCE)("is there from %s on and told, not left out: %s", async (since, _, made, reason) => {
    await client.query("DROP TABLE IF EXISTS s.odd, s.room");
    const making = client.query(made);
    if (version < since) return void (await expect(making).rejects.toMatchObject({ code: "42601" }));
    await making;
    expect(await imported("odd")).toEqual([reason]);
  });
});
