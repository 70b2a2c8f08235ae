import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresMajor } from "../../tools/postgres-servers";
import { findServers, type Servers, startServers } from "../../tools/servers";
import { deleteTopics } from "../../tools/servers/kafka-client";
import { query } from "../../tools/servers/postgres";
import { makeVhost } from "../../tools/servers/rabbitmq";
import type { PostgresServer, RabbitmqServer } from "../../tools/servers/state";

/** Set by those of jest's projects that run on another Postgres than the machine's. */
declare const POSTGRES_MAJOR: PostgresMajor | undefined;

/** The major version that the tests of this project run on; undefined for the machine's. */
export const POSTGRES: PostgresMajor | undefined = typeof POSTGRES_MAJOR === "undefined" ? undefined : POSTGRES_MAJOR;

let shared: Promise<Servers> | undefined;
let ofMajor: Promise<PostgresServer> | undefined;

/**
 * The servers that all end-to-end tests share: those whose state is in the folder EVENTLOOM_SERVERS, or else some that are
 * started for this run of jest and end with it.
 */
export function sharedServers(): Promise<Servers> {
  return (shared ??= findOrStart());
}

async function findOrStart(): Promise<Servers> {
  const given = process.env["EVENTLOOM_SERVERS"];
  // Every test file has its modules anew, but they run in one process.
  const dir = given ?? join(tmpdir(), `eventloom-e2e-${process.pid}`);
  const found = findServers(dir);
  if (found !== undefined) return found;
  if (given !== undefined)
    throw new Error(`no servers run in EVENTLOOM_SERVERS=${given}: npm run servers -- start --dir ${given}`);
  return startServers({ dir });
}

/** The Postgres that the tests of this project share: the one of all servers, or one of the project's version for this run of jest. */
export function sharedPostgres(): Promise<PostgresServer> {
  return (ofMajor ??= POSTGRES === undefined ? sharedServers().then(({ postgres }) => postgres) : postgresOf(POSTGRES));
}

async function postgresOf(major: PostgresMajor): Promise<PostgresServer> {
  const dir = join(tmpdir(), `eventloom-e2e-postgres-${major}-${process.pid}`);
  const { postgres } = await startServers({ only: ["postgres"], postgres: major, dir });
  return postgres;
}

/** A vhost of its own for a test, empty, on the shared RabbitMQ. */
export async function freshVhost(name = "test"): Promise<RabbitmqServer> {
  const { rabbitmq } = await sharedServers();
  return makeVhost(rabbitmq, uniqueName(name));
}

/** A database of its own for a test, empty, on the shared Postgres; its user owns it and is a superuser. */
export async function freshDatabase(name = "test"): Promise<PostgresServer> {
  const postgres = await sharedPostgres();
  const database = uniqueName(name);
  await query(postgres, `CREATE DATABASE "${database}"`);
  return { ...postgres, database };
}

/** Deletes every topic of the shared Kafka that is not Kafka's own, and waits until all are gone. */
export async function wipeKafka(): Promise<void> {
  const { kafka } = await sharedServers();
  await deleteTopics(kafka.bootstrapServers, (topic) => !topic.startsWith("__"));
}

function uniqueName(name: string): string {
  return `${name.replace(/[^a-z0-9_]/g, "_")}_${randomBytes(4).toString("hex")}`;
}
