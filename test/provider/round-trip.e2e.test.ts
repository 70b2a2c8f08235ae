import * as fc from "fast-check";
import type { Client } from "pg";
import { diffTable } from "../../lib/postgres/diff";
import type { TableModel } from "../../lib/postgres/model";
import type { Stored } from "../../lib/provider/handlers";
import { lastingMemory } from "../../lib/provider/memory";
import { validateTable } from "../../lib/postgres/validate";
import { freshDatabase, POSTGRES } from "../e2e/servers";
import { bareOf, rollingNow, tableModel } from "../postgres/arbitraries";
import { compressionsOf, connect, Deployment, type TestDatabase } from "./deployment";

jest.setTimeout(600_000);

let database: TestDatabase;
let client: Client;
let compressions: readonly string[];

beforeAll(async () => {
  database = await freshDatabase("roundtrip");
  client = await connect(database);
  compressions = await compressionsOf(client);
});

afterAll(() => client.end());

/** A schema with nothing but what the tables refer to: a run that fails must not spoil the next one. */
async function reset(): Promise<void> {
  await client.query("SET client_min_messages = warning");
  await client.query("DROP SCHEMA IF EXISTS s CASCADE");
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE SEQUENCE s.numbers");
  await client.query("CREATE TABLE s.target (id bigint PRIMARY KEY)");
  await client.query("CREATE FUNCTION s.guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$");
}

function config(model: TableModel): Record<string, never> {
  return { ...model, declaredBy: "orders" } as unknown as Record<string, never>;
}

async function inProcess<T>(work: (deployment: Deployment) => Promise<T>): Promise<T> {
  const deployment = Deployment.on(database, "table", {}, () => rollingNow);
  try {
    return await work(deployment);
  } finally {
    await deployment.close();
  }
}

/** Without the time of the look and the sizes that it found. */
function lasting(stored: Stored | null): Stored | null {
  return stored && { ...stored, private: lastingMemory(stored.private) };
}

const seed = 20261122;
/** All of them on one version, a sample on the others. */
const runs = (all: number): number => (POSTGRES === undefined ? all : Math.ceil(all / 3));

test("any table is what it was declared as: after an apply, nothing is left to do, now and in another process", async () => {
  await fc.assert(
    fc.asyncProperty(tableModel("t_", compressions), async (model) => {
      await reset();
      expect(validateTable(model)).toEqual([]);
      const stored = await inProcess(async (deployment) => {
        await deployment.deploy(config(model));
        return deployment.stored;
      });
      await inProcess(async (deployment) => {
        deployment.stored = stored;
        expect(await deployment.plan(config(model))).toMatchObject({ action: "none", changed: [], issues: [] });
        expect(lasting(deployment.stored)).toEqual(lasting(stored));
      });
    }),
    { seed, numRuns: runs(40) },
  );
});

test("any table that another process left is adopted without a statement", async () => {
  await fc.assert(
    fc.asyncProperty(tableModel("t_", compressions), async (model) => {
      await reset();
      await inProcess((deployment) => deployment.deploy(config(model)));
      await inProcess(async (deployment) => {
        const { removal: _removal, ...rest } = config(model);
        expect(await deployment.plan(rest)).toMatchObject({ action: "adopt", statements: [], issues: [] });
      });
    }),
    { seed, numRuns: runs(20) },
  );
});

test("any table equals itself, and what it lacks is added to an empty one", async () => {
  await fc.assert(
    fc.asyncProperty(tableModel("t_", compressions), async (model) => {
      await reset();
      expect(diffTable(model, model)).toEqual([]);
      const bare = bareOf(model);
      await inProcess(async (deployment) => {
        await deployment.deploy(config(bare));
        await deployment.deploy(config(model));
        expect(await deployment.plan(config(model))).toMatchObject({ action: "none", changed: [], issues: [] });
      });
    }),
    { seed, numRuns: runs(40) },
  );
});
