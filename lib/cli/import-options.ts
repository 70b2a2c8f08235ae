import { type Command, Option } from "commander";
import type { ImportQuestion } from "./import/import-postgres";
import type { EngineName } from "./import/program-text";

interface Options {
  readonly schema: string;
  readonly engine: EngineName;
  readonly out?: string;
  readonly imports?: string;
  readonly json?: boolean;
}

/** A question, and whether the answer is to be JSON. */
export interface ImportWords {
  readonly question: ImportQuestion;
  readonly asJson: boolean;
}

const ENGINES: readonly EngineName[] = ["cdktf", "cdktn", "pulumi"];

/** How a Postgres is named: nothing of it stands in a command line. */
export const SERVER_ENVIRONMENT = `
The server is named by the environment alone:
  PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE (disable, require, verify-full), PGSSLROOTCERT
`;

const EXIT_CODES = `
Exit codes:
  0  every table is declared, and all of it
  1  a table, or something about one, is left out; or there is nothing to declare
  2  wrong usage, or a server that cannot be asked
The program goes to standard output, what is left out to standard error, one line each.
`;

/** Adds `import postgres` to the command. */
export function addImport(program: Command, run: (words: ImportWords) => Promise<void>): void {
  program
    .command("import")
    .description("write a declaration of what is there already")
    .command("postgres")
    .description("the tables of a schema as PostgresTable, with what their engine imports them by; changes nothing")
    .requiredOption("--schema <schema>", "the schema")
    .addOption(new Option("--engine <engine>", "for which engine").choices(ENGINES).default("cdktf"))
    .option("--out <file>", "write the program to a file")
    .option("--imports <file>", "write what `pulumi import --file` takes to a file (pulumi)")
    .option("--json", "print JSON")
    .addHelpText("after", SERVER_ENVIRONMENT + EXIT_CODES)
    .action((options: Options, command: Command) => {
      const { schema, engine, out = null, imports = null } = options;
      if (imports !== null && engine !== "pulumi") {
        command.error(
          "error: option '--imports <file>' is for --engine pulumi; the others import as they are deployed",
        );
      }
      return run({ question: { schema, engine, out, imports }, asJson: options.json === true });
    });
}
