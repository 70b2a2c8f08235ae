import { inPhase, type OldGeneration, oldGenerations } from "../lock/generations";
import { nextLock } from "../lock/next-lock";
import { GENERATION_PHASES, type GenerationPhase } from "../lock/profile";
import type { Lock } from "../lock/types";
import { inGeneration, isEventTopic, isReadTable, isWorkQueue } from "../topology/generation";
import type { Resource, Topology } from "../topology/types";
import { nameOf } from "./diff/resource-changes";
import { count } from "./words";

/** One deploy on the way from an old generation to its successor. */
export interface PhaseReport {
  readonly phase: GenerationPhase;
  /** What it does, as a sentence without its end. */
  readonly does: string;
  /** Keys of what the engine keeps. */
  readonly kept: readonly string[];
  /** Keys of what the engine takes away: bindings that bring new messages. */
  readonly removed: readonly string[];
  /** Keys of what the engine forgets, and what stays on the server. */
  readonly forgotten: readonly string[];
}

/** An older generation with all that its environments do in the phases, whichever they are in. */
export interface OldGenerationReport {
  /** As a profile names it: `consumers.billing.v1`. */
  readonly name: string;
  /** Name of its queue, topic or read table. */
  readonly old: string;
  /** Name of the queue, topic or read table that takes over. */
  readonly successor: string;
  readonly phases: readonly PhaseReport[];
}

/**
 * Every older generation of what a topology declares: by the lock as it will be once the topology is locked, and where it may not be
 * locked so, by the lock as it is.
 *
 * @param lock - null where nothing was locked yet
 */
export function reportGenerations(topology: Topology, lock: Lock | null): readonly OldGenerationReport[] {
  if (lock === null) return [];
  const next = nextLock(topology, lock);
  const olds = oldGenerations(topology, (next.ok ? next.lock : lock).retired);
  return olds.flatMap((old) => {
    const main = old.resources.find(isMain);
    const key = main === undefined ? "" : inGeneration(main.key, old.successor);
    const next = topology.resources.find((each) => each.key === key);
    if (main === undefined || next === undefined || !isMain(next)) return [];
    const names = { name: old.name, old: nameOf(main), successor: nameOf(next) };
    const phases = GENERATION_PHASES.map((phase) => phaseReport({ ...old, phase }, main.kind, names));
    return [{ ...names, phases }];
  });
}

type Main = Extract<Resource, { readonly kind: "kafka-topic" | "rabbitmq-queue" | "postgres-table" }>;

function isMain(each: Resource): each is Main {
  return isWorkQueue(each.key) || isEventTopic(each.key) || isReadTable(each.key);
}

interface Names {
  readonly old: string;
  readonly successor: string;
}

function phaseReport(old: OldGeneration, kind: Main["kind"], names: Names): PhaseReport {
  const { kept, forgotten } = inPhase(old);
  const left = new Set([...kept, ...forgotten].map(({ key }) => key));
  const removed = old.resources.map(({ key }) => key).filter((key) => !left.has(key));
  const does =
    old.phase === "done"
      ? `${names.old} is forgotten by the engine and stays on the server${kind === "postgres-table" ? WITHOUT_RIGHTS : withIt(forgotten)}`
      : DOES[kind](old.phase, names, removed.length);
  const keys = (of: readonly Resource[]): readonly string[] => of.map(({ key }) => key);
  return { phase: old.phase, does, kept: keys(kept), removed, forgotten: keys(forgotten) };
}

/** What is not declared is not granted either. */
const WITHOUT_RIGHTS = "; the store's roles lose their rights on it";

type Does = (phase: "beside" | "drain", names: Names, removed: number) => string;

const DOES: Readonly<Record<Main["kind"], Does>> = {
  "kafka-topic": topicDoes,
  "rabbitmq-queue": queueDoes,
  "postgres-table": readTableDoes,
};

function readTableDoes(phase: "beside" | "drain", { old, successor }: Names): string {
  return phase === "beside"
    ? `${old} is read; ${successor} is built from the events`
    : `${successor} is read; ${old} is kept, with its rights, for who still runs`;
}

function queueDoes(phase: "beside" | "drain", { old, successor }: Names, removed: number): string {
  return phase === "beside"
    ? `${old} and ${successor} are both bound and both consumed`
    : `${count(removed, "binding")} of ${old} ${removed === 1 ? "goes" : "go"}: it gets no new messages, and is still consumed`;
}

function topicDoes(phase: "beside" | "drain", { old, successor }: Names): string {
  return phase === "beside"
    ? `the relay writes to ${old} alone; consumers subscribe to both`
    : `the relay writes to ${successor} alone; ${old} is read to its end before it`;
}

function withIt(forgotten: readonly Resource[]): string {
  return forgotten.length < 2 ? "" : `, with ${forgotten.length - 1} more that belong to it`;
}
