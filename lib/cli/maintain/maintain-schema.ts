import { maintainSchema, type MaintainOptions, type MaintainOutcome } from "../../provider/postgres/maintain";

/** Maintains a schema of the server that the PG* variables name: with its client, a bundle of its own. */
export type MaintainSchema = (
  environment: NodeJS.ProcessEnv,
  schema: string,
  options: MaintainOptions,
) => Promise<MaintainOutcome>;

export const runMaintenance: MaintainSchema = maintainSchema;
