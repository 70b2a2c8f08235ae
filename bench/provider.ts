import { BenchServer } from "./store/server";
import { measurePulumi } from "./provider/pulumi";
import type { Size } from "./provider/size";
import { measureStart } from "./provider/start";
import { measureTerraform } from "./provider/terraform";
import { measureWaits } from "./provider/waits";
import type { Suite } from "./suite";

const SIZE: Size = { tables: 1_000, rounds: 3 };
const WAITS = { rows: 200_000, rounds: 3 };

/** The table provider: its start, plans that have nothing to do, its memory, and how long writers wait for each kind of change. */
export const provider: Suite = {
  name: "provider",
  run: async (progress) => {
    const rows = [...(await measureStart(progress))];
    const server = await BenchServer.start(progress);
    try {
      rows.push(...(await measureWaits(server, WAITS, progress)));
      rows.push(...(await measureTerraform(await catalogOnly(server, "of_terraform"), SIZE, progress)));
      rows.push(...(await measurePulumi(await catalogOnly(server, "of_pulumi"), SIZE, progress)));
      return rows;
    } finally {
      await server.stop();
    }
  },
};

/** A database whose tables are only looked at once they are made: making them need not wait for the disk. */
async function catalogOnly(server: BenchServer, database: string): Promise<BenchServer["address"]> {
  await server.ask("postgres", `CREATE DATABASE ${database}`);
  await server.ask("postgres", `ALTER DATABASE ${database} SET synchronous_commit = off`);
  return { ...server.address, database };
}
