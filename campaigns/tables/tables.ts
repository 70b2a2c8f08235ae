import fc from "fast-check";
import type { Client } from "pg";
import type { TableModel } from "../../lib/postgres/model";
import { validateTable } from "../../lib/postgres/validate";
import { bareOf, rollingNow, tableModel } from "../../test/postgres/arbitraries";
import { compressionsOf, connect, Deployment, type TestDatabase } from "../../test/provider/deployment";
import { query } from "../../tools/servers/postgres";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { onServers } from "../own-servers";

/** One table: what is in it, and where what is on the server was not what was declared. */
export interface TableRound {
  readonly round: number;
  readonly has: readonly string[];
  /** Empty when apply, inspect, diff left nothing to do, for every way to the table. */
  readonly differences: readonly string[];
  /** The table, where there are differences. */
  readonly table?: TableModel;
}

/** The campaign. */
export const tables: Campaign = {
  name: "tables",
  description: "applies random tables to a real Postgres, and expects that inspecting them finds what was declared",
  count: 1000,
  onPostgres: true,
  run: runOnServers,
};

function runOnServers(options: CampaignOptions): Promise<CampaignResult> {
  return onServers(options, { only: ["postgres"] }, async ({ postgres }) => {
    const database = `tables_${process.pid}`;
    await query(postgres, `CREATE DATABASE "${database}"`);
    return runTables({ ...postgres, database }, options);
  });
}

/** Applies tables one after the other, each to an empty schema. */
export async function runTables(target: TestDatabase, options: CampaignOptions): Promise<CampaignResult> {
  const client = await connect(target);
  const has: Record<string, number> = {};
  let failures = 0;
  try {
    const models = fc.sample(tableModel("t_", await compressionsOf(client)), {
      seed: options.seed,
      numRuns: options.count,
    });
    for (const [at, model] of models.entries()) {
      const round = at + 1;
      const differences = await differencesOf(model, target, client);
      const features = featuresOf(model);
      for (const each of features) has[each] = (has[each] ?? 0) + 1;
      if (differences.length > 0) failures++;
      options.onRow({ round, has: features, differences, ...(differences.length > 0 ? { table: model } : {}) });
      if (round % 50 === 0) options.onProgress(`${round} of ${options.count}: ${failures} failed`);
    }
    return { rounds: models.length, failures, summary: has };
  } finally {
    await client.end();
  }
}

async function differencesOf(model: TableModel, target: TestDatabase, client: Client): Promise<readonly string[]> {
  const ways: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    ["made whole", () => made(target, [model])],
    ["made bare, then completed", () => made(target, [bareOf(model), model])],
  ];
  const found: string[] = validateTable(model).map(({ code, path }) => `${code} ${path}`);
  for (const [way, go] of ways) {
    await emptySchema(client);
    try {
      found.push(...(await go()).map((each) => `${way}: ${each}`));
    } catch (error) {
      found.push(`${way}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}

/** Applies each state in turn; says what another process then still finds to do, with and without the engine's state. */
async function made(target: TestDatabase, states: readonly TableModel[]): Promise<readonly string[]> {
  const last = configOf(states.at(-1)!);
  const stored = await inProcess(target, async (deployment) => {
    for (const state of states) await deployment.deploy(configOf(state));
    return deployment.stored;
  });
  const planned = await inProcess(target, (deployment) => {
    deployment.stored = stored;
    return deployment.plan(last);
  });
  const { removal: _, ...unowned } = last;
  const adopted = await inProcess(target, (deployment) => deployment.plan(unowned));
  return [
    ...(planned.action === "none" ? [] : [`planned again: ${planned.action} ${planned.changed.join(", ")}`]),
    ...(adopted.action === "adopt" ? [] : [`adopted: ${adopted.action}`]),
    ...[...planned.issues, ...adopted.issues].map(({ code, summary }) => `${code} ${summary}`),
    ...(planned.statements ?? []),
    ...(adopted.statements ?? []),
  ];
}

async function inProcess<T>(target: TestDatabase, work: (deployment: Deployment) => Promise<T>): Promise<T> {
  const deployment = Deployment.on(target, "table", {}, () => rollingNow);
  try {
    return await work(deployment);
  } finally {
    await deployment.close();
  }
}

function configOf(model: TableModel): Record<string, never> {
  return { ...model, declaredBy: "orders" } as unknown as Record<string, never>;
}

function featuresOf(model: TableModel): readonly string[] {
  const lists = ["uniques", "foreignKeys", "exclusions", "checks", "indexes", "triggers"] as const;
  return [
    ...lists.filter((name) => model[name].length > 0),
    ...partitioningFeatures(model),
    ...(["identity", "generated", "compression"] as const).filter((name) =>
      model.columns.some((c) => c[name] !== null),
    ),
  ];
}

function partitioningFeatures({ partitioning }: TableModel): readonly string[] {
  if (partitioning === null) return [];
  const { partitions, strategy, columns, rolling } = partitioning;
  return [
    strategy,
    ...(columns.length > 1 ? ["range of columns"] : []),
    ...(partitions.some((each) => each.partitioning !== null) ? ["two levels"] : []),
    ...(partitions.some((each) => each.default) ? ["default"] : []),
    ...(rolling === null ? [] : ["rolling"]),
  ];
}

async function emptySchema(client: Client): Promise<void> {
  await client.query(`
    SET client_min_messages = warning;
    DROP SCHEMA IF EXISTS s CASCADE;
    CREATE SCHEMA s;
    CREATE SEQUENCE s.numbers;
    CREATE TABLE s.target (id bigint PRIMARY KEY);
    CREATE FUNCTION s.guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`);
}
