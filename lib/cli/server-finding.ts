import type { Issue } from "../domain/issues";
import { printable } from "../preview/printable";
import type { Issue as ServerIssue } from "../provider/issue";
import type { Finding } from "./result";

/** Why a server could not be asked about a schema. */
export function serverFinding(schema: string, issues: readonly ServerIssue[]): Finding {
  const found = issues.map(({ code, summary, detail }) => ({ code, path: schema, message: summary, fix: detail }));
  return { module: printable(schema), subject: null, issues: found as readonly Issue[], exitCode: 2 };
}
