import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "../../lib/cli/program";
import { parseLock } from "../../lib/lock/parse-lock";
import type { Lock } from "../../lib/lock/types";
import type { Attempt, DocumentedChange, Edit } from "./changes";

const root = join(__dirname, "..", "..");
const example = join(root, "examples", "orders");

/** A change as it was made: the page about it, and both locks of its first attempt. */
export interface MadeChange {
  readonly markdown: string;
  readonly base: Lock;
  readonly head: Lock;
}

/** Makes a change of the example as a user does: edits the declaration, locks it, compares. Nothing is written but a folder of its own. */
export async function makeChange(change: DocumentedChange): Promise<MadeChange> {
  const [first, ...others] = change.attempts;
  const folder = join(root, ".eventloom", "docs-changes", String(process.pid), change.name);
  try {
    const sections = [await sectionOf(join(folder, "0"), first, change)];
    for (const [index, each] of others.entries())
      sections.push(await sectionOf(join(folder, String(index + 1)), each, change));
    return {
      markdown: `# ${change.title}\n\n${sections.join("\n")}\n${FOOT}`,
      base: readLock(join(folder, "0", "base.lock.json")),
      head: readLock(join(folder, "0", "orders.lock.json")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const FOOT = "Made by `npm run docs:changes` from [examples/orders](../../examples/orders/domain.ts).\n";

async function sectionOf(folder: string, attempt: Attempt, { name, picture }: DocumentedChange): Promise<string> {
  const { title, says, edits, shows } = attempt;
  const printed = await printedBy(folder, attempt);
  const parts = [
    ...(title === "" ? [] : [`## ${title}`]),
    says,
    `\`\`\`diff\n${edits.map(diffOf).join("")}\`\`\``,
    ...(shows === "lock"
      ? ["`eventloom lock` ends with 1:", `\`\`\`text\n${printed}\`\`\``]
      : [
          ...(title === "" ? ["The page, by `eventloom diff --format html`:", `![${picture}](${name}.png)`] : []),
          "The comment, by `eventloom diff --format markdown`:",
          quoted(printed),
        ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** What the command says of an attempt, in a folder of its own with the example's declaration and lock. */
async function printedBy(folder: string, { edits, shows }: Attempt): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const lock = join(example, "orders.lock.json");
  for (const copy of ["base.lock.json", "orders.lock.json"]) copyFileSync(lock, join(folder, copy));
  writeFileSync(join(folder, "domain.ts"), edited(readFileSync(join(example, "domain.ts"), "utf8"), edits));
  const from = process.cwd();
  try {
    process.chdir(folder);
    if (shows === "lock") return await run(1, "lock", "domain.ts");
    await run(0, "lock", "domain.ts");
    return await run(2, "diff", "--base", "base.lock.json", "--head", "orders.lock.json", "--format", "markdown");
  } finally {
    process.chdir(from);
  }
}

async function run(expected: number, ...words: readonly string[]): Promise<string> {
  const { exitCode, text } = (await runCommandLine(words)).result;
  if (exitCode !== expected) throw new Error(`eventloom ${words.join(" ")} ended with ${exitCode}: ${text}`);
  return text;
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((all, [from, to]) => {
    if (all.split(from).length !== 2) throw new Error(`the example does not have this once: ${from}`);
    return all.replace(from, () => to);
  }, text);
}

/** Lines that are on both sides at the beginning or the end stand there once. */
function diffOf([from, to]: Edit): string {
  const [before, after] = [from, to].map((each) => each.trimEnd().split("\n")) as [string[], string[]];
  const lines: string[] = [];
  while (before.length > 0 && before[0] === after[0]) {
    lines.push(` ${after.shift()}\n`);
    before.shift();
  }
  return [...lines, ...before.map((line) => `-${line}\n`), ...after.map((line) => `+${line}\n`)].join("");
}

/** A comment as it is seen: what is quoted is rendered all the same. */
function quoted(markdown: string): string {
  return markdown
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

function readLock(file: string): Lock {
  const parsed = parseLock(readFileSync(file, "utf8"), file);
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join("; "));
  return parsed.lock;
}
