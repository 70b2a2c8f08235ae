import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "eventloom";
import { orders } from "../../examples/orders/domain";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Topology } from "../../lib/topology/types";
import { compared, type Row } from "../suite";

const ROUNDS = 21;
const GOAL = 2.5;

/** `eventloom diff` of two locks of the example, as a process, beside a node that does nothing. Needs `npm run build`. */
export function measureCommand(progress: (line: string) => void): Row {
  const command = join(__dirname, "..", "..", "dist", "cli", "main.js");
  if (!existsSync(command)) throw new Error("there is no dist/cli/main.js: run npm run build first");
  const folder = mkdtempSync(join(tmpdir(), "eventloom-bench-"));
  try {
    const base = writeLock(folder, "base", compile(orders));
    const head = writeLock(folder, "head", compile(orders, { replicationFactor: 1 }));
    const ours: number[] = [];
    const bare: number[] = [];
    progress(`eventloom diff beside node -e 0, ${ROUNDS} rounds`);
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(elapsed(["-e", "0"], 0));
      ours.push(elapsed([command, "diff", "--base", base, "--head", head], 2));
    }
    return compared("eventloom diff of the example's locks, ms", ours, "node -e 0", bare, GOAL);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeLock(folder: string, name: string, topology: Topology): string {
  const next = nextLock(topology, null);
  if (!next.ok) throw new Error(`the example cannot be locked: ${next.issues[0]?.message}`);
  const file = join(folder, `${name}.lock.json`);
  writeFileSync(file, renderLock(next.lock));
  return file;
}

function elapsed(words: readonly string[], exitCode: number): number {
  const from = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  const ms = performance.now() - from;
  if (status !== exitCode) throw new Error(`node ${words.join(" ")} ended with ${status}: ${stderr}`);
  return ms;
}
