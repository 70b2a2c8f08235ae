import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type PageInput, renderPage } from "../../../lib/preview/page/render-page";
import { bundlePage } from "../../../tools/bundle-page";
import { ensureChromium } from "../../../tools/chromium";

/** A page in a real browser, and whatever it did that it should not. */
export interface OpenPage {
  readonly page: Page;
  /** Errors, dialogs, refused loads and requests to anything but the file itself. */
  readonly wrongs: readonly string[];
}

/** A real Chromium with pages of its own. */
export class PageBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly clientScript: string,
    private readonly folder: string,
  ) {}

  static async start(): Promise<PageBrowser> {
    const executablePath = await ensureChromium();
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    return new PageBrowser(browser, await bundlePage(), mkdtempSync(join(tmpdir(), "eventloom-page-")));
  }

  /** Writes the page to a file, opens it, and waits until it answers. */
  async open(
    input: Omit<PageInput, "clientScript">,
    options: BrowserContextOptions = {},
    hash = "",
  ): Promise<OpenPage> {
    const file = join(this.folder, "page.html");
    writeFileSync(file, renderPage({ ...input, clientScript: this.clientScript }));
    const context = await this.browser.newContext({ viewport: { width: 1400, height: 850 }, ...options });
    const page = await context.newPage();
    const wrongs: string[] = [];
    page.on("pageerror", (error) => wrongs.push(`error ${error.message}`));
    page.on("console", (message) => wrongs.push(`console ${message.text()}`));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) wrongs.push(`request ${request.url()}`);
    });
    page.on("dialog", (dialog) => {
      wrongs.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`${pathToFileURL(file).href}${hash}`);
    await page.waitForSelector("html[data-ready=true]");
    return { page, wrongs };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
