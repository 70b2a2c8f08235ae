import type { Client } from "pg";
import { query } from "../../tools/servers/postgres";
import { freshDatabase } from "../e2e/servers";
import { connect, Deployment, type TestDatabase } from "./deployment";

/** Deployments of tables on a database of a test file's own. */
export interface TableRuns {
  /** For `beforeAll`: makes the database, with these settings of its own, and gives a connection that ends with the file. */
  start(settings?: Readonly<Record<string, string>>): Promise<Client>;
  readonly database: TestDatabase;
  /** A process of its own, as every run of an engine is; it ends with its test. Its clock is the machine's unless one is given. */
  run(stored?: Deployment["stored"], now?: () => number): Deployment;
}

/** @param name - of the database */
export function tableRuns(name: string): TableRuns {
  const opened: Deployment[] = [];
  let [client, database]: [Client?, TestDatabase?] = [];
  const started = (): TestDatabase => {
    if (database === undefined) throw new Error("start() comes first");
    return database;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
  });
  afterAll(() => client?.end());
  return {
    start: async (settings = {}) => {
      database = await freshDatabase(name);
      for (const [setting, value] of Object.entries(settings))
        await query(database, `ALTER DATABASE "${database.database}" SET ${setting} = '${value}'`);
      return (client = await connect(database));
    },
    get database() {
      return started();
    },
    run: (stored = null, now) => {
      const deployment = Deployment.on(started(), "table", {}, now);
      deployment.stored = stored;
      opened.push(deployment);
      return deployment;
    },
  };
}
