import { formatIssue, type Issue } from "../domain/issues";
import { printable } from "../preview/printable";
import { type CommandIssueCode, commandIssue, commandIssues } from "./issues";

/**
 * 0: all is well. 1: issues were found, or what was asked for is refused. 2: usage, or a module that cannot be loaded.
 * Of `diff`, as of `terraform plan -detailed-exitcode`: 0 no changes, 1 error or usage, 2 changes, 3 changes at or above `--fail-on`.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** What comes in by standard input goes out through it. */
export interface OutputFilter {
  /** What is to be written once more has come. */
  push(text: string): string;
  /** What is to be written when nothing more comes. */
  end(): string;
  /** What is to be said then, on standard error, each in one line. */
  notes(): readonly string[];
}

/** What a command gives; `main` alone prints. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** For people. Without partial results: what was asked for, or why there is none of it. */
  readonly text: string;
  /**
   * Whether the text is what was asked for, and not why there is none of it.
   * @default - where `exitCode` is 0
   */
  readonly answers?: boolean;
  /**
   * What is to be said beside it, on standard error, each in one line.
   * @default []
   */
  readonly notes?: readonly string[];
  /** The same for programs. */
  readonly json: unknown;
  /**
   * What standard input is written through, to standard output, instead of the text.
   * @default - standard input is not read
   */
  readonly filter?: OutputFilter;
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
      : [
          printable(`${module}: ${subject} has ${issueCount(issues.length)}`),
          ...issues.map((each) => `  ${formatIssue(each)}`),
        ],
  );
  return { exitCode, text: lines.map((line) => `${line}\n`).join(""), json: { exitCode, findings } };
}

/** What keeps a command from its work, thrown where it is found out. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";

  constructor(readonly findings: readonly Finding[]) {
    super(findings.flatMap(({ issues }) => issues.map(formatIssue)).join("\n"));
  }
}

/** @param module the file, ref or folder that it is about, as it was named */
export function finding(code: CommandIssueCode, module: string, detail?: string): Finding {
  const path = printable(module);
  const { exit } = commandIssues[code];
  return { module: path, subject: null, issues: [commandIssue(code, path, detail)], exitCode: exit };
}

export function failure(code: CommandIssueCode, path: string, detail?: string): CommandFailure {
  return new CommandFailure([finding(code, path, detail)]);
}

export function issueCount(amount: number): string {
  return amount === 1 ? "1 issue" : `${amount} issues`;
}
