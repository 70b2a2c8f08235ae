import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { plainStyle, type TextStyle } from "../preview/tree";
import type { CompiledDomain } from "./compile-domains";
import { addComment, COMMENT, type CommentWords } from "./comment-options";
import { addDiff, DIFF, type DiffWords } from "./diff-options";
import { addDrained, type DrainedWords } from "./drained-options";
import { addImport, type ImportWords } from "./import-options";
import { addMaintain, type MaintainWords } from "./maintain-options";
import { type GraphFormat, graphFormats } from "./formats";
import { writtenTo } from "./output-file";
import { CommandFailure, type CommandResult, failure, finding, refusal } from "./result";
import { subcommands } from "./subcommands";
import { version } from "./version";

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

/** The subcommands whose exit codes are those of `terraform plan -detailed-exitcode`. */
const LIKE_A_PLAN: readonly string[] = [DIFF, COMMENT];

const WHERE_OUTPUT = `
With - the output of an engine is read from standard input, and written with the places beside its lines:
  tofu plan | eventloom where - domain.ts
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
    const exitCode = thrown.exitCode === 0 ? 0 : LIKE_A_PLAN.includes(words[0] ?? "") ? 1 : 2;
    return { result: { exitCode, text: printed, json: { exitCode, text: printed } }, asJson: false };
  }
  if (outcome === undefined) throw new Error("no command ran");
  return outcome;
}

type Work<O> = (domains: readonly CompiledDomain[], options: O) => CommandResult;

interface Options {
  readonly json?: boolean;
  readonly replicationFactor?: number;
}

type Done = (outcome: Outcome) => void;

function buildProgram(around: Surroundings, done: Done): Command {
  const program = new Command("eventloom")
    .description(
      "Looks at domains that are declared with eventloom. Only comment, drained, import and maintain connect to anything; only lock and maintain write unasked.",
    )
    .version(version())
    .addHelpText("after", EXIT_CODES);
  const onModules = <O extends Options>(command: Command, work: Work<O>): Command =>
    command
      .argument("<module...>", "TypeScript or JavaScript files that export domains")
      .option("--json", "print JSON")
      .addHelpText("after", EXIT_CODES)
      .action(async (modules: string[], options: O) => {
        done({ result: await runOn(modules, options, work, around), asJson: options.json === true });
      });
  addPreview(program, onModules, around);
  onModules(program.command("check"), (domains) => subcommands.check()(domains)).description(
    "report every mistake of all modules at once",
  );
  addLock(program, onModules);
  addDiff(program, (words) => runDiff(words, around, done));
  addComment(program, (words) => runComment(words, done));
  addExport(program, onModules);
  addWhere(program, around, done);
  addDrained(program, (words) => runDrained(words, around, done));
  addImport(program, (words) => runImport(words, done));
  addMaintain(program, (words) => runMaintain(words, around, done));
  return program;
}

type OnModules = <O extends Options>(command: Command, work: Work<O>) => Command;

function addPreview(program: Command, onModules: OnModules, { style }: Surroundings): void {
  const command = program
    .command("preview")
    .addOption(new Option("--replication-factor <n>", "copies of each Kafka partition").argParser(replicas).default(3));
  command
    .option("--costs", "show what each event, consumer, saga, projection and the store costs")
    .option("--html <file>", "write a page that shows it all, and needs nothing else, to a file")
    .addOption(new Option("--budget <n>", "end with 1 where a domain has more resources").argParser(budget));
  onModules<Options & { readonly budget?: number; readonly costs?: boolean; readonly html?: string }>(
    command,
    (domains, { budget: most = null, costs = false, html = null }) =>
      subcommands.preview()(domains, style, { budget: most, costs, html }),
  ).description("show what domains become");
}

function addExport(program: Command, onModules: OnModules): void {
  const exporting = program.command("export").description("write what domains become in another form");
  onModules(exporting.command("sql"), (domains) => subcommands.exportSql()(domains)).description(
    "the event store as a script for psql, in one transaction",
  );
  const graph = exporting
    .command("graph")
    .addOption(new Option("--format <format>", "the form").choices(graphFormats).default("svg"))
    .option("--out <file>", "write to a file");
  onModules<Options & { readonly format: GraphFormat; readonly out?: string }>(graph, (domains, { format, out }) =>
    subcommands.exportGraph()(domains, { format, out: out ?? null }),
  ).description("a domain as a picture: who sends what to whom, and through what");
}

function addWhere(program: Command, around: Surroundings, done: Done): void {
  program
    .command("where")
    .description("say which place of a declaration a resource comes from")
    .argument("<address>", "a resource's key, physical name, Terraform address or Pulumi urn; - for an engine's output")
    .argument("<module...>", "TypeScript or JavaScript files that export domains")
    .option("--json", "print JSON")
    .addHelpText("after", WHERE_OUTPUT)
    .addHelpText("after", EXIT_CODES)
    .action(async (address: string, modules: string[], options: Options) => {
      const asJson = options.json === true;
      const isOutput = address === "-";
      if (isOutput && asJson) return done({ result: refusal([finding("CL525", "--json")]), asJson });
      const work = (domains: readonly CompiledDomain[]): CommandResult =>
        isOutput ? subcommands.whereIn()(domains, around.style) : subcommands.where()(address, domains);
      done({ result: await runOn(modules, options, work, around), asJson });
    });
}

function addLock(program: Command, onModules: OnModules): void {
  const command = program
    .command("lock")
    .option("--check", "write nothing; end with 1 where a lock is missing or stale")
    .option("--out <folder>", "the folder for all locks (default: each beside its module)");
  onModules<Options & { readonly check?: boolean; readonly out?: string }>(command, (domains, { check, out }) =>
    subcommands.lock()(domains, { check: check === true, out: out ?? null }),
  ).description("approve what domains become: write <domain>.lock.json, all of them or none");
}

async function runOn<O extends Options>(
  modules: readonly string[],
  options: O,
  work: Work<O>,
  around: Surroundings,
): Promise<CommandResult> {
  const { replicationFactor = null } = options;
  const run = (domains: readonly CompiledDomain[]): CommandResult => answering(() => work(domains, options));
  return subcommands.onModules()(modules, run, { replicationFactor, onStep: (what) => around.onStep(what) });
}

async function runDiff(words: DiffWords, around: Surroundings, done: Done): Promise<void> {
  const { asked, plan, modules, out, asJson } = words;
  const work = (domains: readonly CompiledDomain[]): CommandResult => {
    const result = plan === null ? subcommands.diff()(asked, around.style, domains) : heldAgainst(asked, plan);
    return writtenTo(out, result);
  };
  const result = modules.length === 0 ? answering(() => work([])) : await runOn(modules, {}, work, around);
  // a module that cannot be loaded is an error like any other here
  const json = { ...(result.json as object), exitCode: 1 };
  done({ result: result.answers === true ? result : { ...result, exitCode: 1, json }, asJson });
}

async function runComment({ asked, asJson }: CommentWords, done: Done): Promise<void> {
  done({ result: await answeringLater(subcommands.comment()(asked, process.env)), asJson });
}

async function runDrained({ question, asJson }: DrainedWords, { style }: Surroundings, done: Done): Promise<void> {
  const postgres = { environment: process.env, readCheckpoints: subcommands.readCheckpoints };
  done({ result: await answeringLater(subcommands.drained()(question, style, postgres)), asJson });
}

async function runImport({ question, asJson }: ImportWords, done: Done): Promise<void> {
  const importing = subcommands.importPostgres()(question, process.env, subcommands.readSchema());
  done({ result: await answeringLater(importing), asJson });
}

async function runMaintain({ question, asJson }: MaintainWords, around: Surroundings, done: Done): Promise<void> {
  const { maintain, schemasOf } = subcommands.maintain();
  const onStep = (what: string): void => around.onStep(what);
  const named = {
    environment: process.env,
    run: subcommands.runMaintenance(),
    style: around.style,
    now: Date.now,
    onStep,
  };
  const work = (domains: readonly CompiledDomain[]): CommandResult | Promise<CommandResult> => {
    const { schemas, findings } = schemasOf(domains);
    return findings.length > 0 ? refusal(findings) : maintain([...schemas, ...question.schemas], question, named);
  };
  const { modules } = question;
  const result =
    modules.length === 0
      ? await work([])
      : await subcommands.onModules()(modules, work, { replicationFactor: null, onStep });
  done({ result, asJson });
}

function heldAgainst(asked: DiffWords["asked"], plan: NonNullable<DiffWords["plan"]>): CommandResult {
  const { format } = asked;
  if (format !== "text" && format !== "markdown" && format !== "json") throw failure("CL524", "--format", format);
  return subcommands.diffWithPlan()({ ...asked, ...plan, format });
}

/** What a command gives, or what keeps it from that. */
function answering(run: () => CommandResult): CommandResult {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof CommandFailure) return refusal(thrown.findings);
    throw thrown;
  }
}

/** The same for a command that waits for a server. */
async function answeringLater(result: Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await result;
  } catch (thrown) {
    if (thrown instanceof CommandFailure) return refusal(thrown.findings);
    throw thrown;
  }
}

function allCommands(program: Command): readonly Command[] {
  return program.commands.flatMap((each) => [each, ...allCommands(each)]);
}

function budget(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a whole number.");
}

function replicas(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 32_767) return value;
  throw new InvalidArgumentError("it is a whole number from 1 to 32767.");
}
