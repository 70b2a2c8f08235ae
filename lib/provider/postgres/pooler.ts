import { Client, type ClientConfig } from "pg";
import { sharedSession } from "./server-error";

/** Milliseconds that the second session may take: a pooler that has none to give would let it wait for minutes. */
const secondSessionTimeout = 3_000;

/** A session that has been opened. */
interface Opened {
  query(sql: string): Promise<{ rows: { pid: number }[] }>;
}

const askProcess = "SELECT pg_catalog.pg_backend_pid() AS pid";

/**
 * Looks whether what is between us and the server gives our session to others between our transactions. The server names its process
 * when a connection begins: another one that answers means that a pooler is in between. A second session then holds a
 * transaction, and either has our process, or makes that we get another. A pooler that gives each client one session shows neither.
 *
 * @param pid - the process that has answered `client`
 * @throws ProviderError (PG473)
 */
export async function refuseSharedSessions(client: Opened, pid: number, options: ClientConfig): Promise<void> {
  if ((client as { processID?: number | null }).processID === pid) return;
  const second = new Client({ ...options, query_timeout: secondSessionTimeout });
  // What is wrong with it is nothing that the first one suffers from.
  second.on("error", () => undefined);
  try {
    const holder = await holdTransaction(second);
    if (holder === null) return;
    const now = holder === pid ? holder : await processOf(client);
    if (holder === pid) throw sharedSession(`process ${pid} of the server answered two connections at once`);
    if (now !== pid) throw sharedSession(`processes ${pid} and ${now} of the server answered one connection`);
  } finally {
    await second.end().catch(() => undefined);
  }
}

/** Null where no second session is to be had. */
async function holdTransaction(client: Client): Promise<number | null> {
  try {
    await client.connect();
    await client.query("BEGIN");
    return await processOf(client);
  } catch {
    return null;
  }
}

async function processOf(client: Opened): Promise<number | null> {
  return (await client.query(askProcess)).rows[0]?.pid ?? null;
}
