import type { TreeNode } from "../../preview/tree";
import { count, durationWords } from "../../preview/words";
import type { Drainage, LookedAt } from "./looked-at";
import { type Checkpoints, readTableFound, readTableReasons } from "./read-tables";

/** A queue as the server has it. */
export interface QueueState {
  readonly ready: number;
  readonly unacknowledged: number;
  readonly consumers: number;
  /** By which anything new could come. */
  readonly newBindings: number;
}

/** A topic as the server has it. */
export interface TopicState {
  /** Of all partitions together: grows when somebody writes. */
  readonly end: bigint;
  /** By group: messages that it has not handled yet. */
  readonly lag: Readonly<Record<string, bigint>>;
}

/** What a look at the servers has found; null for what is not there any more. */
export interface Look {
  readonly queues: Readonly<Record<string, QueueState | null>>;
  readonly topics: Readonly<Record<string, TopicState | null>>;
  readonly checkpoints: Checkpoints;
}

/** What is said of one old generation. */
export interface Verdict {
  readonly name: string;
  readonly successor: number;
  readonly drained: boolean;
  /** Whether nobody is connected to it either: it may be deleted by hand. */
  readonly unused: boolean;
  /** Why it is not drained, in words. */
  readonly because: readonly string[];
  /** What was found, in words, by queue and topic. */
  readonly found: readonly (readonly [what: string, state: string])[];
}

/**
 * Judges two looks: what is empty once may only be between two messages, and statistics lag behind.
 *
 * @param betweenMs - between the two looks
 */
export function verdictsOf(drainage: Drainage, first: Look, second: Look, betweenMs: number): readonly Verdict[] {
  return drainage.olds.map((old): Verdict => {
    const because = [
      ...queueReasons(old, [first, second]),
      ...(old.queue === null || second.queues[old.queue] === null ? [] : levelReasons(drainage, [first, second], betweenMs)), // prettier-ignore
      ...topicReasons(old, first, second),
      ...(old.readTable === null ? [] : readTableReasons(old.readTable, second.checkpoints)),
    ];
    const consumers = old.queue === null ? 0 : (second.queues[old.queue]?.consumers ?? 0);
    const drained = because.length === 0;
    return { name: old.name, successor: old.successor, drained, unused: drained && consumers === 0, because, found: foundOf(old, second) }; // prettier-ignore
  });
}

function queueReasons({ queue }: LookedAt, looks: readonly Look[]): readonly string[] {
  if (queue === null) return [];
  const reasons = looks.flatMap((look) => {
    const state = look.queues[queue];
    if (state == null) return [];
    const waiting = state.ready + state.unacknowledged;
    return [
      ...(state.newBindings > 0 ? [`${queue} still gets new messages: deploy the phase drain first`] : []),
      ...(waiting > 0 ? [`${queue} holds ${count(waiting, "message")}`] : []),
    ];
  });
  return [...new Set(reasons)];
}

/** What waits in a shared level may come back, unless it was watched for as long as a message can wait in all of them. */
function levelReasons({ levels }: Drainage, looks: readonly Look[], betweenMs: number): readonly string[] {
  const waiting = looks.map((look) => levels.reduce((sum, { queue }) => sum + held(look.queues[queue]), 0));
  const longest = levels.reduce((sum, { delayMs }) => sum + delayMs, 0);
  if (Math.min(...waiting) === 0 || betweenMs >= longest) return [];
  return [`${count(waiting[1] ?? 0, "message")} in retry levels may come back: watch for longer than all waits together, --settle ${Math.ceil(longest / 1000)}`]; // prettier-ignore
}

function held(state: QueueState | null | undefined): number {
  return (state?.ready ?? 0) + (state?.unacknowledged ?? 0);
}

function topicReasons({ topics }: LookedAt, first: Look, second: Look): readonly string[] {
  return topics.flatMap(({ topic }) => {
    const [before, after] = [first.topics[topic], second.topics[topic]];
    if (after == null) return [];
    const lags = Object.entries(after.lag).filter(([, lag]) => lag > 0n);
    return [
      ...(before != null && after.end > before.end
        ? [`${topic} is still written to: deploy the phase drain first`]
        : []),
      ...lags.map(([group, lag]) => `${group} has ${count(Number(lag), "message")} of ${topic} to handle`),
    ];
  });
}

function foundOf({ queue, topics, readTable }: LookedAt, look: Look): Verdict["found"] {
  const queueState = queue === null ? null : look.queues[queue];
  return [
    ...(queue === null ? [] : [[`queue ${queue}`, queueState == null ? "is not there any more" : wordsOf(queueState)] as const]), // prettier-ignore
    ...topics.map(({ topic }) => {
      const state = look.topics[topic];
      const lags = Object.entries(state?.lag ?? {}).map(([group, lag]) => `${group} is ${lag} behind`);
      return [
        `topic ${topic}`,
        state == null ? "is not there any more" : lags.join(", ") || "no group has read it",
      ] as const;
    }),
    ...(readTable === null ? [] : readTableFound(readTable, look.checkpoints)),
  ];
}

function wordsOf({ ready, unacknowledged, consumers, newBindings }: QueueState): string {
  return `${ready} ready, ${unacknowledged} unacknowledged, ${count(consumers, "consumer")}, ${count(newBindings, "binding")} for new messages`;
}

/** The verdicts as a tree. */
export function verdictTree({ domain }: Drainage, verdicts: readonly Verdict[], betweenMs: number): TreeNode {
  if (verdicts.length === 0) return { label: domain, detail: "nothing has an older generation" };
  const watched = betweenMs === 0 ? "looked at once" : `watched for ${durationWords(betweenMs)}`;
  return {
    label: domain,
    detail: watched,
    children: verdicts.map(({ name, successor, drained, unused, because, found }) => ({
      label: `${name}  ${drained ? "drained" : "NOT DRAINED"}`,
      detail:
        drained && !unused ? "still consumed: deploy its services with done" : `generation ${successor} takes over`,
      children: [...because.map((label) => ({ label })), ...found.map(([label, detail]) => ({ label, detail }))],
    })),
  };
}
