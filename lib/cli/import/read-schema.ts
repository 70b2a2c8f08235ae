import { surveySchema, type SurveyOutcome } from "../../provider/postgres/survey";

/** Reads a schema from the server that the PG* variables name: with its client, a bundle of its own. */
export type ReadSchema = (environment: NodeJS.ProcessEnv, schema: string) => Promise<SurveyOutcome>;

export const readSchema: ReadSchema = surveySchema;
