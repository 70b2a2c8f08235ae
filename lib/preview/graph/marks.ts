import type { Flow, Resource } from "../../topology/types";
import type { Change, RiskClass, TopologyDiff } from "../diff/types";
import type { Mark } from "./types";

/** What a diff says of resources and flows. */
export interface Marks {
  /** Resources that are there no more. */
  readonly gone: readonly Resource[];
  ofKey(key: string): { readonly mark: Mark; readonly risk: RiskClass } | undefined;
  ofFlow(flow: Flow): Mark | null;
  /** `changed` where a message's schema does: a new version of an event, or another payload of a command. */
  ofMessage(name: string): Mark | null;
}

/** Reads the marks of a diff; without one there are none. */
export function marksOf(diff: TopologyDiff | null): Marks {
  const changes = diff?.changes ?? [];
  const byKey = new Map(changes.map((each) => [each.key, { mark: markOf(each), risk: each.class }]));
  const added = new Set((diff?.addedFlows ?? []).map(flowId));
  const removed = new Set((diff?.removedFlows ?? []).map(flowId));
  const messages = new Set(changes.flatMap(changedMessage));
  return {
    gone: changes.flatMap(({ from, to }) => (from !== null && to === null ? [from] : [])),
    ofKey: (key) => byKey.get(key),
    ofMessage: (name) => (messages.has(name) ? "changed" : null),
    ofFlow: (flow) => (added.has(flowId(flow)) ? "added" : removed.has(flowId(flow)) ? "removed" : null),
  };
}

/** The first version of an event changes nothing for those who take it: nobody has. */
function changedMessage({ kind, key, action }: Change): readonly string[] {
  const [, , name = "", version] = key.split("/");
  return kind === "contract" && (action === "update" || (action === "create" && version !== "1")) ? [name] : [];
}

/** What a change is called in pictures and lists. */
export function markOf({ action }: Change): Mark {
  switch (action) {
    case "create":
      return "added";
    case "update":
    case "replace":
    case "move":
      return "changed";
    case "forget":
    case "destroy":
      return "removed";
  }
}

/** Of several things together: the mark that all have, `changed` where they differ, null without any. */
export function sameMark(marks: readonly (Mark | null)[]): Mark | null {
  const [first = null] = marks;
  return marks.every((each) => each === first) ? first : "changed";
}

const ORDER: readonly RiskClass[] = ["safe", "risky", "refused"];

/** The worst of several classes; null without any. */
export function worstOf(classes: readonly RiskClass[]): RiskClass | null {
  return ORDER[Math.max(-1, ...classes.map((each) => ORDER.indexOf(each)))] ?? null;
}

function flowId({ message, kind, from, to, via, through }: Flow): string {
  return JSON.stringify([message, kind, from, to, via, through]);
}
