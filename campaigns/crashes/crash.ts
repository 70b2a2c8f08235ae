import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { connect, type TestDatabase } from "../../test/provider/deployment";
import { unfinishedIn } from "./catalog";
import { type Ask, type Ran, runEngine, type State } from "./engine";
import type { Bystander, OwnPostgres } from "./own-postgres";
import type { ProviderProcess } from "./provider-process";
import { inBundle, inProcess, onCopy, snapshotIn, type Stage } from "./stage";
import { type Passing, StatementProxy, type Watcher } from "./statement-proxy";

/**
 * Who goes: the provider's process; that and all that the engine has not stored yet, as when the engine is killed; the connection;
 * the server's process for the session, which ends all others too; the server.
 */
export const VICTIMS = ["provider", "engine", "connection", "session", "server"] as const;
export type Victim = (typeof VICTIMS)[number];

/**
 * When: the server has the statement; it has done it and nobody was told; or it waits in the midst of it, for somebody who writes
 * (what is built is not looked after by writers yet) or who reads (it is, but nobody may use it).
 */
export const MOMENTS = ["sent", "answered", "waits for a writer", "waits for a reader"] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Crash {
  /** Which statement: 1 is the first. */
  readonly at: number;
  readonly victim: Victim;
  readonly moment: Moment;
}

/** What a round has come to. */
export interface CrashOutcome {
  /** The statement at which it happened; null when none came to that. */
  readonly statement: string | null;
  /** What the first run said. */
  readonly said: readonly string[];
  /** What was unfinished between the runs. */
  readonly left: readonly string[];
  /** Where the second run, or a third, did not do what it should; empty when all is well. */
  readonly wrong: readonly string[];
}

/** Runs the change until it is stopped, then once more, and compares with what an undisturbed one makes. */
export function crash(
  stage: Stage,
  server: OwnPostgres,
  { at, victim, moment }: Crash,
  label: string,
): Promise<CrashOutcome> {
  return onCopy(stage, label, async (copy) => {
    const state: State = new Map(stage.state);
    const first = await firstRun(stage, server, copy, { at, victim, moment }, state);
    const left = await leftIn(copy);
    const kept = victim === "engine" ? new Map(stage.state) : state;
    const run = (ask: Ask): Promise<Ran> => runEngine(ask, stage.program.after, kept);
    const second = await (stage.again === undefined ? inProcess(copy, run) : inBundle(stage.again, copy, run));
    await first.released;
    const third = await inProcess(copy, run);
    const wrong = [
      ...first.said.filter((text) => victim !== "provider" && victim !== "engine" && !/^PG\d{3}: /.test(text)).map((text) => `unclear: ${text}`), // prettier-ignore
      ...second.errors.map((text) => `the second run: ${text}`),
      ...third.errors.map((text) => `the third run: ${text}`),
      ...third.applied.map((address) => `the third run changed ${address}`),
      ...(await differences(stage, copy)),
    ];
    return { statement: first.statement, said: first.said, left, wrong };
  });
}

interface FirstRun {
  readonly statement: string | null;
  readonly said: readonly string[];
  /** Kept once nobody is in the way of statements any more. */
  readonly released: Promise<void>;
}

async function firstRun(
  { provider: file, program }: Stage,
  server: OwnPostgres,
  copy: TestDatabase,
  { at, victim, moment }: Crash,
  state: State,
): Promise<FirstRun> {
  let statement: string | null = null;
  let done = false;
  let blocker: Client | null = null;
  let bystander: Bystander | null = null;
  let process_: ProviderProcess | null = null;
  let strikes: Promise<void> = Promise.resolve();
  const strike = ({ sql, backend }: Passing): void => {
    statement = sql;
    if (victim === "provider" || victim === "engine") process_?.kill();
    else if (victim === "connection") proxy.cut();
    else if (bystander !== null) strikes = server.killSession(backend, bystander);
    else strikes = server.killAndStart();
  };
  const watcher: Watcher = {
    sending: async (passing) => {
      if (passing.at !== at) return;
      if (victim === "session") bystander = await server.bystander();
      if (moment.startsWith("waits")) blocker = await blockerIn(copy, moment);
    },
    sent: async (passing) => {
      if (passing.at !== at || moment === "answered") return;
      if (blocker !== null) await untilItWaits(blocker, passing.backend, () => done);
      strike(passing);
    },
    answered: async (passing) => {
      if (passing.at !== at) return;
      done = true;
      if (moment === "answered") strike(passing);
    },
  };
  const proxy = await StatementProxy.start(copy, watcher);
  const throughProxy = { ...copy, host: "127.0.0.1", port: proxy.port };
  const ran: Ran = await inBundle(file, throughProxy, (ask, started) => {
    process_ = started;
    return runEngine(ask, program.after, state);
  });
  await proxy.close();
  await strikes;
  // The second run comes while the server still does what the first one asked for.
  return { statement, said: ran.errors, released: releaseLater(blocker) };
}

