import { type CheckpointsOutcome, readCheckpoints as read } from "../../provider/postgres/checkpoints";

/** Reads the checkpoints of a store on the server that the PG* variables name: with its client, a bundle of its own. */
export type ReadCheckpoints = (
  environment: NodeJS.ProcessEnv,
  schema: string,
  processors: readonly string[],
) => Promise<CheckpointsOutcome>;

export const readCheckpoints: ReadCheckpoints = read;
