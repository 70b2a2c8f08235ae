import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Connections, environmentOf } from "../../examples/orders/services/connections";

const ROOT = join(__dirname, "..", "..");
const MAIN = join(ROOT, "examples", "orders", "services", "main.ts");
const LONGEST_ERROR_LINE = 300;
/** To finish what is in hand. */
const STOP_MS = 15_000;

/** The services of the example, each in a process of its own. */
export interface Processes {
  /** Rejects as soon as one of them cannot go on, with what it said. */
  readonly failed: Promise<never>;
  /** Ends them as a crash does: nothing is finished, nothing is closed. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs one of the example's programs, which ends by itself. */
export async function runProgram(name: string, connections: Connections, env: NodeJS.ProcessEnv): Promise<void> {
  const child = start(name, connections, env);
  await ended(name, child, (code) => code !== 0);
}

/** Starts services side by side; resolves when all of them run. */
export async function startProcesses(
  names: readonly string[],
  connections: Connections,
  env: NodeJS.ProcessEnv,
): Promise<Processes> {
  const children = names.map((name) => ({ name, child: start(name, connections, env) }));
  const failed = Promise.all(children.map(({ name, child }) => ended(name, child, () => !child.killed))).then(
    () => new Promise<never>(() => undefined),
  );
  failed.catch(() => undefined);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await Promise.all(children.map(({ child }) => stopped(child, signal)));
  };
  try {
    await Promise.race([Promise.all(children.map(({ child }) => once(child, "message"))), failed]);
  } catch (error) {
    await end("SIGTERM");
    throw error;
  }
  return { failed, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

function start(name: string, connections: Connections, env: NodeJS.ProcessEnv): ChildProcess {
  return fork(MAIN, [name], {
    cwd: ROOT,
    env: { ...process.env, ...env, ...environmentOf(connections) },
    execPath: process.execPath,
    execArgv: [join(ROOT, "node_modules", "jiti", "lib", "jiti-cli.mjs")],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

async function ended(name: string, child: ChildProcess, isFailure: (code: number | null) => boolean): Promise<void> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-LONGEST_ERROR_LINE)));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (!isFailure(code)) return;
  throw new Error(
    said.trim().split("\n").at(-1) ||
      `${name} was ended ${signal === null ? `with the exit code ${String(code)}` : `by ${signal}`}`,
  );
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.kill(signal);
  await over;
  clearTimeout(late);
}
