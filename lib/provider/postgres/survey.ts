import { Database, type Session } from "./connection";
import { readSettings } from "./settings";
import { readTables } from "./inspect";
import type { InspectedTable } from "./inspected";
import { describeError } from "./server-error";
import { schemaQuery, type SchemaRow } from "./catalog";
import { othersQuery, type OtherRow, type PartRow, partsQuery, type TraitRow, traitsQuery } from "./survey-queries";
import { fillDefaults } from "../attributes";
import type { Issue } from "../issue";
import { providerSchema } from "../schema";

export type { InspectedTable, OtherRow, PartRow, TraitRow };

/** All that a schema holds. */
export interface Survey {
  /** In alphabetical order, as are their lists. */
  readonly tables: readonly InspectedTable[];
  readonly traits: readonly TraitRow[];
  readonly parts: readonly PartRow[];
  readonly others: readonly OtherRow[];
}

/** What a survey came to: null for a schema that is not there. */
export type SurveyOutcome = { readonly survey: Survey | null } | { readonly issues: readonly Issue[] };

/** Reads a schema of the database that the PG* variables name. Needs the right to read the catalog, and changes nothing. */
export async function surveySchema(environment: NodeJS.ProcessEnv, schema: string): Promise<SurveyOutcome> {
  const { settings, issues } = readSettings(fillDefaults(providerSchema, {}), environment);
  if (settings === null) return { issues };
  const database = new Database(settings);
  try {
    return { survey: await database.use((session) => readSchema(session, schema)) };
  } catch (error) {
    return { issues: [describeError(error, settings, null)] };
  } finally {
    await database.close();
  }
}

/** All of one moment. */
async function readSchema(session: Session, schema: string): Promise<Survey | null> {
  await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const found = await session.query<SchemaRow>(schemaQuery, [schema]);
  const tables = await readTables(session, schema, null);
  const survey: Survey = {
    tables: [...tables].sort((a, b) => (a.model.name < b.model.name ? -1 : 1)),
    traits: await session.query<TraitRow>(traitsQuery, [schema]),
    parts: await session.query<PartRow>(partsQuery, [schema]),
    others: await session.query<OtherRow>(othersQuery, [schema]),
  };
  await session.query("COMMIT");
  return found.length === 0 ? null : survey;
}
