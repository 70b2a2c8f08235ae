import type { Issue } from "../../domain/issues";
import { planIssue } from "./issues";

/** An object of a file that nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object, or one without any field. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A file's object, or why there is none. */
export type ParsedFile =
  { readonly ok: true; readonly file: Fields } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Terraform's saved plan is a zip archive. */
const ZIP = "PK\u0003\u0004";

/** Parses what an engine has printed. Never shows any of it: secrets may stand there. */
export function parsePlanFile(json: string): ParsedFile {
  if (json.startsWith(ZIP)) return { ok: false, issues: [planIssue("PL902", "plan")] };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\ufeff/, ""));
  } catch {
    return { ok: false, issues: [planIssue("PL901", "plan", complaint(json))] };
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
    return { ok: true, file: parsed as Fields };
  return { ok: false, issues: [planIssue("PL903", "plan", "no object")] };
}

function complaint(json: string): string {
  if (json.trim() === "") return "the file is empty";
  if (/^\{"@level"/.test(json)) return "these are log lines of `terraform plan -json`; use `terraform show -json`";
  return `${json.length} characters`;
}
