import type { Client } from "pg";
import type { Deployment } from "./deployment";
import { tableRuns, type TableRuns } from "./table-runs";

export type Config = Record<string, never>;

export function table(
  name: string,
  columns: readonly (readonly [string, string])[],
  partitioning: object,
  more = {},
): Config {
  const all = columns.map(([column, type]) => ({ name: column, type, nullable: true }));
  return { schema: "s", name, declaredBy: "orders", columns: all, partitioning, ...more } as unknown as Config;
}

export const ranges = (pairs: readonly (readonly [string, string, string])[]): object[] =>
  pairs.map(([name, from, to]) => ({ name, from: [from], to: [to] }));

/** Deployments of partitioned tables. */
export interface PartitionRuns extends TableRuns {
  created(config: Config): Promise<Deployment["stored"]>;
  /** Expects that a deployment has nothing left to do, also for whoever has no state of it. */
  unchanged(deployment: Deployment, config: Config): Promise<void>;
}

export function partitionRuns(name: string): PartitionRuns {
  const runs = tableRuns(name);
  const unchanged = async ({ stored }: Deployment, config: Config): Promise<void> => {
    expect(await runs.run(stored).plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
    const { removal: _, ...rest } = config;
    expect(await runs.run().plan(rest)).toMatchObject({ action: "adopt", statements: [], issues: [] });
  };
  return {
    run: runs.run,
    get database() {
      return runs.database;
    },
    start: () => start(runs),
    unchanged,
    created: async (config) => {
      const deployment = runs.run();
      await deployment.deploy(config);
      await unchanged(deployment, config);
      return deployment.stored;
    },
  };
}

/** Bounds mean the same whatever the database's own settings are. */
async function start(runs: TableRuns): Promise<Client> {
  const client = await runs.start({ TimeZone: "Asia/Kathmandu", DateStyle: "German" });
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE TYPE s.mood AS ENUM ('good', 'bad')");
  await client.query("CREATE TABLE s.target (id bigint PRIMARY KEY)");
  await client.query("CREATE FUNCTION s.guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$");
  return client;
}
