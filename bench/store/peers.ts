import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheKey } from "../../tools/cache";
import { run } from "../../tools/command";
import type { PostgresServer } from "../../tools/servers/state";

const pinned = join(__dirname, "peers");

const EMMETT = `
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
process.stdout.write(getPostgreSQLEventStore("postgres://nobody@localhost/none").schema.sql());
`;

const EVENTSOURCING = `
import os
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
where = {name: os.environ["PG" + name.upper()] for name in ("host", "port", "user", "password")}
datastore = PostgresDatastore(dbname=os.environ["PGDATABASE"], schema="public", **where)
PostgresApplicationRecorder(datastore).create_table()
datastore.close()
`;

/** How the other stores' own packages make their tables. */
export interface Peers {
  /** Statements. */
  readonly emmett: string;
  /** Makes them in a database, to which it connects itself. */
  readonly eventsourcing: (server: PostgresServer, database: string) => Promise<void>;
}

/** What Emmett's own package makes its tables with: installed once, beside the other tools. */
export async function emmettSchema(progress: (line: string) => void): Promise<string> {
  const npm = await cached("bench-emmett", cacheKey([join(pinned, "package-lock.json")], [EMMETT]), async (folder) => {
    progress("installing Emmett");
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(pinned, name), join(folder, name));
    await run("npm", ["ci"], { cwd: folder });
    writeFileSync(join(folder, "schema.mjs"), EMMETT);
  });
  return run(process.execPath, [join(npm, "schema.mjs")], { cwd: npm });
}

/** Installs the pinned packages, once, beside the other tools; nothing of them is a dependency of ours. */
export async function peers(progress: (line: string) => void): Promise<Peers> {
  const emmett = await emmettSchema(progress);
  const requirements = join(pinned, "requirements.txt");
  const python = await cached("bench-eventsourcing", cacheKey([requirements], [EVENTSOURCING]), async (folder) => {
    progress("installing python eventsourcing");
    // not a virtual environment: that remembers the folder in which it was made
    await run("python3", ["-m", "pip", "install", "--quiet", "--target", join(folder, "site"), "-r", requirements], {
      install: "python3 with pip",
    });
    writeFileSync(join(folder, "schema.py"), EVENTSOURCING);
    rmSync(join(folder, "site", "bin"), { recursive: true, force: true });
  });
  return {
    emmett,
    eventsourcing: async ({ host, port, username, password }, database) => {
      const where = {
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: username,
        PGPASSWORD: password,
        PGDATABASE: database,
      };
      const env = { ...process.env, ...where, PYTHONPATH: join(python, "site"), PYTHONDONTWRITEBYTECODE: "1" };
      await run("python3", [join(python, "schema.py")], { env });
    },
  };
}
