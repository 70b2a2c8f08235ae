import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, defineDomain, event, jsonSchema } from "eventloom";
import type { Change, TopologyDiff } from "../../../lib/preview/diff/types";
import type { PlanTarget } from "../../../lib/preview/engine-plan";
import { shop } from "../../terraform/shop";

/** A plan that a real engine has made on real servers, cut to what is looked at. */
export function plan(name: string): string {
  return readFileSync(join(__dirname, "plans", `${name}.json`), "utf8");
}

/** What the Terraform plans are of: as it was, and as it has grown. */
export const terraformTargets: readonly PlanTarget[] = [
  { refunds: true, currency: true, index: true, needs: "30 days" } as const,
  {},
].map((variant) => ({ topology: compile(shop(variant), { replicationFactor: 1 }) }));

const placed = event({ versions: { 1: jsonSchema<{ orderId: string }>({ properties: { orderId: {} }, required: ["orderId"] }) } }); // prettier-ignore

/** What the Pulumi previews are of. */
export const pulumiTargets: readonly PlanTarget[] = [
  {
    topology: compile(
      defineDomain("shop", {
        kafka: { partitions: 2 },
        aggregates: { Order: { id: "orderId", events: { OrderPlaced: placed, OrderPaid: placed } } },
        consumers: { billing: { on: ["OrderPlaced"], via: "rabbitmq", retry: { maxRetries: 1 } } },
        projections: { totals: { from: ["OrderPlaced"], table: { columns: { order_id: { type: "text" } } } } },
      }),
      { replicationFactor: 1 },
    ),
  },
];

type Said = Pick<Change, "key" | "action"> & Partial<Pick<Change, "class" | "findings" | "kind">>;

/** What locks say, as far as a plan is held against it. */
export function locksSay(domain: string, changes: readonly Said[]): TopologyDiff {
  const all = changes.map((each) => ({
    kind: "kafka-topic",
    name: each.key,
    path: "",
    class: "safe",
    findings: [],
    ...each,
  }));
  return { domain, changes: all } as unknown as TopologyDiff;
}
