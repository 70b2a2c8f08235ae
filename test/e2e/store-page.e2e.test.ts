import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { needed } from "../../tools/servers/postgres";
import { freshDatabase } from "./servers";

jest.setTimeout(120_000);

const ROOT = join(__dirname, "..", "..");
const page = readFileSync(join(ROOT, "docs", "store.md"), "utf8");

function blocks(language: string, text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map((each) => each[1] ?? "");
}

test("the page on the store shows what psql and the command really print, one after the other", async () => {
  const { host, port, username, password, database } = await freshDatabase("page");
  const folder = mkdtempSync(join(tmpdir(), "eventloom-page-"));
  const sessions = blocks("console", page);
  const [shop = ""] = blocks("ts", readFileSync(join(ROOT, "docs", "command.md"), "utf8"));
  // each stays what it is until the next command
  const scripts = [...page.matchAll(/^\$ cat (\w+\.sql)\n([^]*?)(?=^\$ )/gm)];
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(ROOT, join(folder, "node_modules", "eventloom"));
    writeFileSync(join(folder, "shop.ts"), shop);
    for (const [, name = "", text = ""] of scripts) writeFileSync(join(folder, name), text);
    const env = {
      ...process.env,
      PATH: `${dirname(needed("psql"))}:${process.env["PATH"] ?? ""}`,
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: username,
      PGPASSWORD: password,
      PGDATABASE: database,
      PSQLRC: "/dev/null",
      MAIN: join(ROOT, "dist", "cli", "main.js"),
      NODE: process.execPath,
    };
    const shell = (line: string): string =>
      spawnSync("sh", ["-c", `eventloom() { "$NODE" "$MAIN" "$@"; }; exec 2>&1\n${line}`], { cwd: folder, encoding: "utf8", env }).stdout; // prettier-ignore
    const replayed = (session: string): string => {
      const lines = session.split("\n").filter((line) => line.startsWith("$ "));
      return lines.map((line) => `${line}\n${shell(line.slice(2))}`).join("");
    };
    expect(sessions.length).toBeGreaterThan(4);
    expect(sessions.map(replayed).join("\n")).toBe(sessions.join("\n"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
