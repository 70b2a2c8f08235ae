import { declaredName } from "../topology/generation";
import type { Resource, ResourceKind, Topology } from "../topology/types";
import { groupBy } from "./group-by";
import type { TreeNode } from "./tree";
import { count, counts } from "./words";

/** How many resources one thing of the declaration costs. */
export interface BudgetLine {
  /** `event`, `consumer`, `handler`, `saga`, `projection`; `shared` for what all of them use, `store` for the event store. */
  readonly kind: "event" | "consumer" | "handler" | "saga" | "projection" | "shared" | "store";
  /** As declared; null for what has no name of its own. */
  readonly name: string | null;
  readonly resources: number;
  readonly byKind: Readonly<Partial<Record<ResourceKind, number>>>;
}

/** What a domain costs: each resource counts for exactly one thing. */
export interface Budget {
  readonly domain: string;
  readonly resources: number;
  /** The dearest first. */
  readonly lines: readonly BudgetLine[];
}

/** Counts a topology's resources by the thing of the declaration that they are there for. */
export function budgetOf(topology: Topology): Budget {
  const groups = groupBy(topology.resources, ownerOf);
  const lines = [...groups].map(([owner, resources]) => budgetLine(owner, resources));
  return {
    domain: topology.domain,
    resources: topology.resources.length,
    lines: lines.sort((a, b) => b.resources - a.resources),
  };
}

/** {@link budgetOf} as a tree. */
export function budgetTree({ domain, resources, lines }: Budget): TreeNode {
  return {
    label: `${domain}: ${count(resources, "resource")}`,
    children: lines.map((each) => ({
      label: `${each.kind}${each.name === null ? "" : ` ${each.name}`}`,
      detail: `${each.resources}: ${kinds(each)}`,
    })),
  };
}

function budgetLine(owner: string, resources: readonly Resource[]): BudgetLine {
  const [kind, name = null] = owner.split("/") as [BudgetLine["kind"], string?];
  const byKind = [...groupBy(resources, (each) => each.kind)].map(([each, all]) => [each, all.length]);
  return { kind, name, resources: resources.length, byKind: Object.fromEntries(byKind) as BudgetLine["byKind"] };
}

function kinds({ byKind }: BudgetLine): string {
  return counts(Object.entries(byKind).map(([kind, amount]) => [amount, noun(kind)]));
}

/** `rabbitmq-queue` is a queue. */
function noun(kind: string): string {
  // the name of the kind is a plural already
  if (kind === "postgres-grants") return "grant";
  return kind.slice(kind.indexOf("-") + 1);
}

const OWNERS = new Set(["consumer", "handler", "saga"]);

/** By a resource's identity, which says whom it is there for: `queue/consumer/billing/parking`, `topic/OrderPaid/analytics/dlt`. */
function ownerOf({ key, part }: Resource): string {
  const [head = "", first = "", second] = key.split("/");
  if (head === "topic")
    return second === undefined ? `event/${declaredName(first)}` : `consumer/${declaredName(second)}`;
  if (head === "projection") return `projection/${declaredName(first)}`;
  if (OWNERS.has(first) && second !== undefined) return `${first}/${declaredName(second)}`;
  return part === "store" ? "store" : "shared";
}
