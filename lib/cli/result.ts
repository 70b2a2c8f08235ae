import { formatIssue, type Issue } from "../domain/issues";

/** 0: all is well. 1: issues were found, or what was asked for is refused. 2: usage, or a module that cannot be loaded. */
export type ExitCode = 0 | 1 | 2;

/** What a command gives; `main` alone prints. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** For people. Without partial results: where `exitCode` is not 0, it says why and nothing else. */
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
}

/** What was found in one module, or in one of its domains. */
export interface Finding {
  /** The module as it was named. */
  readonly module: string;
  /** `domain "orders"`, or null for the module itself. */
  readonly subject: string | null;
  readonly issues: readonly Issue[];
  readonly exitCode: 1 | 2;
}

/** The result of a command that findings keep from its work. */
export function refusal(findings: readonly Finding[]): CommandResult {
  const exitCode = findings.some((each) => each.exitCode === 2) ? 2 : 1;
  const lines = findings.flatMap(({ module, subject, issues }) =>
    subject === null
      ? issues.map(formatIssue)
      : [`${module}: ${subject} has ${issueCount(issues.length)}`, ...issues.map((each) => `  ${formatIssue(each)}`)],
  );
  return { exitCode, text: lines.map((line) => `${line}\n`).join(""), json: { exitCode, findings } };
}

export function issueCount(amount: number): string {
  return amount === 1 ? "1 issue" : `${amount} issues`;
}
