import { Client } from "pg";
import { orders } from "../../examples/orders/domain";
import { createStore } from "../store/create-store";
import { spread } from "../store/strategies";
import { freshDatabase } from "./servers";

jest.setTimeout(240_000);

type Database = Awaited<ReturnType<typeof freshDatabase>>;

/** Written down here once more, by hand: who may call what. */
const ALL = ["writer", "reader", "projector", "relay"] as const;
type Role = (typeof ALL)[number];
const FUNCTIONS: Readonly<Record<string, readonly Role[]>> = {
  append_event: ["writer"],
  append_events: ["writer"],
  archive_aggregate: ["writer"],
  check_identity: ALL,
  current_epoch: ALL,
  lock_aggregates: ["writer"],
  raise_epoch: [],
  read_aggregate: ["writer", "reader", "projector"],
  read_events: ["reader", "projector", "relay"],
  read_tenant_events: ["reader", "projector", "relay"],
  maintain: [],
  clean_inbox: [],
  clean_timeouts: [],
  roll_event_store: [],
  refuse_change: [],
  save_snapshot: ["writer"],
  load_snapshot: ["writer", "reader"],
  handle_once: ["writer", "projector"],
  enqueue: ["writer", "projector"],
  take_outbox: ["relay"],
  outbox_sent: ["relay"],
  claim_checkpoint: ["projector", "relay"],
  move_checkpoint: ["projector", "relay"],
  release_checkpoint: ["projector", "relay"],
  start_generation: ["projector"],
  switch_generation: ["projector"],
  drop_generation: ["projector"],
  start_saga: ["writer", "projector"],
  load_saga: ["writer", "projector"],
  advance_saga: ["writer", "projector"],
  compensate_saga: ["writer", "projector"],
  complete_saga: ["writer", "projector"],
  record_saga_step: ["writer", "projector"],
  complete_saga_step: ["writer", "projector"],
  load_saga_steps: ["writer", "projector"],
  set_timeout: ["writer", "projector"],
  due_timeouts: ["writer", "projector"],
  cancel_timeouts: ["writer", "projector"],
};
const READ_MODELS = ["order_summary", "daily_sales"];

/** Stores of every layout: some have functions and leaves that others lack. */
const DOMAINS = { orders, plain: spread("plain"), list: spread("list"), range: spread("range") };
const SCHEMAS = Object.keys(DOMAINS);
const ONLY_OF: Readonly<Record<string, string>> = { read_tenant_events: "list", roll_event_store: "range" };

let database: Database;
let owner: Client;
const members = new Map<string, Client>();

async function connected(username: string, password: string): Promise<Client> {
  const { host, port, database: name } = database;
  const client = new Client({ host, port, user: username, password, database: name });
  await client.connect();
  return client;
}

const login = (role: string): string => `member_${role}_${process.pid}`;

beforeAll(async () => {
  database = await freshDatabase("store_roles");
  owner = await connected(database.username, database.password);
  for (const domain of Object.values(DOMAINS)) await createStore(owner, domain);
  for (const role of [...ALL, "nobody"]) {
    await owner.query(`CREATE ROLE ${login(role)} LOGIN PASSWORD 'x'`);
    for (const schema of role === "nobody" ? [] : SCHEMAS)
      await owner.query(`GRANT ${schema}_${role} TO ${login(role)}`);
    members.set(role, await connected(login(role), "x"));
  }
});

afterAll(async () => {
  for (const client of members.values()) await client.end();
  for (const role of members.keys()) await owner.query(`DROP ROLE ${login(role)}`);
  for (const schema of SCHEMAS.slice(1)) {
    await owner.query(`DROP SCHEMA ${schema} CASCADE`);
    // roles belong to the cluster: a store of the same name in another test's database may still grant them something
    for (const role of ALL) await owner.query(`DROP ROLE ${schema}_${role}`).catch(() => undefined);
  }
  await owner.end();
});

const FORBIDDEN = "42501";

/** What a role gets when it tries, in a transaction that is rolled back: `denied`, or anything else. */
async function attempt(role: string, sql: string): Promise<"denied" | "allowed"> {
  const client = members.get(role) as Client;
  await client.query("BEGIN");
  try {
    await client.query(sql);
    return "allowed";
  } catch (error) {
    return (error as { code: string }).code === FORBIDDEN ? "denied" : "allowed";
  } finally {
    await client.query("ROLLBACK");
  }
}

interface Tried {
  readonly what: string;
  readonly sql: string;
  readonly by: readonly string[];
}

