import type { OldGeneration } from "../../lock/generations";
import type { Topology } from "../../topology/types";
import type { GenerationCheckpoint } from "../../provider/postgres/checkpoints";

/** An old generation of a read table, and whose checkpoint says who writes it. */
export interface OldReadTable {
  readonly schema: string;
  /** With the schema. */
  readonly table: string;
  /** The table that takes over, with the schema. */
  readonly next: string;
  /** In the store's `checkpoints`. */
  readonly processor: string;
  readonly generation: number;
  readonly successor: number;
}

/** By processor: its generations. */
export type Checkpoints = Readonly<Record<string, readonly GenerationCheckpoint[]>>;

/** @returns null for what is no read table */
export function oldReadTable(
  { of, generation, successor, resources }: OldGeneration,
  { renamed, resources: declared }: Topology,
): OldReadTable | null {
  const table = resources.find((each) => each.kind === "postgres-table");
  if (table?.kind !== "postgres-table") return null;
  const projection = of.slice("projections.".length);
  const was = renamed.find(({ kind, name }) => kind === "projection" && name === projection);
  const next = declared.find((each) => each.kind === "postgres-table" && each.path === table.path);
  const named = ({ definition }: typeof table): string => `${definition.schema}.${definition.name}`;
  return {
    schema: table.definition.schema,
    table: named(table),
    next: next?.kind === "postgres-table" ? named(next) : projection,
    processor: was?.from[0] ?? projection,
    generation,
    successor,
  };
}

/** Why an old read table is still written, or is still needed. */
export function readTableReasons(old: OldReadTable, checkpoints: Checkpoints): readonly string[] {
  const { table, next, processor, generation, successor } = old;
  const all = checkpoints[processor] ?? [];
  const own = all.find((each) => each.generation === generation);
  const taker = all.find((each) => each.generation === successor);
  if (own?.status === "rebuilding") return [`${table} is being rebuilt: switch_generation to ${generation} or drop_generation it first`]; // prettier-ignore
  if (own?.status === "running") {
    if (taker === undefined) return [`${next} is not built yet: deploy who builds it, which calls start_generation with ${successor}`]; // prettier-ignore
    if (taker.behind > 0) return [`${next} has not caught up with ${table}`];
    return [`${table} is still written, and ${next} has caught up: deploy the phase drain, then switch_generation to ${successor}`]; // prettier-ignore
  }
  const runs = all.some(({ status }) => status === "running");
  return runs ? [] : [`no generation of ${processor} runs: nobody writes ${next}`];
}

/** What the checkpoints say, in words, by generation. */
export function readTableFound(
  { processor }: OldReadTable,
  checkpoints: Checkpoints,
): readonly (readonly [string, string])[] {
  const all = checkpoints[processor] ?? [];
  if (all.length === 0) return [[`checkpoints of ${processor}`, "there are none"]];
  return all.map(({ generation, status, behind }) => [
    `generation ${generation} of ${processor}`,
    status === "rebuilding" ? `rebuilding, ${behind === 0 ? "has caught up" : "behind"}` : status,
  ]);
}
