import { deploymentOf } from "../../lib/lock/deployment";
import type { GenerationPhase } from "../../lib/lock/profile";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { comparePlan, readPulumiPreview, readTerraformPlan } from "../../lib/preview/engine-plan";
import { childName } from "../../lib/pulumi/placement";
import type { RabbitmqBinding } from "../../lib/topology/types";
import { lockAfter, SECOND, shop } from "./shop";

const lock = lockAfter({}, { billing: SECOND.billing });
const topology = shop({ billing: SECOND.billing });

/** The bindings that an environment has in a phase. */
function bindingsIn(phase: GenerationPhase): readonly RabbitmqBinding[] {
  const { resources } = deploymentOf(topology, lock, { generations: { "consumers.billing.v1": phase } });
  return resources.filter((each) => each.kind === "rabbitmq-binding");
}

const gone = bindingsIn("beside").filter((each) => !bindingsIn("drain").some(({ key }) => key === each.key));

const READERS = {
  Terraform: (deleted: readonly RabbitmqBinding[]) =>
    readTerraformPlan(
      JSON.stringify({
        format_version: "1.2",
        resource_changes: deleted.map(({ key, source, destination, routingKey }) => ({
          address: `rabbitmq_binding.${key}`,
          mode: "managed",
          type: "rabbitmq_binding",
          name: key,
          change: { actions: ["delete"], before: { source, destination, routing_key: routingKey }, after: null },
        })),
      }),
      [lock, lock],
    ),
  Pulumi: (deleted: readonly RabbitmqBinding[]) =>
    readPulumiPreview(
      JSON.stringify({
        steps: deleted.map(({ key, source, destination, routingKey }) => ({
          op: "delete",
          urn: `urn:pulumi:test::shop::rabbitmq:index/binding:Binding::${childName("orders", key)}`,
          oldState: { inputs: { source, destination, routingKey } },
        })),
      }),
      [lock, lock],
    ),
};

function findings(engine: keyof typeof READERS, deleted: readonly RabbitmqBinding[]): readonly string[] {
  const read = READERS[engine](deleted);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  expect(read.plan.changes.map(({ action, key }) => [action, key])).toEqual(deleted.map(({ key }) => ["delete", key]));
  return comparePlan(read.plan, [diffLocks(lock, lock)]).findings.map(({ code, severity }) => `${severity} ${code}`);
}

describe.each(["Terraform", "Pulumi"] as const)("a plan of %s that takes an older generation on its way", (engine) => {
  test("may unbind it, though the locks stay as they are: the phase is the environment's", () => {
    expect(gone.map(({ destination }) => destination)).toEqual(["orders.billing", "orders.billing"]);
    expect(findings(engine, gone)).toEqual([]);
  });

  test("may not take away what stays: by it, what waits for another try comes back, or is parked", () => {
    const rest = bindingsIn("drain").filter(({ key }) => key.includes("consumer/billing/"));
    expect(rest.map(({ source }) => source).sort()).toEqual(["orders.dead", "orders.return"]);
    expect(findings(engine, rest)).toEqual(["stop PL910", "stop PL910"]);
  });

  test("may not unbind the one that takes over", () => {
    const own = bindingsIn("drain").filter(({ key }) => key.includes("billing-v2/") && !key.endsWith("/return"));
    expect(new Set(findings(engine, own))).toEqual(new Set(["stop PL910"]));
  });
});
