import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Ended, runBeside } from "../cli/command-line";
import { root } from "../sources";

/** What `action.yml` says, as far as a runner looks at it. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Step {
  readonly id: string;
  readonly shell: string;
  readonly "working-directory": string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

export const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as Action;

/** Where and about what an action runs. */
export interface Run {
  /** The checked-out repository. */
  readonly workspace: string;
  /** The runner's own folder. */
  readonly temporary: string;
  /** The context `github`. */
  readonly github: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  /** What the workflow gives: `with`. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** How a run of the action has ended. */
export interface Finished extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the action as the runner does: each step is a script in a file, and its text is as it stands in `action.yml`. */
export async function runAction({ workspace, temporary, github, environment, inputs }: Run): Promise<Finished> {
  const names = Object.keys(action.inputs);
  const unknown = Object.keys(inputs).filter((each) => !names.includes(each));
  if (unknown.length > 0) throw new Error(`no such input: ${unknown.join()}`);
  const defaults = evaluate(
    names.map((each) => action.inputs[each]!.default),
    { github },
  );
  const given = Object.fromEntries(names.map((name, index) => [name, inputs[name] ?? defaults[index] ?? ""]));
  mkdirSync(temporary, { recursive: true });
  const [outputFile, summaryFile] = [join(temporary, "output"), join(temporary, "summary")];
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  let ended: Ended = { status: 0, stdout: "", stderr: "" };
  writeFileSync(summaryFile, "");
  for (const [index, step] of action.runs.steps.entries()) {
    writeFileSync(outputFile, "");
    const script = join(temporary, `step-${index}.sh`);
    writeFileSync(script, step.run);
    const variables = Object.keys(step.env);
    const [folder = "", ...values] = evaluate([step["working-directory"], ...Object.values(step.env)], {
      github,
      inputs: given,
    });
    const env = {
      ...environment,
      ...Object.fromEntries(variables.map((name, at) => [name, values[at] ?? ""])),
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      RUNNER_TEMP: temporary,
    };
    // how the runner starts a step whose shell is bash
    ended = await runBeside("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], join(workspace, folder), env);
    steps[step.id] = { outputs: outputsIn(readFileSync(outputFile, "utf8")) };
    if (ended.status !== 0) break;
  }
  const outputs = evaluate(
    Object.values(action.outputs).map(({ value }) => value),
    { steps },
  );
  return {
    ...ended,
    outputs: Object.fromEntries(Object.keys(action.outputs).map((name, index) => [name, outputs[index] ?? ""])),
    summary: readFileSync(summaryFile, "utf8"),
  };
}

function outputsIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((each) => each !== "");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

const jiti = require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs");

/** By GitHub's own library, which is a module of the newer kind and needs a process of its own here. */
function evaluate(texts: readonly string[], contexts: object): readonly string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [jiti, join(__dirname, "evaluate.ts")], {
    input: JSON.stringify({ texts, contexts }),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}
