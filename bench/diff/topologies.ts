import { compile } from "eventloom";
import { diffTopologies } from "../../lib/preview/diff/diff-locks";
import type { Topology } from "../../lib/topology/types";
import { compared, type Row } from "../suite";
import { largeDomain } from "../synth/large-domain";

const ROUNDS = 9;
const GOAL = 2;

/** The diff of two topologies of ten thousand resources, every topic of which differs, beside parsing both. */
export function measureTopologies(progress: (line: string) => void): Row {
  const domain = largeDomain(10);
  const texts = [3, 2].map((replicationFactor) => JSON.stringify(compile(domain, { replicationFactor })));
  const ours: number[] = [];
  const parsing: number[] = [];
  let resources = 0;
  progress(`diff of two large topologies beside JSON.parse of both, ${ROUNDS} rounds`);
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    const [base, head] = texts.map((text) => JSON.parse(text) as Topology);
    const parsed = performance.now();
    const { changes } = diffTopologies(base ?? null, head ?? null);
    ours.push(performance.now() - parsed);
    parsing.push(parsed - from);
    if (changes.length === 0) throw new Error("the two topologies should differ");
    resources = base?.resources.length ?? 0;
  }
  return compared(`diff of 2 x ${resources} resources, ms`, ours, "JSON.parse of both", parsing, GOAL);
}
