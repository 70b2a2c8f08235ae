import { quoteName } from "../../postgres/quote";
import { fillDefaults } from "../attributes";
import type { Issue } from "../issue";
import { providerSchema } from "../schema";
import { Database } from "./connection";
import { describeError } from "./server-error";
import { readSettings } from "./settings";

/** Where one generation of a processor is, of all its shards together. */
export interface GenerationCheckpoint {
  readonly processor: string;
  readonly generation: number;
  readonly status: "running" | "rebuilding" | "retired";
  /** How many shards of the generation that runs are further, or are not there in this one. */
  readonly behind: number;
}

export type CheckpointsOutcome =
  { readonly checkpoints: readonly GenerationCheckpoint[] } | { readonly issues: readonly Issue[] };

/** Where the generations of some processors are, in the database that the PG* variables name. Changes nothing. */
export async function readCheckpoints(
  environment: NodeJS.ProcessEnv,
  schema: string,
  processors: readonly string[],
): Promise<CheckpointsOutcome> {
  const { settings, issues } = readSettings(fillDefaults(providerSchema, {}), environment);
  if (settings === null) return { issues };
  const database = new Database(settings);
  const table = quoteName(schema, "checkpoints");
  try {
    const checkpoints = await database.use((session) =>
      session.query<GenerationCheckpoint>(generationsOf(table), [processors]),
    );
    return { checkpoints };
  } catch (error) {
    return { issues: [describeError(error, settings, `read the checkpoints of schema "${schema}"`)] };
  } finally {
    await database.close();
  }
}

/** What `switch_generation` looks at, for every generation. */
function generationsOf(checkpoints: string): string {
  return `SELECT g.processor, g.generation, g.status,
       (SELECT count(*)::integer
          FROM ${checkpoints} ran
          LEFT JOIN ${checkpoints} n
            ON n.processor = ran.processor AND n.shard = ran.shard AND n.generation = g.generation
         WHERE ran.processor = g.processor AND ran.status = 'running'
           AND (n.shard IS NULL
                OR (n.epoch, n.transaction_id, n.global_position)
                   < (ran.epoch, ran.transaction_id, ran.global_position))) AS behind
  FROM (SELECT DISTINCT k.processor, k.generation, k.status
          FROM ${checkpoints} k WHERE k.processor = ANY ($1)) g
 ORDER BY 1, 2`;
}
