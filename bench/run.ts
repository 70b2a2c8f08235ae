import { loadavg } from "node:os";
import Table from "cli-table3";
import { Argument, Command } from "commander";
import type { Row, Suite } from "./suite";
import { diff } from "./diff";
import { provider } from "./provider";
import { store } from "./store";
import { synth } from "./synth";

const SUITES: readonly Suite[] = [diff, provider, store, synth];

function table(rows: readonly Row[]): string {
  const printed = new Table({
    head: ["figure", "ours", "beside", "", "ratio", "goal", "holds"],
    colAligns: ["left", "right", "right", "left", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { figure, ours, beside, ratio, goal, holds } of rows) {
    printed.push([
      figure,
      ours,
      beside.value,
      beside.what,
      ratio,
      goal === null ? "" : `<= ${goal}`,
      goal === null ? "" : holds ? "yes" : "NO",
    ]);
  }
  return printed.toString();
}

/** Runs one suite, prints its figures, and says whether all goals hold. */
async function measure(suite: Suite, json: boolean): Promise<boolean> {
  const before = loadavg()[0] ?? 0;
  const rows = await suite.run((line) => process.stderr.write(`${suite.name}: ${line}\n`));
  const load = [before, loadavg()[0] ?? 0].map((value) => Number(value.toFixed(2)));
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: suite.name, load, rows })}\n`
      : `${suite.name} (load of the machine before and after: ${load.join(", ")})\n${table(rows)}\n`,
  );
  return rows.every((row) => row.holds);
}

const names = SUITES.map((each) => each.name);

void new Command("npm run bench --")
  .description("Measures each suite and prints its figures, each beside what it is held against.")
  .addArgument(new Argument("[suite...]", "the suites to run").choices(names).default(names, "all"))
  .option("--json", "a line of JSON for each suite", false)
  .addHelpText("after", "\nExit code: 0 when all goals hold, 1 when one does not, 2 for a mistake in the command.")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (asked: readonly string[], { json }: { json: boolean }) => {
    let holds = true;
    for (const suite of SUITES.filter((each) => asked.includes(each.name)))
      holds = (await measure(suite, json)) && holds;
    process.exitCode = holds ? 0 : 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