async function releaseLater(blocker: Client | null): Promise<void> {
  if (blocker === null) return;
  await sleep(300);
  await blocker.end().catch(() => undefined);
}

/** Somebody who has every table open, and holds up what is done beside writers. */
async function blockerIn(copy: TestDatabase, moment: Moment): Promise<Client> {
  const client = await connect(copy);
  // A server that is killed ends this one too.
  client.on("error", () => undefined);
  const { rows } = await client.query<{ names: string | null }>(
    "SELECT string_agg(oid::regclass::text, ', ') AS names FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'",
  );
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  const lock = moment === "waits for a writer" ? "ROW EXCLUSIVE" : "ACCESS SHARE";
  if (rows[0]?.names) await client.query(`LOCK TABLE ${rows[0].names} IN ${lock} MODE`);
  await client.query("SELECT 1");
  return client;
}

/** A statement that nobody is in the way of is done before. One that the server has not begun looks as if it were, but for its answer. */
async function untilItWaits(client: Client, backend: number, isDone: () => boolean): Promise<void> {
  for (let left = 1000; left > 0 && !isDone(); left--) {
    const { rows } = await client.query<{ waits: boolean }>(
      "SELECT wait_event_type = 'Lock' AND state = 'active' AS waits FROM pg_stat_get_activity($1)",
      [backend],
    );
    if (rows[0]?.waits === true) return;
    await sleep(10);
  }
}

/** What is unfinished now. */
export async function leftIn(copy: TestDatabase): Promise<readonly string[]> {
  const client = await connect(copy);
  try {
    return await unfinishedIn(client);
  } finally {
    await client.end();
  }
}

/** Sessions that a killed provider leaves end on their own, a moment later. */
export async function differences({ after }: Pick<Stage, "after">, copy: TestDatabase): Promise<readonly string[]> {
  for (let left = 20; ; left--) {
    const now = await snapshotIn(copy);
    const found = [
      ...now.unfinished,
      ...minus(after.catalog, now.catalog).map((line) => `missing: ${line}`),
      ...minus(now.catalog, after.catalog).map((line) => `too much: ${line}`),
      ...minus(now.rows, after.rows).map((line) => `other rows: ${line}`),
      ...minus(after.rows, now.rows).map((line) => `other rows than: ${line}`),
    ];
    if (found.length === 0 || left === 0) return found;
    await sleep(50);
  }
}

function minus(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const each of others) left.set(each, (left.get(each) ?? 0) + 1);
  return all.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

/** Every crash of a change: at each statement everybody goes once, and the provider both before and after it is done. */
export function crashesOf({ statements }: Pick<Stage, "statements">): readonly Crash[] {
  return statements.flatMap((sql, index) => {
    const at = index + 1;
    const always: readonly Crash[] = [
      { at, victim: "provider", moment: "sent" },
      { at, victim: "provider", moment: "answered" },
      { at, victim: "engine", moment: "answered" },
      { at, victim: "connection", moment: "answered" },
      { at, victim: "session", moment: "sent" },
      { at, victim: "server", moment: "answered" },
    ];
    if (!/\bCONCURRENTLY\b/.test(sql)) return always;
    const waits = (["waits for a writer", "waits for a reader"] as const).flatMap((moment) =>
      VICTIMS.map((victim) => ({ at, victim, moment })),
    );
    return [...always, ...waits];
  });
}
