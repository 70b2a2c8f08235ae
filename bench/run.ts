import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Row, Suite } from "./suite";
import { synth } from "./synth";

const SUITES: readonly Suite[] = [synth];

const USAGE = `usage: npm run bench -- [<suite>…] [--json]

Measures each suite and prints its figures, each beside what it is held against. Without a name, all suites.
Suites: ${SUITES.map((each) => each.name).join(", ")}
Exit code: 0 when all goals hold, 1 when one does not, 2 for a mistake in the command.`;

function table(rows: readonly Row[]): string {
  const cells = [
    ["figure", "ours", "beside", "", "ratio", "goal", "holds"],
    ...rows.map(({ figure, ours, beside, ratio, goal, holds }) => [
      figure,
      String(ours),
      String(beside.value),
      beside.what,
      String(ratio),
      `<= ${goal}`,
      holds ? "yes" : "NO",
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  const unknown = positionals.filter((name) => !SUITES.some((each) => each.name === name));
  if (values.help || unknown.length > 0) {
    process.stderr.write(`${unknown.length > 0 ? `no suite called ${unknown.join(", ")}\n` : ""}${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  let holds = true;
  for (const suite of SUITES.filter((each) => positionals.length === 0 || positionals.includes(each.name))) {
    const before = loadavg()[0] ?? 0;
    const rows = await suite.run((line) => process.stderr.write(`${suite.name}: ${line}\n`));
    const load = [before, loadavg()[0] ?? 0].map((value) => Number(value.toFixed(2)));
    holds &&= rows.every((row) => row.holds);
    const result = { suite: suite.name, load, rows };
    process.stdout.write(
      values.json
        ? `${JSON.stringify(result)}\n`
        : `${suite.name} (load of the machine before and after: ${load.join(", ")})\n${table(rows)}\n`,
    );
  }
  return holds ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
