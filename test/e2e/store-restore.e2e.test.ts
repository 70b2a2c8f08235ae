import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { orders } from "../../examples/orders/domain";
import { run } from "../../tools/command";
import type { ServerProcess } from "../../tools/servers/launch";
import { needed, startPostgres } from "../../tools/servers/postgres";
import { end } from "../../tools/servers/process";
import type { PostgresServer } from "../../tools/servers/state";
import { createStore } from "../store/create-store";
import { freshDatabase } from "./servers";

jest.setTimeout(120_000);

/** Enough transactions that the ids of a cluster that is new are smaller. */
const OLDER_BY = 5_000;
const IDS: readonly string[] = Array.from({ length: 20 }, () => randomUUID());

let dir: string;
let cluster: ServerProcess | undefined;
const clients: Client[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "eventloom-restore-"));
  // the server runs as another user
  chmodSync(dir, 0o755);
});

afterAll(async () => {
  for (const each of clients) await each.end();
  if (cluster !== undefined) await end(cluster);
  rmSync(dir, { recursive: true, force: true });
});

async function connected({ username: user, ...rest }: PostgresServer): Promise<Client> {
  const client = new Client({ ...rest, user });
  await client.connect();
  clients.push(client);
  return client;
}

async function value(client: Client, query: string, values: readonly unknown[] = []): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(query, [...values]);
  return Object.values(rows[0] ?? {})[0];
}

function append(client: Client, id: string): Promise<unknown> {
  const call =
    "SELECT last_version FROM orders.append_events($1, 'Order', NULL, ARRAY[gen_random_uuid()], '{OrderPaid}', '{1}', ARRAY['{}'::jsonb], ARRAY['{}'::jsonb])";
  return value(client, call, [id]);
}

async function refusal(run: Promise<unknown>): Promise<object> {
  const error = await run.then(
    () => ({ code: "none" }),
    (thrown: unknown) => thrown as { code: string; hint?: string },
  );
  return { code: error.code, ...("hint" in error ? { hint: error.hint } : {}) };
}

/** The feed of an epoch, to its end. */
async function feed(client: Client, epoch: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ aggregate_id: string; version: string }>(
    "SELECT aggregate_id, version FROM orders.read_events($1, '0', 0, 10000)",
    [epoch],
  );
  return rows.map((each) => `${IDS.indexOf(each.aggregate_id)}#${each.version}`);
}

/** What `pg_dump` writes of one database, in another cluster. */
async function restored(from: PostgresServer): Promise<PostgresServer> {
  const home = join(dir, "postgres");
  mkdirSync(home);
  const to = await startPostgres(home, (each) => (cluster = each));
  const file = join(dir, "dump.sql");
  const at = ({ host, port, username, database }: PostgresServer): string[] =>
    ["-h", host, "-p", String(port), "-U", username, "-d", database]; // prettier-ignore
  const as = (server: PostgresServer) => ({ env: { ...process.env, PGPASSWORD: server.password } });
  await run(needed("pg_dump"), [...at(from), "-f", file], as(from));
  // roles belong to the cluster, and are not in the dump of a database
  const roles = await run(needed("pg_dumpall"), [...at(from).slice(0, 6), "--roles-only"], as(from));
  const ours = roles.split("\n").filter((line) => /^(CREATE|ALTER) ROLE orders_/.test(line));
  for (const line of ours) await run(needed("psql"), [...at(to), "-c", line], as(to));
  await run(needed("psql"), [...at(to), "-v", "ON_ERROR_STOP=1", "-q", "-f", file], as(to));
  return to;
}

test("a store that was restored into another cluster refuses until its epoch is raised, and then goes on after all that it has", async () => {
  const source = await freshDatabase("restored");
  const before = await connected(source);
  await createStore(before, orders);
  expect(await value(before, "SELECT orders.check_identity()")).toBe(0);
  expect(await value(before, "SELECT orders.check_identity()")).toBe(0);
  await before.query(`DO $$ BEGIN FOR i IN 1..${OLDER_BY} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`);
  for (const id of IDS) await append(before, id);
  const old = await feed(before, 0);
  expect(old).toHaveLength(IDS.length);

  const after = await connected(await restored(source));
  expect(await refusal(value(after, "SELECT orders.check_identity()"))).toEqual({ code: "ES005", hint: expect.stringContaining("raise_epoch()") }); // prettier-ignore
  // who does not ask is sent back by the guard: nothing is written in the wrong place
  expect(await refusal(append(after, IDS[0] ?? ""))).toMatchObject({ code: "40001" });

  expect(await value(after, "SELECT orders.raise_epoch()")).toBe(1);
  expect(await value(after, "SELECT orders.check_identity()")).toBe(1);
  for (const id of IDS) expect(await append(after, id)).toBe("2");
  expect(await feed(after, 0)).toEqual(old);
  expect(await feed(after, 1)).toEqual(IDS.map((_, index) => `${index}#2`));
  // the cluster that the store comes from has not changed
  expect(await value(before, "SELECT orders.check_identity()")).toBe(0);
});

test("the epoch is not raised while an append is under way", async () => {
  const server = await freshDatabase("raised");
  const [writer, owner] = [await connected(server), await connected(server)];
  await createStore(writer, orders);
  await writer.query("BEGIN");
  await append(writer, "a");
  await owner.query("SET lock_timeout = 200");
  expect(await refusal(owner.query("SELECT orders.raise_epoch()"))).toMatchObject({ code: "55P03" });
  await writer.query("COMMIT");
  // what is there already is of epoch 0, whoever has asked or not
  expect(await value(owner, "SELECT orders.raise_epoch()")).toBe(1);
  expect(await value(owner, "SELECT orders.raise_epoch()")).toBe(2);
});