/** Tries everything as every role, and gives what went otherwise than it should. */
async function surprises(tries: readonly Tried[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { what, sql, by } of tries)
    for (const role of members.keys()) {
      const outcome = await attempt(role, sql);
      if ((outcome === "allowed") !== by.includes(role)) found.push(`${role}: ${what} is ${outcome}`);
    }
  return found;
}

test.each(SCHEMAS)(
  "each function can be called by those who use it and by nobody else, in %s every one that the catalog has",
  async (schema) => {
    // subqueries: a strict function is not even called for a constant null
    const { rows } = await owner.query<{ name: string; call: string }>(
      `SELECT p.proname AS name, format('SELECT %I.%I(%s)', $1::text, p.proname,
            (SELECT string_agg('(SELECT NULL::' || format_type(t.oid, NULL) || ')', ', ' ORDER BY t.place)
               FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t(oid, place))) AS call
       FROM pg_proc p WHERE p.pronamespace = to_regnamespace($1) ORDER BY 1`,
      [schema],
    );
    const known = Object.keys(FUNCTIONS).filter((name) => (ONLY_OF[name] ?? schema) === schema);
    expect(rows.map(({ name }) => name)).toEqual(known.sort());
    const tries = rows.map(({ name, call }) => ({ what: name, sql: call, by: FUNCTIONS[name] ?? [] }));
    expect(await surprises(tries)).toEqual([]);
  },
);

