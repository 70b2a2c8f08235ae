import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { runCommandLine } from "../../lib/cli/program";
import { root } from "../sources";
import { freshDatabase } from "./servers";

jest.setTimeout(300_000);

type Database = Awaited<ReturnType<typeof freshDatabase>>;

let database: Database;
let client: Client;
let folder: string;
let script: string;
let text: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-sql-"));
  const { result } = await runCommandLine(["export", "sql", join(root, "examples", "orders", "domain.ts")]);
  expect(result.exitCode).toBe(0);
  ({ text } = result);
  script = join(folder, "store.sql");
  writeFileSync(script, text);
  database = await freshDatabase("export");
  const { host, port, username: user, password, database: name } = database;
  client = new Client({ host, port, user, password, database: name });
  await client.connect();
});

afterAll(async () => {
  await (client as Client | undefined)?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** As a person runs it. */
function psql(file: string): { readonly status: number | null; readonly stderr: string } {
  const { host, port, username, password, database: name } = database;
  const env = {
    ...process.env,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: name,
  };
  const { status, stderr } = spawnSync("psql", ["-X", "-q", "-f", file], { env, encoding: "utf8" });
  return { status, stderr };
}

async function tables(): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace('orders') AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1",
  );
  return rows.map((each) => each.name);
}

describe("the script of export sql", () => {
  test("creates nothing when it fails half-way", async () => {
    const failing = join(folder, "failing.sql");
    writeFileSync(failing, text.replace(/^COMMIT;$/m, "SELECT 1 / 0;\n\nCOMMIT;"));
    const { status, stderr } = psql(failing);
    expect(status).toBe(3);
    expect(stderr).toContain("division by zero");
    expect(await tables()).toEqual([]);
  });

  test("is run by psql as it is, without a word", async () => {
    expect(psql(script)).toEqual({ status: 0, stderr: "" });
    expect(await tables()).toEqual([
      "archived_aggregates",
      "checkpoints",
      "daily_sales",
      "epochs",
      "event_store",
      "inbox",
      "order_summary",
      "outbox",
      "saga_steps",
      "sagas",
      "snapshots",
      "timeouts",
    ]);
  });

  test("makes a store that takes two events and gives them back in order", async () => {
    const order = randomUUID();
    const appended = await client.query<{ last_version: string }>(
      "SELECT last_version FROM orders.append_events($1, 'Order', 0, $2, $3, $4, $5::jsonb[], $6::jsonb[])",
      [
        order,
        [randomUUID(), randomUUID()],
        ["OrderCreated", "OrderPaid"],
        [2, 1],
        [`{"orderId": "${order}"}`, `{"orderId": "${order}", "totalCents": 100}`],
        ["{}", "{}"],
      ],
    );
    expect(appended.rows).toEqual([{ last_version: "2" }]);
    const read = await client.query<{ version: string; event_type: string; data: unknown }>(
      "SELECT version, event_type, data FROM orders.read_events(0::smallint, '0', 0, 10)",
    );
    expect(read.rows).toEqual([
      { version: "1", event_type: "OrderCreated", data: { orderId: order } },
      { version: "2", event_type: "OrderPaid", data: { orderId: order, totalCents: 100 } },
    ]);
  });

  test("ends with one clear line and psql's exit code when the store is there already", () => {
    const { status, stderr } = psql(script);
    expect(status).toBe(3);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain('schema "orders" already exists');
  });
});
