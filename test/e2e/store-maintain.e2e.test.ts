import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { defineDomain, event, jsonSchema } from "eventloom";
import { eventloomBeside, type Ended, PROGRESS } from "../cli/command-line";
import { root } from "../sources";
import { createStore } from "../store/create-store";
import { freshDatabase } from "./servers";

jest.setTimeout(120_000);

type Database = Awaited<ReturnType<typeof freshDatabase>>;

/** The same domain, as a module for the command and for the tests here. */
const PROGRAM = `import { defineDomain, event, jsonSchema } from "${join(root, "lib", "index")}";
const made = jsonSchema({ type: "object", properties: { id: { type: "string" } }, required: ["id"] });
export const shop = defineDomain("shop", {
  store: { format: 1, inbox: { retain: "2 days" } },
  aggregates: { Cart: { id: "id", events: { CartOpened: event({ versions: { 1: made } }) } } },
});
`;

const made = jsonSchema<{ id: string }>({
  type: "object",
  properties: { id: { type: "string" } },
  required: ["id"],
});
const shop = defineDomain("shop", {
  store: { format: 1, inbox: { retain: "2 days" } },
  aggregates: { Cart: { id: "id", events: { CartOpened: event({ versions: { 1: made } }) } } },
});

let database: Database;
let client: Client;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase("store_maintain");
  const { host, port, username: user, password, database: name } = database;
  client = new Client({ host, port, user, password, database: name });
  await client.connect();
  await createStore(client, shop);
  folder = mkdtempSync(join(tmpdir(), "eventloom-maintain-"));
  writeFileSync(join(folder, "shop.ts"), PROGRAM);
});

