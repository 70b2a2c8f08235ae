import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { renderPage } from "../../lib/preview/page/render-page";
import type { MadeChange } from "./make";

/** How large a window most people have. */
const VIEWPORT = { width: 1160, height: 650 };

/** What a reader sees who opens the page of a change, as PNG: light, with nothing moving. */
export async function pictureOf(browser: Browser, { base, head }: MadeChange, clientScript: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "eventloom-picture-"));
  const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: "light", reducedMotion: "reduce" });
  try {
    const file = join(folder, "page.html");
    const input = { title: `Changes of ${head.domain}`, topologies: [head.topology], diffs: [diffLocks(base, head)] };
    writeFileSync(file, renderPage({ ...input, clientScript }));
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready=true]");
    return await page.screenshot({ type: "png", animations: "disabled", caret: "hide" });
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
