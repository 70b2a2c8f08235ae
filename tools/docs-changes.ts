import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { bundlePage } from "./bundle-page";
import { ensureChromium } from "./chromium";
import { documentedChanges } from "./docs-changes/changes";
import { makeChange, type MadeChange } from "./docs-changes/make";
import { pictureOf } from "./docs-changes/picture";

/**
 * Writes `docs/changes`: for each typical change of the example the comment and a picture of the page. With `--check` nothing is
 * written; it ends with 1 where the committed text is not what is made now.
 */
const folder = join(__dirname, "..", "docs", "changes");

async function main(): Promise<void> {
  const made = new Map<string, MadeChange>();
  for (const each of documentedChanges) made.set(each.name, await makeChange(each));
  const texts = new Map([["README.md", index()], ...[...made].map(([name, { markdown }]) => [`${name}.md`, markdown] as const)]); // prettier-ignore
  if (process.argv.includes("--check")) return check(texts);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of texts) writeFileSync(join(folder, file), text);
  await takePictures(made);
}

function check(texts: ReadonlyMap<string, string>): void {
  for (const [file, text] of texts) {
    const path = join(folder, file);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    process.stdout.write(`docs/changes/${file} is not what npm run docs:changes makes\n`);
    process.exitCode = 1;
  }
}

async function takePictures(made: ReadonlyMap<string, MadeChange>): Promise<void> {
  const script = await bundlePage();
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ["--no-sandbox"] });
  try {
    for (const [name, each] of made) {
      const png = await pictureOf(browser, each, script);
      writeFileSync(join(folder, `${name}.png`), png);
      process.stdout.write(`docs/changes/${name}.png ${Math.round(png.length / 1024)} kB\n`);
    }
  } finally {
    await browser.close();
  }
}

function index(): string {
  const lines = documentedChanges.map(({ name, title }) => `- [${title}](${name}.md)`);
  return [
    "# What a reviewer sees",
    "",
    "Typical changes of the order system, each with the comment that is posted to its pull request and a picture of the page:",
    "",
    ...lines,
    "",
  ].join("\n");
}

void main();
