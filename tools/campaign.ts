import { randomInt } from "node:crypto";
import { Argument, Command, InvalidArgumentError } from "commander";
import type { Campaign } from "../campaigns/campaign";
import { crashes } from "../campaigns/crashes";
import { generations } from "../campaigns/generations";
import { previews } from "../campaigns/previews";
import { reads } from "../campaigns/reads";
import { store } from "../campaigns/store";
import { tables } from "../campaigns/tables";
import { POSTGRES_MAJORS, type PostgresMajor, postgresMajor } from "./postgres-servers";

const CAMPAIGNS: readonly Campaign[] = [crashes, generations, previews, reads, store, tables];
const LARGEST_SEED = 2 ** 31 - 1;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= LARGEST_SEED) return value;
  throw new InvalidArgumentError(`it is a whole number from 1 to ${LARGEST_SEED}.`);
}

interface Options {
  readonly seed: number;
  readonly count?: number;
  readonly from?: number;
  readonly victim?: string;
  readonly engine?: string;
  readonly postgres?: PostgresMajor;
  readonly partitioning?: string;
}

let finished = false;
// node ends in silence when all that is left is a promise that nobody keeps
process.on("exit", () => {
  if (finished) return;
  process.stderr.write(
    "campaign: ended before its last round: by the error that follows, or with a client that waits for ever\n",
  );
  process.exitCode = 1;
});

async function run(campaign: Campaign, options: Options): Promise<void> {
  const {
    seed,
    count = campaign.count,
    engine = campaign.engines?.[0],
    from,
    victim,
    postgres,
    partitioning,
  } = options;
  const onProgress = (line: string): void => void process.stderr.write(`${campaign.name}: ${line}\n`);
  const onRow = (row: object): void => void process.stdout.write(`${JSON.stringify(row)}\n`);
  const named = { from, victim, engine, postgres, partitioning };
  const by = Object.entries(named).map(([name, value]) => (value === undefined ? "" : ` --${name} ${value}`)).join(""); // prettier-ignore
  onProgress(`--seed ${seed} --count ${count}${by}`);
  const result = await campaign.run({ seed, count, ...named, onProgress, onRow });
  onRow({ campaign: campaign.name, seed, ...named, ...result });
  onProgress(`${result.failures} of ${result.rounds} failed; again with --seed ${seed} --count ${count}${by}`);
  process.exitCode = result.failures > 0 ? 1 : 0;
  finished = true;
}

const names = CAMPAIGNS.map(({ name }) => name);
const ENGINES = CAMPAIGNS.filter(({ engines }) => engines !== undefined)
  .map(({ name, engines = [] }) => `${name} by ${engines.join(", ")}`)
  .join("; ");

const VICTIMS = CAMPAIGNS.flatMap(({ victims = [] }) => victims).join(", ");

/** The first option that a campaign has no use for, and what there is. */
function unfit(campaign: Campaign, options: Options): string | undefined {
  const { engine, from, victim, postgres, partitioning } = options;
  const refuse = (name: string, value: string | number, there = ""): string =>
    `error: option '--${name} ${value}' is not for ${campaign.name}.${there}`;
  if (engine !== undefined && campaign.engines?.includes(engine) !== true)
    return refuse("engine", engine, ` There is: ${ENGINES}.`);
  if (from !== undefined && campaign.inOrder !== true) return refuse("from", from);
  if (victim !== undefined && campaign.victims?.includes(victim) !== true) return refuse("victim", victim);
  if (postgres !== undefined && campaign.onPostgres !== true) return refuse("postgres", postgres);
  if (partitioning !== undefined && campaign.partitionings?.includes(partitioning) !== true)
    return refuse("partitioning", partitioning);
  return undefined;
}

void new Command("npm run campaign --")
  .description("Searches at random for what the tests do not find; prints a line of JSON for each round.")
  .addArgument(new Argument("<name>", "the campaign").choices(names))
  .option("--seed <n>", "the same seed and count give the same run", wholeNumber, randomInt(1, LARGEST_SEED))
  .option("--count <n>", "how many rounds (default: as many as the campaign says)", wholeNumber)
  .option("--from <n>", "begin at this round and go on in their order, `--count` of them (crashes)", wholeNumber)
  .option("--victim <name>", `kill nobody else: ${VICTIMS} (crashes)`)
  .option("--engine <name>", `who deploys: ${ENGINES} (default: the first)`)
  .option(
    "--postgres <major>",
    `on this version of Postgres: ${POSTGRES_MAJORS.join(", ")} (crashes, reads, store, tables)`,
    postgresMajor,
  )
  .option("--partitioning <way>", "how events are spread: none, list, range (store; default: by hashes)")
  .addHelpText(
    "after",
    "\nExit code: 0 when all rounds were as they should be, 1 when one was not, 2 for a mistake in the command.",
  )
  .exitOverride((error) => {
    finished = true;
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .action(async (name: string, options: Options, command: Command) => {
    const campaign = CAMPAIGNS.find((each) => each.name === name);
    if (campaign === undefined) return;
    const mistake = unfit(campaign, options);
    if (mistake !== undefined) command.error(mistake);
    await run(campaign, options);
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`campaign: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    finished = true;
  });
