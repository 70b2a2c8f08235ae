import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The page's own script, as the build has bundled it: `dist/preview/page/client.js`.
 *
 * @throws Error - the package was not built.
 */
export function pageScript(): string {
  return readFileSync(join(__dirname, "..", "preview", "page", "client.js"), "utf8");
}
