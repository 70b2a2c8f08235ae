import { createHandlers } from "../../lib/provider/handlers";
import { createCalls } from "../../lib/provider/terraform/calls";
import { connect, type TestDatabase } from "../../test/provider/deployment";
import { query } from "../../tools/servers/postgres";
import type { PostgresServer } from "../../tools/servers/state";
import { AGE_MS, type Program } from "./bank";
import { snapshotOf, type Snapshot } from "./catalog";
import { type Ask, configure, type DeclaredResource, type Ran, runEngine, type State } from "./engine";
import { ProviderProcess } from "./provider-process";
import { StatementProxy } from "./statement-proxy";

/** A program whose first state is on a server, to be copied for each round, and what an undisturbed change makes of it. */
export interface Stage {
  readonly program: Program;
  /** The bundled provider, which is killed. */
  readonly provider: string;
  /** The bundled provider that the run after it goes by. @default - the handlers in this process, which need no process */
  readonly again?: string;
  readonly server: PostgresServer;
  /** The database that is copied. */
  readonly template: string;
  readonly state: State;
  /** What the change sends, when nothing stops it. */
  readonly statements: readonly string[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** @param provider - the bundled provider's file */
export async function stageOf(
  program: Program,
  provider: string,
  server: PostgresServer,
  name: string,
): Promise<Stage> {
  await query(server, `CREATE DATABASE "${name}"`);
  const target = { ...server, database: name };
  const state: State = new Map();
  await inProcess(target, (ask) => orThrow(runEngine(ask, program.before, state)), Date.now() - AGE_MS);
  for (const each of program.rows) await query(target, each);
  const before = await snapshotIn(target);
  const stage = { program, provider, server, template: name, state, before };
  const { statements, after } = await onCopy(stage, "undisturbed", (copy) => undisturbed(stage, copy));
  return { ...stage, statements, after };
}

async function undisturbed(
  { program, provider, state }: Pick<Stage, "program" | "provider" | "state">,
  copy: TestDatabase,
) {
  const proxy = await StatementProxy.start(copy);
  try {
    const throughProxy = { ...copy, host: "127.0.0.1", port: proxy.port };
    await inBundle(provider, throughProxy, (ask) => orThrow(runEngine(ask, program.after, new Map(state))));
    return { statements: proxy.statements, after: await snapshotIn(copy) };
  } finally {
    await proxy.close();
  }
}

async function orThrow(run: Promise<Ran>): Promise<void> {
  const { errors } = await run;
  if (errors.length > 0) throw new Error(errors.join("; "));
}

/** Gives work a copy of the stage's database, which goes with it, and with the roles that the program makes for the whole cluster. */
export async function onCopy<T>(
  { server, template, program }: Pick<Stage, "server" | "template" | "program">,
  label: string,
  work: (copy: TestDatabase) => Promise<T>,
): Promise<T> {
  const database = `${template}_${label}`;
  await query(server, `CREATE DATABASE "${database}" TEMPLATE "${template}"`);
  try {
    return await work({ ...server, database });
  } finally {
    await query(server, `DROP DATABASE "${database}" WITH (FORCE)`);
    for (const name of rolesOf(program.after)) await query(server, `DROP ROLE IF EXISTS "${name}"`);
  }
}

/** Names of the roles that a program makes. */
export function rolesOf(program: readonly DeclaredResource[]): readonly string[] {
  return program.flatMap(({ kind, config }) => (kind === "role" ? [String(config["name"])] : []));
}

/** The handlers without a process of their own, and so without what any process before remembers. */
export async function inProcess<T>(database: TestDatabase, work: (ask: Ask) => Promise<T>, now?: number): Promise<T> {
  const handlers = createHandlers({}, now === undefined ? Date.now : () => now);
  const calls = createCalls(handlers);
  const ask: Ask = async (call, request) => calls[call]!(request);
  try {
    await configure(ask, database);
    return await work(ask);
  } finally {
    await handlers.close();
  }
}

/** The bundle in a process of its own, as an engine starts it. */
export async function inBundle<T>(
  file: string,
  database: TestDatabase,
  work: (ask: Ask, provider: ProviderProcess) => Promise<T>,
): Promise<T> {
  const provider = await ProviderProcess.start(file);
  try {
    await configure(provider.ask, database);
    return await work(provider.ask, provider);
  } finally {
    await provider.close();
  }
}

export async function snapshotIn(database: TestDatabase): Promise<Snapshot> {
  const client = await connect(database);
  try {
    return await snapshotOf(client);
  } finally {
    await client.end();
  }
}
