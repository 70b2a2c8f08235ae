import { compile } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import { parseLock } from "../../lib/lock/parse-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { diffTopologies } from "../../lib/preview/diff/diff-locks";
import type { Topology } from "../../lib/topology/types";
import { compared, type Row } from "../suite";
import { largeDomain } from "../synth/large-domain";

const ROUNDS = 15;
const GOAL = 2;
const FEW = 5;

/**
 * The diff of two topologies of ten thousand resources beside `JSON.parse` of the same two. What counts as the diff is
 * `diffTopologies` alone: from two parsed topologies to every change, judged, with whom it concerns and the order to deploy in.
 * Processor time, since other programs on the machine take none of it.
 */
export function measureTopologies(progress: (line: string) => void): readonly Row[] {
  const base = compile(largeDomain(10), { replicationFactor: 3 });
  const size = `2 x ${base.resources.length} resources`;
  return [
    measure(progress, `diff of ${size}, ${FEW} topics grow, ms`, base, grown(base), FEW, GOAL),
    measure(progress, `diff of ${size}, nothing differs, ms`, base, base, 0, GOAL),
    measure(progress, `diff of ${size}, every topic differs, ms`, base, compile(largeDomain(10), { replicationFactor: 2 }), topics(base), GOAL), // prettier-ignore
    measure(progress, `diff of a new domain of ${base.resources.length} resources, ms`, null, base, base.resources.length + base.contracts.length, null), // prettier-ignore
    measureReading(progress, base),
  ];
}

/** What a usual pull request does to a large domain: little. */
function grown(topology: Topology): Topology {
  let left = FEW;
  const resources = topology.resources.map((each) =>
    each.kind === "kafka-topic" && left-- > 0 ? { ...each, partitions: each.partitions * 2 } : each,
  );
  return { ...topology, resources };
}

function topics({ resources }: Topology): number {
  return resources.filter(({ kind }) => kind === "kafka-topic").length;
}

function measure(
  progress: (line: string) => void,
  figure: string,
  base: Topology | null,
  head: Topology,
  expected: number,
  goal: number | null,
): Row {
  const texts = [base, head].map((each) => JSON.stringify(each)) as [string, string];
  const [ours, parsing]: [number[], number[]] = [[], []];
  progress(`${figure}, ${ROUNDS} rounds`);
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    const [before, after] = texts.map((text) => JSON.parse(text) as Topology | null) as [Topology | null, Topology];
    const parsed = processorTime();
    const { changes } = diffTopologies(before, after);
    ours.push(processorTime() - parsed);
    parsing.push(parsed - start);
    if (changes.length !== expected) throw new Error(`${changes.length} changes instead of ${expected}`);
  }
  return compared(figure, ours, base === null ? "JSON.parse of it" : "JSON.parse of both", parsing, goal);
}

/** Reading one lock file: its text parsed, every value looked at, everything frozen. */
function measureReading(progress: (line: string) => void, topology: Topology): Row {
  const next = nextLock(topology, null);
  if (!next.ok) throw new Error(`the large domain cannot be locked: ${next.issues[0]?.message}`);
  const text = renderLock(next.lock);
  const [ours, parsing]: [number[], number[]] = [[], []];
  const figure = `reading a lock of ${topology.resources.length} resources, ms`;
  progress(`${figure}, ${ROUNDS} rounds`);
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    JSON.parse(text);
    const parsed = processorTime();
    if (!parseLock(text, "large.lock.json").ok) throw new Error("the lock cannot be read");
    ours.push(processorTime() - parsed);
    parsing.push(parsed - start);
  }
  return compared(figure, ours, "JSON.parse of it", parsing, null);
}

/** Milliseconds that the processors have spent on this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
