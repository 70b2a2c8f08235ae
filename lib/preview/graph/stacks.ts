import { groupBy } from "../group-by";
import type { Graph, GraphNode } from "./types";

/** Boxes below each other, which one box alone sends to. */
export interface Stack {
  readonly id: string;
  readonly inside: readonly GraphNode[];
}

/**
 * Boxes of one kind that have one sender in common and send nothing on. Beside each other they would take the width of the
 * picture and leave its height empty. What a diff marks is not among them: its arrow says what changes.
 */
export function stacksOf({ nodes, edges }: Graph): readonly Stack[] {
  const senders = new Map<string, Set<string>>();
  for (const { from, to } of edges) senders.set(to, (senders.get(to) ?? new Set()).add(from));
  const marked = new Set(edges.flatMap(({ to, mark }) => (mark === null ? [] : [to])));
  const sending = new Set(edges.map(({ from }) => from));
  const fit = nodes.filter(
    ({ id, mark }) => mark === null && !marked.has(id) && !sending.has(id) && senders.get(id)?.size === 1,
  );
  const together = groupBy(fit, ({ id, kind }) => JSON.stringify([kind, ...(senders.get(id) ?? [])]));
  return [...together].flatMap(([id, inside]) => (inside.length < 2 ? [] : [{ id: `stack:${id}`, inside }]));
}
