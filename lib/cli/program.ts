import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { plainStyle, type TextStyle } from "../preview/tree";
import { check } from "./check";
import { type CompiledDomain, compileDomains } from "./compile-domains";
import { exportSql } from "./export-sql";
import { loadModules } from "./load-modules";
import { preview } from "./preview";
import { type CommandResult, refusal } from "./result";

/** What a run of the command needs from its surroundings. */
export interface Surroundings {
  /** How the text for people is set off. */
  readonly style: TextStyle;
  /** Hears what is being done, for when it takes long. */
  onStep(what: string): void;
}

/** A result with the way in which it was asked for. */
export interface Outcome {
  readonly result: CommandResult;
  readonly asJson: boolean;
}

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  issues were found, or what was asked for is refused
  2  wrong usage, or a module that cannot be loaded
Results go to standard output; issues go to standard error, or with --json to standard output too.
`;

const quiet: Surroundings = { style: plainStyle, onStep: () => undefined };

/**
 * Runs one command line. Prints nothing and never throws for what a user wrote.
 *
 * @param words the arguments after the command's name: `["preview", "domain.ts"]`
 */
export async function runCommandLine(words: readonly string[], around: Surroundings = quiet): Promise<Outcome> {
  let outcome: Outcome | undefined;
  let printed = "";
  const program = buildProgram(around, (made) => (outcome = made));
  const collect = {
    writeOut: (text: string) => void (printed += text),
    writeErr: (text: string) => void (printed += text),
  };
  for (const each of [program, ...allCommands(program)]) each.exitOverride().configureOutput(collect);
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // --help and --version end in an error of code 0; commander's own code for wrong usage is 1
    const exitCode = thrown.exitCode === 0 ? 0 : 2;
    return { result: { exitCode, text: printed, json: { exitCode, text: printed } }, asJson: false };
  }
  if (outcome === undefined) throw new Error("no command ran");
  return outcome;
}

type Work = (domains: readonly CompiledDomain[], style: TextStyle) => CommandResult;

interface Options {
  readonly json?: boolean;
  readonly replicationFactor: number;
}

function buildProgram(around: Surroundings, done: (outcome: Outcome) => void): Command {
  const program = new Command("eventloom")
    .description("Looks at domains that are declared with eventloom. Connects to nothing and changes nothing.")
    .version(version())
    .addHelpText("after", EXIT_CODES);
  const onModules = (command: Command, work: Work): Command =>
    command
      .argument("<module...>", "TypeScript or JavaScript files that export domains")
      .option("--json", "print JSON")
      .addHelpText("after", EXIT_CODES)
      .action(async (modules: string[], options: Options) => {
        done({ result: await runOn(modules, options, work, around), asJson: options.json === true });
      });
  const withReplicas = (command: Command): Command =>
    command.option("--replication-factor <n>", "copies of each Kafka partition", replicas, 3);
  onModules(withReplicas(program.command("preview")), preview).description("show what domains become");
  onModules(program.command("check"), check).description("report every mistake of all modules at once");
  const exporting = program.command("export").description("write what domains become in another form");
  onModules(exporting.command("sql"), exportSql).description(
    "the event store as a script for psql, in one transaction",
  );
  return program;
}

async function runOn(
  modules: readonly string[],
  options: Options,
  work: Work,
  around: Surroundings,
): Promise<CommandResult> {
  const loaded = await loadModules(modules, (what) => around.onStep(what));
  around.onStep("compiling");
  const { replicationFactor } = options;
  const compiled = compileDomains(loaded.domains, replicationFactor === undefined ? {} : { replicationFactor });
  const findings = [...loaded.findings, ...compiled.findings];
  return findings.length > 0 ? refusal(findings) : work(compiled.domains, around.style);
}

function allCommands(program: Command): readonly Command[] {
  return program.commands.flatMap((each) => [each, ...allCommands(each)]);
}

function replicas(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 32_767) return value;
  throw new InvalidArgumentError("it is a whole number from 1 to 32767.");
}

function version(): string {
  const manifest = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
