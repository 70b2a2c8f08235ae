import { formatIssue, type Issue } from "../../domain/issues";
import { type OutputFile, writeFiles } from "../output-file";
import { type CommandResult, type Finding, finding, refusal } from "../result";
import { serverFinding } from "../server-finding";
import { takeover } from "./left-out";
import { type EngineName, namedTables, programText, pulumiImports } from "./program-text";
import type { ReadSchema } from "./read-schema";

/** What `import postgres` is asked for. */
export interface ImportQuestion {
  readonly schema: string;
  readonly engine: EngineName;
  /** The file for the program, or null for standard output. */
  readonly out: string | null;
  /** The file for what `pulumi import` takes, or null for none. */
  readonly imports: string | null;
}

/**
 * Writes a program that declares the tables of a schema as they are, and says what it leaves out.
 *
 * @throws CommandFailure CL517
 */
export async function importPostgres(
  question: ImportQuestion,
  environment: NodeJS.ProcessEnv,
  read: ReadSchema,
): Promise<CommandResult> {
  const { schema, engine, out, imports } = question;
  const outcome = await read(environment, schema);
  if ("issues" in outcome) return refusal([serverFinding(schema, outcome.issues)]);
  if (outcome.survey === null) return refusal([finding("CL554", schema)]);
  const { taken, left, others } = takeover(schema, outcome.survey);
  const beside = [...left, ...others];
  const answer = { schema, engine, tables: [], program: null, left, others };
  if (taken.length === 0) {
    const { exitCode, text, json } = refusal([withIssues(finding("CL555", schema), beside)]);
    return { exitCode, text, json: { ...answer, ...(json as object) } };
  }
  const tables = namedTables(schema, taken);
  const program = programText(engine, schema, tables);
  const files: readonly (OutputFile | null)[] = [
    out === null ? null : { path: out, text: program },
    imports === null ? null : { path: imports, text: pulumiImports(tables) },
  ];
  writeFiles(files.filter((each): each is OutputFile => each !== null));
  const exitCode = left.length === 0 ? 0 : 1;
  return {
    exitCode,
    answers: true,
    text: out === null ? program : "",
    notes: beside.map(formatIssue),
    json: { exitCode, ...answer, tables, program, findings: [] },
  };
}

function withIssues(base: Finding, more: readonly Issue[]): Finding {
  return { ...base, issues: [...base.issues, ...more] };
}