afterAll(async () => {
  await client.end();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => client.query("TRUNCATE shop.inbox, shop.timeouts, shop.sagas"));

async function eventloom(...words: readonly string[]): Promise<Ended> {
  const { host, port, username, password, database: name } = database;
  const { stderr, ...ended } = await eventloomBeside(folder, words, {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: name,
    PGSSLMODE: "disable",
  });
  return { ...ended, stderr: stderr.replace(PROGRESS, "") };
}

async function one<T>(sql: string, values: readonly unknown[] = []): Promise<T> {
  const { rows } = await client.query<Record<string, T>>(sql, [...values]);
  return Object.values(rows[0] ?? {})[0] as T;
}

const received = (count: number, ago: string): Promise<unknown> =>
  client.query(
    "INSERT INTO shop.inbox (received_at, consumer, message_id) SELECT now() - $2::interval, 'billing', gen_random_uuid()::text FROM generate_series(1, $1)",
    [count, ago],
  );

/** A saga with a timeout that was set at its version, or before. */
async function saga(options: { readonly completed?: boolean; readonly behind?: number }): Promise<string> {
  const id = randomUUID();
  const { completed = false, behind = 0 } = options;
  await client.query(
    "INSERT INTO shop.sagas (saga_id, saga_type, correlation_key, state, version, completed_at) VALUES ($1, 'S', $2, 'x', 5, $3)",
    [id, id, completed ? new Date() : null],
  );
  await client.query(
    "INSERT INTO shop.timeouts (due_at, id, saga_id, saga_type, token) VALUES (now() + interval '1 hour', $1, $2, 'S', $3)",
    [id, id, 5 - behind],
  );
  return id;
}

describe("a store is cleaned", () => {
  test("of messages that were handled longer ago than the declaration says, and of no others", async () => {
    await received(3, "2 days 1 second");
    await received(2, "1 day 23:59:00");
    expect(await one("SELECT shop.clean_inbox(2)")).toBe("2");
    expect(await one("SELECT shop.clean_inbox(2)")).toBe("1");
    expect(await one("SELECT shop.clean_inbox(2)")).toBe("0");
    expect(await one("SELECT count(*)::int FROM shop.inbox")).toBe(2);
  });

  test("of timeouts whose saga is over or has gone on, and of no others", async () => {
    await saga({ completed: true });
    await saga({ behind: 1 });
    const waiting = await saga({});
    // of a saga that is not there nothing is known
    await client.query(
      "INSERT INTO shop.timeouts (due_at, id, saga_id, saga_type, token) VALUES (now(), gen_random_uuid(), gen_random_uuid(), 'S', 1)",
    );
    expect(await one("SELECT shop.clean_timeouts(100)")).toBe("2");
    expect(await one("SELECT count(*)::int FROM shop.timeouts WHERE id = $1", [waiting])).toBe(1);
    expect(await one("SELECT count(*)::int FROM shop.timeouts")).toBe(2);
  });

  test("by one call for a job of the database, so many rows at a time", async () => {
    await received(3, "3 days");
    await saga({ completed: true });
    expect((await client.query("SELECT * FROM shop.maintain(2)")).rows).toEqual([
      { inbox_deleted: "2", timeouts_deleted: "1" },
    ]);
    expect((await client.query("SELECT * FROM shop.maintain()")).rows).toEqual([
      { inbox_deleted: "1", timeouts_deleted: "0" },
    ]);
  });

  test("of nothing for a limit of NULL or 0", async () => {
    await received(1, "3 days");
    expect(await one("SELECT shop.clean_inbox(NULL)")).toBeNull();
    expect(await one("SELECT shop.clean_inbox(0)")).toBe("0");
    expect((await client.query("SELECT * FROM shop.maintain(NULL)")).rows).toEqual([
      { inbox_deleted: null, timeouts_deleted: null },
    ]);
    expect(await one("SELECT count(*)::int FROM shop.inbox")).toBe(1);
  });

  test("beside somebody who holds a row, which is left for the next time", async () => {
    await received(3, "3 days");
    const other = new Client({ ...database, user: database.username });
    await other.connect();
    await other.query("BEGIN; SELECT FROM shop.inbox LIMIT 1 FOR UPDATE");
    expect(await one("SELECT shop.clean_inbox(100)")).toBe("2");
    await other.query("ROLLBACK");
    await other.end();
    expect(await one("SELECT shop.clean_inbox(100)")).toBe("1");
  });

  test("by nobody who was not allowed to", async () => {
    const rights = "SELECT has_function_privilege('public', p.oid, 'EXECUTE') AS may FROM pg_proc p WHERE p.pronamespace = 'shop'::regnamespace AND p.proname IN ('maintain', 'clean_inbox', 'clean_timeouts')"; // prettier-ignore
    expect((await client.query(rights)).rows).toEqual([{ may: false }, { may: false }, { may: false }]);
  });
});

describe("eventloom maintain", () => {
  test("cleans the store of a module in batches, and says how much it was", async () => {
    await received(12_000, "3 days");
    await saga({ behind: 2 });
    const dry = await eventloom("maintain", "--dry-run", "shop.ts");
    expect(dry).toMatchObject({ status: 0, stderr: "" });
    expect(dry.stdout).toContain('SELECT "shop"."clean_inbox"(5000);');
    expect(await one("SELECT count(*)::int FROM shop.inbox")).toBe(12_000);
    const done = await eventloom("maintain", "shop.ts");
    expect(done).toEqual({
      status: 0,
      stderr: "",
      stdout: "shop\n├─ clean_inbox     12000 rows deleted\n└─ clean_timeouts  1 row deleted\n",
    });
    expect(await one("SELECT count(*)::int FROM shop.inbox")).toBe(0);
  });

  test("makes and detaches leaves of other tables of a schema by the rules in their comments", async () => {
    await client.query(`CREATE SCHEMA "Ü app"; CREATE TABLE "Ü app".log (at timestamptz NOT NULL) PARTITION BY RANGE (at);
      COMMENT ON TABLE "Ü app".log IS 'eventloom-rolls:month, 1 ahead, retain 3 months';
      CREATE TABLE "Ü app".log_p202001 PARTITION OF "Ü app".log FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-02-01 00:00+00')`);
    const { status, stdout, stderr } = await eventloom("maintain", "--json", "--schema", "Ü app", "--schema", "shop");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { schemas } = JSON.parse(stdout) as { schemas: { schema: string; tables: object[]; cleaned: object[] }[] };
    expect(schemas.map(({ schema }) => schema)).toEqual(["Ü app", "shop"]);
    expect(schemas[0]?.tables).toMatchObject([
      { table: "log", made: [expect.any(String), expect.any(String)], detached: ["log_p202001"], left: [] },
    ]);
    expect(schemas[1]?.cleaned).toMatchObject([{ function: "clean_inbox", rows: 0 }, { function: "clean_timeouts" }]);
    const text = await eventloom("maintain", "--schema", "Ü app");
    expect(text).toEqual({ status: 0, stderr: "", stdout: "Ü app\n└─ log  nothing is due\n" });
  });

  test("leaves a table alone whose rule nobody could follow, and says so", async () => {
    await client.query(`CREATE SCHEMA wrong; CREATE TABLE wrong.log (id bigint NOT NULL) PARTITION BY RANGE (id);
      COMMENT ON TABLE wrong.log IS 'eventloom-rolls:month, 1 ahead'`);
    const { status, stdout, stderr } = await eventloom("maintain", "--schema", "wrong");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "wrong\n└─ log  not done, see below\n" });
    expect(stderr).toMatch(/^eventloom: PG465 wrong\.log: .*the column holds no time: bigint/);
  });

  test("ends with 1 for a schema that is not there, and with 2 for a server that can't be asked, without its password", async () => {
    expect(await eventloom("maintain", "--schema", "nowhere")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("CL554 nowhere") as string,
    });
    const wrong = await eventloomBeside(folder, ["maintain", "--schema", "shop"], {
      PGHOST: database.host,
      PGPORT: String(database.port),
      PGUSER: database.username,
      PGPASSWORD: "not-the-password",
      PGDATABASE: database.database,
      PGSSLMODE: "disable",
    });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/^eventloom: |^PG452/m);
    expect(wrong.stderr + wrong.stdout).not.toContain("not-the-password");
  });
});
