import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Arm, Measured } from "./synth/arm";
import { compared, type Suite } from "./suite";

const ROUNDS = 5;
const ARMS: readonly (readonly [Arm, number])[] = [
  ["compile", 10],
  ["ours", 10],
  ["by-hand", 10],
  ["ours", 20],
];

/** Synthesising a large domain, beside the same resources written by hand with the classes that `cdktf get` makes. */
export const synth: Suite = {
  name: "synth",
  run: async (progress) => {
    const times = new Map<string, number[]>();
    const sizes = new Map<string, number>();
    for (let round = 1; round <= ROUNDS; round++) {
      // the arms take turns, and each round begins with another one: what else the machine does hits them alike
      for (const [arm, thousands] of [...ARMS.slice(round % ARMS.length), ...ARMS.slice(0, round % ARMS.length)]) {
        const { ms, resources } = await measure(arm, thousands);
        const key = `${arm} ${thousands}`;
        progress(`round ${round} of ${ROUNDS}: ${key},000: ${Math.round(ms)} ms`);
        times.set(key, [...(times.get(key) ?? []), ms]);
        sizes.set(key, resources);
      }
    }
    const of = (key: string): number[] => times.get(key) ?? [];
    const small = sizes.get("ours 10");
    const large = sizes.get("ours 20");
    return [
      compared(`synth of ${small} resources, CPU ms`, of("ours 10"), "written by hand", of("by-hand 10"), 1.1),
      compared(`compile of ${small} resources, CPU ms`, of("compile 10"), "the whole synth", of("ours 10"), 0.1),
      compared(`synth of ${large} resources, CPU ms`, of("ours 20"), `synth of ${small}`, of("ours 10"), 2.2),
    ];
  },
};

async function measure(arm: Arm, thousands: number): Promise<Measured> {
  const jiti = require.resolve("jiti/package.json").replace(/package\.json$/, join("lib", "jiti-cli.mjs"));
  const script = join(__dirname, "synth", "arm.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [jiti, script, arm, String(thousands)]);
  return JSON.parse(stdout) as Measured;
}
