import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandIssues } from "../../lib/cli/issues";
import { runCommandLine } from "../../lib/cli/program";
import { root } from "../sources";
import { PROGRESS, Repository } from "./command-line";

jest.setTimeout(120_000);

const page = readFileSync(join(root, "docs", "command.md"), "utf8");
const PROLOGUE = `eventloom() { "$NODE" "$JITI" "$MAIN" "$@"; }; exec 2>&1\n`;
let repository: Repository;

beforeEach(() => {
  repository = new Repository();
});

afterEach(() => repository.remove());

const lockPage = readFileSync(join(root, "docs", "lock.md"), "utf8");

function block(language: string, from = page): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(from)?.[1] ?? "";
}

/** What a session prints that starts with the page's shop. */
function replayed(session: string): string {
  repository.write({ "shop.ts": block("ts") });
  return played(session);
}

/** What a session prints that goes on where the one before has ended. */
function played(session: string): string {
  const lines = session.split("\n").filter((line) => line.startsWith("$ "));
  expect(lines.length).toBeGreaterThan(4);
  return lines.map((line) => `${line}\n${shell(line.slice(2))}`).join("");
}

function shell(line: string): string {
  const who = { GIT_AUTHOR_NAME: "Test", GIT_AUTHOR_EMAIL: "test@example.org" };
  const env = {
    ...process.env,
    ...who,
    GIT_COMMITTER_NAME: who.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: who.GIT_AUTHOR_EMAIL,
    NODE: process.execPath,
    JITI: require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs"),
    MAIN: join(root, "lib", "cli", "main.ts"),
  };
  return spawnSync("sh", ["-c", PROLOGUE + line], { cwd: repository.folder, encoding: "utf8", env }).stdout.replace(
    PROGRESS,
    "",
  );
}

describe("the page on the command", () => {
  test("shows what the commands really print, one after the other", () => {
    expect(replayed(block("console"))).toBe(block("console"));
  });

  test("names every option of every subcommand, and the help every exit code", async () => {
    for (const words of [
      ["preview"],
      ["check"],
      ["lock"],
      ["diff"],
      ["comment"],
      ["export", "sql"],
      ["export", "graph"],
      ["where"],
      ["drained"],
      ["import", "postgres"],
      ["maintain"],
    ]) {
      const { result } = await runCommandLine([...words, "--help"]);
      expect(page).toContain(`eventloom ${words.join(" ")} `);
      const options = [...result.text.matchAll(/^ {2}(--[a-z-]+)/gm)].map((each) => each[1] ?? "");
      expect(options.filter((each) => !page.includes(each))).toEqual([]);
      expect(result.text).toMatch(words[0] === "diff" || words[0] === "comment" ? /^ {2}3 {2}/m : /^ {2}2 {2}/m);
    }
  });

  test("says how to go on for every mistake in comparing and commenting", () => {
    const among = (first: string, last: string) =>
      Object.keys(commandIssues).filter((code) => code >= first && code <= last);
    const named = [...among("CL508", "CL515"), ...among("CL530", "CL539")];
    expect(named.filter((code) => !page.includes(code))).toEqual([]);
  });
});

test("the page on generations shows what the phases and the order of the deploys really are", () => {
  const page = readFileSync(join(root, "docs", "generations.md"), "utf8");
  const sessions = [...page.matchAll(/^```console\n([^]*?)^```/gm)].map((each) => each[1] ?? "");
  expect(sessions.length).toBe(2);
  repository.write({ "shop.ts": block("ts") });
  expect(sessions.map(played).join("\n")).toBe(sessions.join("\n"));
});

test("the page on the lock shows what a rename really prints", () => {
  expect(replayed(block("console", lockPage))).toBe(block("console", lockPage));
});
