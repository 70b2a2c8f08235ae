import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderErrorDocs } from "./error-docs";

/** Writes `docs/errors.md` from the code tables. */
writeFileSync(join(__dirname, "..", "docs", "errors.md"), renderErrorDocs());
