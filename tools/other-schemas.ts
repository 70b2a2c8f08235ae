import { cpSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { emmettSchema } from "../bench/store/peers";
import { cached, cacheKey } from "./cache";
import { run } from "./command";
import { type OnProgress, printProgress, withProgress } from "./progress";
import { needed, query } from "./servers/postgres";
import type { PostgresServer } from "./servers/state";

/** Tables that others have designed. */
export interface OtherSchema {
  readonly name: string;
  /** Where they are. */
  readonly schema: string;
  /** Makes them, in an empty database. */
  readonly make: (server: PostgresServer) => Promise<void>;
}

const PG_BOSS = `process.stdout.write(require("pg-boss").getConstructionPlans("pgboss"));`;

/** Installs what makes them, once, beside the other tools; nothing of it is a dependency of ours. */
export async function ensureOtherSchemas(onProgress: OnProgress = printProgress): Promise<readonly OtherSchema[]> {
  const pins = ["package.json", "package-lock.json"].map((file) => join(__dirname, "other-schemas", file));
  const folder = await cached("other-schemas", cacheKey(pins, [PG_BOSS]), (target) =>
    withProgress("installing packages that create tables", onProgress, async () => {
      for (const pin of pins) cpSync(pin, join(target, basename(pin)));
      const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
      await run("npm", ["ci", "--ignore-scripts", ...quiet], { cwd: target });
      writeFileSync(join(target, "pg-boss.cjs"), PG_BOSS);
    }),
  );
  const emmett = await emmettSchema(onProgress);
  return [
    pgbench("pgbench"),
    pgbench("pgbench, partitioned by hash", "--partitions=4", "--partition-method=hash", "--foreign-keys"),
    pgbench("pgbench, partitioned by range", "--partitions=3", "--partition-method=range"),
    { name: "Emmett", schema: "public", make: (server) => query(server, emmett) },
    {
      name: "graphile-worker",
      schema: "graphile_worker",
      make: async (server) => {
        const command = join(folder, "node_modules", "graphile-worker", "dist", "cli.js");
        const args = ["--schema-only", "--connection", "postgresql:///"];
        await run(process.execPath, [command, ...args], { env: { ...process.env, ...serverVariables(server) } });
      },
    },
    {
      name: "pg-boss",
      schema: "pgboss",
      make: async (server) => query(server, await run(process.execPath, [join(folder, "pg-boss.cjs")])),
    },
  ];
}

function pgbench(name: string, ...options: readonly string[]): OtherSchema {
  const make = async (server: PostgresServer): Promise<void> => {
    const env = { ...process.env, ...serverVariables(server) };
    await run(needed("pgbench"), ["--initialize", "--quiet", ...options], { env });
  };
  return { name, schema: "public", make };
}

/** A server as libpq, and what takes after it, finds it in the environment. */
export function serverVariables({ host, port, username, password, database }: PostgresServer): NodeJS.ProcessEnv {
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: "disable",
  };
}
