import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { connect, Deployment, type TestDatabase } from "../../test/provider/deployment";
import type { BenchServer } from "../store/server";
import { median, type Row } from "../suite";
import { appending, BEFORE, type Change, CHANGES, filling, WAITS } from "./changes";
import type { Write, Writing } from "./writers";

const WRITERS = 3;
const PAUSE_MS = 2;
/** How long they write before the change, which is what the change is held against. */
const QUIET_MS = 1_500;
const TEMPLATE = "waits_template";

/** What writers saw of a change. */
interface Seen {
  /** The longest write of those before it, in ms. */
  readonly quiet: number;
  /** The longest write that overlaps it, in ms. */
  readonly longest: number;
  /** What the change took, in ms. */
  readonly took: number;
  /** How many writes were refused from its begin on. */
  readonly refused: number;
}

type Stored = Deployment["stored"];

/**
 * How long writers wait while a table of `rows` rows is changed by the provider, beside the same change by hand, each on a fresh
 * copy of one database.
 */
export async function measureWaits(
  server: BenchServer,
  { rows, rounds }: { readonly rows: number; readonly rounds: number },
  progress: (line: string) => void,
): Promise<readonly Row[]> {
  progress(`fills tables of ${rows} rows`);
  const stored = await prepare(server, rows);
  const results: Row[] = [];
  for (const change of CHANGES) {
    const [ours, byHand]: [Seen[], Seen[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const arms = [
        async () => ours.push(await onCopy(server, (database) => byProvider(database, change, stored))),
        async () => byHand.push(await onCopy(server, (database) => plainly(database, change))),
      ];
      for (const arm of round % 2 === 0 ? arms : arms.reverse()) await arm();
    }
    results.push(...rowsOf(change, ours, byHand));
    progress(`${change.what}: ${[ours, byHand].map((each) => `${ms(median(each.map(({ longest }) => longest)))} ms (quiet ${ms(median(each.map(({ quiet }) => quiet)))})`).join(", by hand ")}`); // prettier-ignore
  }
  return results;
}

function ms(value: number): number {
  return Number(value.toPrecision(3));
}

function rowsOf({ what }: Change, ours: readonly Seen[], byHand: readonly Seen[]): readonly Row[] {
  const told = (figure: string, value: number, beside: string, other: number): Row => ({
    figure: `${what}: ${figure}`,
    ours: ms(value),
    beside: { what: beside, value: ms(other) },
    ratio: ms(value / other),
    goal: null,
    holds: true,
  });
  const of = (seen: readonly Seen[], name: keyof Seen): number => median(seen.map((each) => each[name]));
  const refused = ours.reduce((sum, each) => sum + each.refused, 0);
  if (refused > 0) throw new Error(`${what}: ${refused} writes were refused`);
  return [
    told("longest write, ms", of(ours, "longest"), "by hand", of(byHand, "longest")),
    told("longest write, ms", of(ours, "longest"), "before the change", of(ours, "quiet")),
    told("the change, ms", of(ours, "took"), "by hand", of(byHand, "took")),
  ];
}

/** The database that each run gets a copy of, and what the provider knows of its tables. */
async function prepare(server: BenchServer, rows: number): Promise<ReadonlyMap<string, Stored>> {
  await server.ask("postgres", `CREATE DATABASE ${TEMPLATE}`);
  const database = { ...server.address, database: TEMPLATE };
  const stored = new Map<string, Stored>();
  const first = Deployment.on(database, "schema");
  try {
    for (const [kind, config] of BEFORE) {
      const deployment = first.also(kind);
      await deployment.deploy(config);
      stored.set(String(config["name"]), deployment.stored);
    }
  } finally {
    await first.close();
  }
  for (const statement of filling(rows)) await server.ask(TEMPLATE, statement);
  return stored;
}

let copies = 0;

async function onCopy<T>(server: BenchServer, work: (database: TestDatabase) => Promise<T>): Promise<T> {
  const name = `waits_${++copies}`;
  await server.ask("postgres", `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  await server.ask("postgres", "CHECKPOINT");
  try {
    return await work({ ...server.address, database: name });
  } finally {
    await server.ask("postgres", `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

async function byProvider(database: TestDatabase, change: Change, stored: ReadonlyMap<string, Stored>): Promise<Seen> {
  const { lockTimeout } = change;
  const deployment = Deployment.on(database, "table", lockTimeout === undefined ? {} : { lockTimeout });
  deployment.stored = stored.get(change.table) ?? null;
  try {
    const planned = await deployment.plan(change.declared);
    failOn(change, planned);
    if (planned.statements?.length === 0) throw new Error(`${change.what}: nothing was planned`);
    return await whileWriting(database, change, async () => failOn(change, await deployment.apply(planned)));
  } finally {
    await deployment.close();
  }
}

function failOn({ what }: Change, { issues }: { readonly issues: readonly { severity: string }[] }): void {
  const errors = issues.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(`${what}: ${JSON.stringify(errors)}`);
}

async function plainly(database: TestDatabase, change: Change): Promise<Seen> {
  const client = await connect(database);
  try {
    return await whileWriting(database, change, async () => {
      for (const statement of change.byHand) await client.query(statement);
    });
  } finally {
    await client.end();
  }
}

async function whileWriting(database: TestDatabase, change: Change, work: () => Promise<void>): Promise<Seen> {
  const { username, ...rest } = database;
  const config = { ...rest, user: username };
  const writing: Writing = { config, writers: WRITERS, statement: appending(change.table), pauseMs: PAUSE_MS };
  const jiti = require.resolve("jiti/package.json").replace(/package\.json$/, join("lib", "jiti-cli.mjs"));
  const child = spawn(process.execPath, [jiti, join(__dirname, "writers.ts"), JSON.stringify(writing)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const chunks: Buffer[] = [];
  const ready = once(
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk)),
    "data",
  );
  await ready;
  await delay(QUIET_MS);
  const reader = change.behindReaderMs === undefined ? null : await reading(config, change);
  const from = Date.now();
  await work();
  const to = Date.now();
  await reader?.end;
  await delay(100);
  child.stdin.end();
  await ended;
  const text = Buffer.concat(chunks).toString("utf8");
  return seenIn(JSON.parse(text.slice(text.indexOf("\n") + 1)) as readonly Write[], from, to);
}

/** Somebody reads the table in a transaction that goes on for a while: resolves once it reads, to its end. */
async function reading(config: object, { table, behindReaderMs }: Change): Promise<{ readonly end: Promise<void> }> {
  const client = new Client(config);
  await client.connect();
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM ${WAITS}.${table} LIMIT 1`);
  return { end: delay(behindReaderMs).then(() => client.end()) };
}

function seenIn(writes: readonly Write[], from: number, to: number): Seen {
  const longest = (some: readonly Write[]): number => Math.max(0, ...some.map(([, took]) => took));
  return {
    quiet: longest(writes.filter(([at, took]) => at + took < from)),
    longest: longest(writes.filter(([at, took]) => at <= to && at + took >= from)),
    took: to - from,
    refused: writes.filter(([at, , failed]) => failed && at >= from).length,
  };
}
