import type { Profile } from "../../lib/lock/profile";
import type { Lock } from "../../lib/lock/types";
import type { PlanTarget, ReadPlan } from "../../lib/preview/engine-plan";
import type { OrdersVariant } from "./orders-variant";

/** What a command of an engine came to. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams without colours and frames, on one line. */
  readonly said: string;
}

/** What is deployed: a declaration, held against its lock, in one environment. */
export interface Deployed {
  readonly variant: OrdersVariant;
  readonly lock: Lock;
  readonly profile: Profile;
}

/** The order system in a folder of its own, deployed by a real engine, which keeps its state there. */
export interface Engine {
  /** Writes what the next commands deploy; the state stays. */
  readonly write: (deployed: Deployed) => Promise<void>;
  /** The plan's outcome, and the plan itself as JSON. */
  readonly plan: () => Promise<Outcome & { readonly json: string }>;
  /** Reads {@link plan}'s JSON as `eventloom diff` does. */
  readonly read: (json: string, targets: readonly PlanTarget[]) => ReadPlan;
  /** Does what the last plan says, or what is left of it. */
  readonly apply: () => Promise<Outcome>;
  /** The engine's own names of all resources in its state, each of which ends in the resource's key. */
  readonly held: () => Promise<readonly string[]>;
  /** Whether something waits for a second update to be forgotten. */
  readonly hasReleased: () => Promise<boolean>;
  readonly remove: () => void;
}

/** Both streams on one line, without colours and frames. */
export function oneLine(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m|[│╷╵]/g, "").replace(/\s+/g, " ");
}
