import { type Command, InvalidArgumentError, Option } from "commander";
import type { MaintainQuestion } from "./maintain/maintain";
import { SERVER_ENVIRONMENT } from "./import-options";

interface Options {
  readonly schema: readonly string[];
  readonly dryRun?: boolean;
  readonly lockTimeout: number;
  readonly json?: boolean;
}

/** A question, and whether the answer is to be JSON. */
export interface MaintainWords {
  readonly question: MaintainQuestion;
  readonly asJson: boolean;
}

const EXIT_CODES = `
Exit codes:
  0  all that was due is done
  1  something is left to do: a lock was not to be had, or it needs a person
  2  wrong usage, a module that cannot be loaded, or a server that cannot be asked
What was done goes to standard output, what is left to standard error, one line each.
`;

/** Adds `maintain` to the command. */
export function addMaintain(program: Command, run: (words: MaintainWords) => Promise<void>): void {
  program
    .command("maintain")
    .description("make the leaves that are due, detach old ones, and clean inbox and timeouts; drops nothing")
    .argument("[module...]", "TypeScript or JavaScript files that export domains, whose stores are maintained")
    .addOption(
      new Option("--schema <schema>", "a schema, of a store or of other tables; may be given several times")
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], "none"),
    )
    .option("--dry-run", "print the statements with their locks, and do nothing")
    .addOption(
      new Option("--lock-timeout <seconds>", "for how long a try waits for a lock, and others behind it")
        .argParser(seconds)
        .default(3),
    )
    .option("--json", "print JSON")
    .addHelpText("after", SERVER_ENVIRONMENT + EXIT_CODES)
    .action((modules: string[], { schema, dryRun, lockTimeout, json }: Options, command: Command) => {
      if (modules.length + schema.length === 0) {
        command.error("error: nothing to maintain: name a module, or a schema with --schema <schema>");
      }
      const question = { modules, schemas: schema, dryRun: dryRun === true, lockTimeout };
      return run({ question, asJson: json === true });
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 0.01 && value <= 3600) return value;
  throw new InvalidArgumentError("it is a number of seconds from 0.01 to 3600.");
}
