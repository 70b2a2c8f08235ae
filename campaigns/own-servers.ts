import { tmpdir } from "node:os";
import { join } from "node:path";
import { findServers, type Servers, type ServersOptions, startServers, stopServers } from "../tools/servers";
import type { CampaignOptions } from "./campaign";

/**
 * Gives work the servers of EVENTLOOM_SERVERS, or else some that are started for it and end with it. Those that are given have one
 * version of Postgres, and are not taken where a version is asked for.
 */
export async function onServers<T>(
  { postgres }: CampaignOptions,
  options: Pick<ServersOptions, "only">,
  work: (servers: Servers) => Promise<T>,
): Promise<T> {
  const given = postgres === undefined ? process.env["EVENTLOOM_SERVERS"] : undefined;
  const dir = given ?? join(tmpdir(), `eventloom-campaign-${process.pid}`);
  const servers = findServers(dir) ?? (await startServers({ dir, ...options, postgres: postgres ?? 15 }));
  try {
    return await work(servers);
  } finally {
    if (given === undefined) await stopServers(dir);
  }
}
