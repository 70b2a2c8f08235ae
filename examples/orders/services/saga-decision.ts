import type { DomainDefinition } from "eventloom";

type SagaDefinition = DomainDefinition["sagas"][string];
export type SagaStep = SagaDefinition["steps"][number];
export type Direction = "forward" | "compensating";

/** A command that the saga has sent. */
export interface SentCommand {
  readonly seq: number;
  readonly command: string;
  readonly commandId: string;
  readonly direction: Direction;
  readonly status: "sent" | "done" | "failed" | "timed-out";
}

/** What has happened to the saga. */
export type Occurrence =
  | { readonly kind: "started" }
  | { readonly kind: "replied"; readonly commandId: string; readonly reply: string }
  | { readonly kind: "timed-out" };

export interface Decision {
  readonly state: "running" | "completed" | "compensated";
  readonly direction: Direction;
  /** The command that is over now. */
  readonly settled: { readonly seq: number; readonly status: SentCommand["status"] } | null;
  readonly send: {
    readonly seq: number;
    readonly command: string;
    readonly direction: Direction;
    readonly timeoutMs: number | null;
  } | null;
}

/**
 * What a saga does next: its steps in order; after a failure or a timeout the compensations of what was done, or may have been
 * done, in reverse order.
 *
 * @param sent - what it has sent before, in order
 * @returns null when there is nothing to do: the answer comes a second time, or too late
 * @throws Error for a reply that the step does not know
 */
export function decide(
  steps: SagaDefinition["steps"],
  sent: readonly SentCommand[],
  occurrence: Occurrence,
): Decision | null {
  if (occurrence.kind === "started") return sent.length === 0 ? forward(steps, sent, null) : null;
  const waiting = sent.find((each) =>
    occurrence.kind === "replied"
      ? each.commandId === occurrence.commandId
      : each.direction === "forward" && each.status === "sent",
  );
  if (waiting?.status !== "sent") return null;
  const status = outcome(steps, sent, waiting, occurrence);
  const now = sent.map((each) => (each.seq === waiting.seq ? { ...each, status } : each));
  const settled = { seq: waiting.seq, status };
  return waiting.direction === "forward" && status === "done"
    ? forward(steps, now, settled)
    : backward(steps, now, settled);
}

function outcome(
  steps: SagaDefinition["steps"],
  sent: readonly SentCommand[],
  waiting: SentCommand,
  occurrence: Occurrence,
): SentCommand["status"] {
  if (occurrence.kind !== "replied") return "timed-out";
  // whatever a compensation answers, it was carried out
  if (waiting.direction === "compensating") return "done";
  const step = stepOf(steps, sent, waiting);
  if (occurrence.reply === step?.success) return "done";
  if (occurrence.reply === step?.failure) return "failed";
  throw new Error(`${occurrence.reply} is no answer to ${waiting.command} that the saga waits for`);
}

/** Which step a command belongs to: the same command may be in several. */
function stepOf(
  steps: SagaDefinition["steps"],
  sent: readonly SentCommand[],
  command: SentCommand,
): SagaStep | undefined {
  return steps[sent.filter((each) => each.direction === "forward").indexOf(command)];
}

function forward(steps: SagaDefinition["steps"], sent: readonly SentCommand[], settled: Decision["settled"]): Decision {
  const step = steps[sent.length];
  const send = step && {
    seq: sent.length + 1,
    command: step.command,
    direction: "forward" as const,
    timeoutMs: step.timeoutMs,
  };
  return { state: send ? "running" : "completed", direction: "forward", settled, send: send ?? null };
}

function backward(
  steps: SagaDefinition["steps"],
  sent: readonly SentCommand[],
  settled: Decision["settled"],
): Decision {
  const undo = sent
    // after a timeout nobody knows whether it was done: undoing what was not done does no harm
    .filter((each) => each.direction === "forward" && (each.status === "done" || each.status === "timed-out"))
    .flatMap((each) => stepOf(steps, sent, each)?.compensate ?? [])
    .reverse();
  const command = undo[sent.filter((each) => each.direction === "compensating").length];
  return {
    state: command === undefined ? "compensated" : "running",
    direction: "compensating",
    settled,
    send: command === undefined ? null : { seq: sent.length + 1, command, direction: "compensating", timeoutMs: null },
  };
}
