import type { Client } from "pg";
import { companionFunctions } from "../../lib/topology/postgres/companion-functions";
import { layoutOf } from "../../lib/topology/postgres/layout";
import { refusal, StoreDatabase } from "../store/store-database";

jest.setTimeout(60_000);

let database: StoreDatabase;
let client: Client;
const role = `caller_${process.pid}`;

beforeAll(async () => {
  database = await StoreDatabase.open("access");
  client = await database.connect();
  await client.query(`SELECT orders.append_events('o-1', 'Order', 0, ARRAY[gen_random_uuid()], '{OrderPaid}', '{1}', ARRAY['{}'::jsonb], ARRAY['{}'::jsonb])`); // prettier-ignore
  await client.query(`CREATE ROLE ${role}`);
  await client.query(`GRANT USAGE ON SCHEMA orders TO ${role}`);
});

afterAll(async () => {
  await client?.query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await database?.close();
});

const SAGA = "'5f0c1f5e-0000-4000-8000-0000000000b1'";
const COMMAND = "'5f0c1f5e-0000-4000-8000-0000000000b2'";

/** One call of each, in an order in which each succeeds. */
const CALLS: readonly string[] = [
  "save_snapshot('o-1', 'Order', 1::smallint, 1, '{}')",
  "load_snapshot('o-1', 'Order', 1::smallint)",
  "handle_once('billing', 'm-1')",
  "enqueue(gen_random_uuid(), 'Order', 'o-1', 'ShipOrder', '{}')",
  "take_outbox(10)",
  "outbox_sent((SELECT array_agg(id) FROM orders.take_outbox(10)))",
  "claim_checkpoint('p', 0::smallint, 1, 'a', '1 minute')",
  "move_checkpoint('p', 0::smallint, 1, 'a', 0::smallint, '0', 0, 0::smallint, '1', 1)",
  "start_generation('p', 2)",
  "claim_checkpoint('p', 0::smallint, 2, 'b', '1 minute')",
  "move_checkpoint('p', 0::smallint, 2, 'b', 0::smallint, '0', 0, 0::smallint, '1', 1)",
  "switch_generation('p', 2)",
  "drop_generation('p', 1)",
  "release_checkpoint('p', 0::smallint, 2, 'b')",
  `start_saga(${SAGA}, 'Fulfillment', 'o-1', 'running')`,
  `load_saga(${SAGA})`,
  `advance_saga(${SAGA}, 0, 1, 'running')`,
  `record_saga_step(${SAGA}, 1, ${COMMAND}, 'ShipOrder')`,
  `load_saga_steps(${SAGA})`,
  `set_timeout(${SAGA}, 1, ${COMMAND}, '0 seconds')`,
  "due_timeouts('Fulfillment', 10)",
  `complete_saga_step(${COMMAND}, 'failed')`,
  `compensate_saga(${SAGA}, 1, 1, 'running')`,
  `cancel_timeouts(${SAGA})`,
  `complete_saga(${SAGA}, 2, 'compensated')`,
];

const layout = layoutOf({ strategy: "hash", modulus: 8 });
const functions = companionFunctions("orders", layout).map(({ definition }) => definition.name);

test("each function of the store is called here", () => {
  expect([...new Set(CALLS.map((each) => each.split("(")[0]))].sort()).toEqual([...functions].sort());
});

test("nobody may call them who was not told so", async () => {
  await client.query(`SET ROLE ${role}`);
  for (const each of CALLS) expect(await refusal(client.query(`SELECT orders.${each}`))).toEqual({ code: "42501" });
  await client.query("RESET ROLE");
});

test("who may call them needs no right on any table, and gets none by it", async () => {
  const { rows } = await client.query<{ called: string }>(
    "SELECT oid::regprocedure::text AS called FROM pg_proc WHERE pronamespace = 'orders'::regnamespace AND proname = ANY ($1)",
    [functions],
  );
  expect(rows).toHaveLength(functions.length);
  for (const { called } of rows) await client.query(`GRANT EXECUTE ON FUNCTION ${called} TO ${role}`);
  await client.query("BEGIN");
  await client.query(`SET LOCAL ROLE ${role}`);
  for (const each of CALLS) await client.query(`SELECT orders.${each}`);
  await client.query("COMMIT");
  await client.query(`SET ROLE ${role}`);
  for (const table of ["snapshots", "inbox", "outbox", "checkpoints", "sagas", "saga_steps", "timeouts"]) {
    for (const statement of [`SELECT FROM orders.${table}`, `DELETE FROM orders.${table}`]) {
      expect(await refusal(client.query(statement))).toEqual({ code: "42501" });
    }
  }
  await client.query("RESET ROLE");
});