test.each(SCHEMAS)(
  "tables are read and read models written by those who use them; no other verb on any table, leaf or sequence of %s is anybody's",
  async (schema) => {
    const { rows } = await owner.query<{ name: string; kind: string; column: string }>(
      `SELECT c.relname AS name, c.relkind AS kind,
            (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum LIMIT 1) AS column
       FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'S', 'v', 'm', 'f') ORDER BY 1`,
      [schema],
    );
    const tables = rows.filter(({ kind }) => kind !== "S");
    const sequences = rows.filter(({ kind }) => kind === "S");
    expect(tables.length).toBeGreaterThanOrEqual(10);
    expect(tables.some(({ name }) => /^event_store_/.test(name))).toBe(schema !== "plain");
    expect(sequences.map(({ name }) => name)).toEqual(["archivings", "epoch", "global_position", "outbox_position"]);
    const readers = (name: string): readonly string[] =>
      ["event_store", "epochs"].includes(name) ? ALL : READ_MODELS.includes(name) ? ["reader", "projector"] : [];
    const writers = (name: string): readonly string[] => (READ_MODELS.includes(name) ? ["projector"] : []);
    const tries = [
      ...tables.flatMap(({ name, column }) => [
        { what: `SELECT ${name}`, sql: `SELECT * FROM ${schema}.${name} LIMIT 0`, by: readers(name) },
        { what: `INSERT ${name}`, sql: `INSERT INTO ${schema}.${name} DEFAULT VALUES`, by: writers(name) },
        {
          what: `UPDATE ${name}`,
          sql: `UPDATE ${schema}.${name} SET "${column}" = NULL WHERE false`,
          by: writers(name),
        },
        { what: `DELETE ${name}`, sql: `DELETE FROM ${schema}.${name} WHERE false`, by: writers(name) },
        { what: `TRUNCATE ${name}`, sql: `TRUNCATE ${schema}.${name}`, by: [] },
        { what: `LOCK ${name}`, sql: `LOCK TABLE ${schema}.${name} IN SHARE MODE`, by: writers(name) },
        { what: `ALTER ${name}`, sql: `ALTER TABLE ${schema}.${name} DISABLE TRIGGER ALL`, by: [] },
        { what: `DROP ${name}`, sql: `DROP TABLE ${schema}.${name}`, by: [] },
        { what: `index ${name}`, sql: `CREATE INDEX ON ${schema}.${name} ("${column}")`, by: [] },
        { what: `trigger ${name}`, sql: `CREATE TRIGGER t AFTER INSERT ON ${schema}.${name} EXECUTE FUNCTION suppress_redundant_updates_trigger()`, by: [] }, // prettier-ignore
      ]),
      ...sequences.flatMap(({ name }) => [
        { what: `nextval ${name}`, sql: `SELECT nextval('${schema}.${name}')`, by: [] },
        { what: `setval ${name}`, sql: `SELECT setval('${schema}.${name}', 1)`, by: [] },
        { what: `SELECT ${name}`, sql: `SELECT * FROM ${schema}.${name}`, by: [] },
      ]),
      { what: "CREATE TABLE", sql: `CREATE TABLE ${schema}.mine ()`, by: [] },
      {
        what: "CREATE FUNCTION",
        sql: `CREATE FUNCTION ${schema}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
        by: [],
      },
      { what: "DROP SCHEMA", sql: `DROP SCHEMA ${schema} CASCADE`, by: [] },
      { what: "GRANT", sql: `GRANT ${schema}_writer TO ${login("nobody")}`, by: [] },
      { what: "SET ROLE", sql: `SET ROLE ${database.username}`, by: [] },
    ];
    expect(await surprises(tries)).toEqual([]);
  },
);

test("no role may pass on what it has, and none can log in", async () => {
  const { rows } = await owner.query(
    `SELECT rolname FROM pg_roles WHERE rolname LIKE 'orders\\_%' AND rolname = ANY ($1) AND NOT rolcanlogin AND NOT rolsuper ORDER BY 1`,
    [ALL.map((role) => `orders_${role}`)],
  );
  expect(rows).toHaveLength(4);
  const passed = await owner.query(
    `SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a
      WHERE c.relnamespace = 'orders'::regnamespace AND a.is_grantable AND a.grantee <> c.relowner`,
  );
  expect(passed.rows).toEqual([]);
});

const APPEND = "SELECT * FROM orders.append_events($1, 'Order', $2, ARRAY[gen_random_uuid()], '{OrderPaid}', '{1}', ARRAY['{}'::jsonb], ARRAY['{}'::jsonb])"; // prettier-ignore

test("each can do its own work from end to end", async () => {
  const as = (role: string): Client => members.get(role) as Client;
  const value = async (role: string, sql: string, ...values: unknown[]): Promise<unknown> =>
    Object.values((await as(role).query<Record<string, unknown>>(sql, values)).rows[0] ?? {})[0];

  // a service that starts, decides, appends, saves a snapshot and says something
  expect(await value("writer", "SELECT orders.check_identity()")).toBe(0);
  await as("writer").query("BEGIN");
  await as("writer").query("SELECT orders.lock_aggregates(ARRAY['a', 'b'])");
  expect(await value("writer", APPEND, "a", 0)).toBe("1");
  await as("writer").query("SELECT orders.enqueue(gen_random_uuid(), 'command', 'a', 'Ship', '{}', '{}')");
  await as("writer").query("COMMIT");
  await as("writer").query("SELECT orders.save_snapshot('a', 'Order', 1::smallint, 1, '{}')");
  expect(await value("writer", "SELECT version FROM orders.read_aggregate('a', 0, 10)")).toBe("1");

  // somebody who looks
  expect(await value("reader", "SELECT count(*)::int FROM orders.read_events(0::smallint, '0', 0, 10)")).toBe(1);
  expect(await value("reader", "SELECT count(*)::int FROM orders.event_store WHERE event_type = 'OrderPaid'")).toBe(1);

  // a read model: claim, read, write and move in one transaction
  const claim = (processor: string): string => `SELECT * FROM orders.claim_checkpoint('${processor}', 0::smallint, 1, 'me', '5 seconds')`; // prettier-ignore
  const move = (processor: string): string =>
    `SELECT orders.move_checkpoint('${processor}', 0::smallint, 1, 'me', 0::smallint, '0', 0,
       epoch, transaction_id, global_position, '5 seconds') FROM orders.event_store`;
  await as("projector").query(claim("summary"));
  await as("projector").query("BEGIN");
  await as("projector").query("DELETE FROM orders.daily_sales");
  await as("projector").query(move("summary"));
  await as("projector").query("COMMIT");

  // the relay: the feed, and the outbox taken and gone
  await as("relay").query(claim("relay"));
  expect(await value("relay", "SELECT event_type FROM orders.read_events(0::smallint, '0', 0, 10)")).toBe("OrderPaid");
  await as("relay").query("BEGIN");
  const { rows } = await as("relay").query<{ id: string }>("SELECT id FROM orders.take_outbox(10)");
  expect(rows).toHaveLength(1);
  await as("relay").query("SELECT orders.outbox_sent($1)", [rows.map(({ id }) => id)]);
  await as("relay").query(move("relay"));
  await as("relay").query("COMMIT");
  expect(await value("relay", "SELECT count(*)::int FROM orders.take_outbox(10)")).toBe(0);

  await as("writer").query("SELECT orders.archive_aggregate('a')");
});
