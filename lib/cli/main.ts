#!/usr/bin/env node
import { once } from "node:events";
import { writeSync } from "node:fs";
import { styleText } from "node:util";
import type { WriteStream } from "node:tty";
import { printable } from "../preview/printable";
import { plainStyle, type TextStyle } from "../preview/tree";
import { thrownLine } from "./issues";
import type { ExitCode, OutputFilter } from "./result";
import { startProgress } from "./progress";
import { type Outcome, runCommandLine } from "./program";

/** Colour on a terminal that has it; NO_COLOR and FORCE_COLOR are heeded by hasColors(). */
function styleFor(stream: WriteStream): TextStyle {
  if (!stream.isTTY || !stream.hasColors()) return plainStyle;
  return { heading: (text) => styleText("bold", text), aside: (text) => styleText("gray", text) };
}

/** What was asked for to standard output; why there is none of it to standard error, so that a file stays empty. */
function print({ result, asJson }: Outcome): void {
  if (result.filter !== undefined) return void passOn(result.filter, result.exitCode);
  const { answers = result.exitCode === 0, notes = [] } = result;
  const stream = asJson || answers ? process.stdout : process.stderr;
  const text = asJson ? `${JSON.stringify(result.json, null, 2)}\n` : result.text;
  for (const note of notes) writeSync(2, `eventloom: ${printable(note)}\n`);
  // ends what a module has left running, but not before all is written
  stream.write(text, () => process.exit(result.exitCode));
}

/** As it comes: an engine that asks for something waits for the answer, not for the end of a line. */
async function passOn(filter: OutputFilter, exitCode: ExitCode): Promise<void> {
  process.stdin.setEncoding("utf8");
  for await (const text of process.stdin) {
    if (!process.stdout.write(filter.push(text as string))) await once(process.stdout, "drain");
  }
  const rest = filter.end();
  for (const note of filter.notes()) writeSync(2, `eventloom: ${printable(note)}\n`);
  process.stdout.write(rest, () => process.exit(exitCode));
}

function failed(thrown: unknown): never {
  finished = true;
  writeSync(2, `eventloom: ${thrownLine(thrown)}\n`);
  process.exit(2);
}

let finished = false;
const progress = startProgress();
// a reader that has seen enough, say head
process.stdout.on("error", () => process.exit(0));
process.on("uncaughtException", failed);
process.on("exit", () => {
  if (finished) return;
  writeSync(2, "eventloom: a module ended the process, or waits for something that never comes\n");
  process.exitCode = 2;
});
runCommandLine(process.argv.slice(2), { style: styleFor(process.stdout), onStep: progress.step }).then((outcome) => {
  finished = true;
  progress.stop();
  print(outcome);
}, failed);
