import { command, compile, defineDomain, event, jsonSchema, type Topology } from "eventloom";
import { drainageOf } from "../../lib/cli/drained/looked-at";
import { deploymentOf } from "../../lib/lock/deployment";
import { partsOf } from "../../lib/topology/slice";
import { locked } from "./shop";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

interface Named {
  readonly consumer: string;
  readonly consumerFrom?: readonly string[];
  readonly event: string;
  readonly eventFrom?: readonly string[];
  readonly generation: number;
}

const former = (names: readonly string[]): object => (names.length === 0 ? {} : { renamedFrom: names });

function shop({ consumer, consumerFrom = [], event: name, eventFrom = [], generation }: Named): Topology {
  const domain = defineDomain("orders", {
    aggregates: {
      Order: {
        id: "orderId",
        events: { [name]: event({ versions: { 1: payload }, generation, ...former(eventFrom) }) },
      },
    },
    commands: { Reserve: command({ handledBy: "inventory", schema: payload }) },
    consumers: {
      [consumer]: { on: [name], via: "rabbitmq", generation, ...former(consumerFrom) },
      analytics: { on: [name], via: "kafka" },
    },
  } as never);
  return compile(domain, { replicationFactor: 1 });
}

const first = shop({ consumer: "billing", event: "OrderPaid", generation: 1 });
const second = shop({ consumer: "billing", event: "OrderPaid", generation: 2 });
const renamed = { consumer: "invoicing", consumerFrom: ["billing"], event: "OrderSettled", eventFrom: ["OrderPaid"] };
const secondRenamed = shop({ ...renamed, generation: 2 });

const physical = ({ resources }: Pick<Topology, "resources">): readonly string[] =>
  resources.map((each) => ("name" in each ? `${each.kind} ${each.name}` : each.kind)).sort();

describe("what is renamed while its older generation is still beside", () => {
  const lock = locked(second, locked(first));

  test("keeps both generations, under the same physical names as before", () => {
    expect(physical(deploymentOf(secondRenamed, lock))).toEqual(physical(deploymentOf(second, lock)));
    expect(deploymentOf(secondRenamed, lock).forgotten).toEqual([]);
  });

  test("moves the older one too, so that no engine takes it away", () => {
    const { moved, resources } = deploymentOf(secondRenamed, lock);
    const moves = new Map(moved.map(({ from, to }) => [from.key, to]));
    expect(moves.get("queue/consumer/billing")).toBe("queue/consumer/invoicing");
    expect(moves.get("queue/consumer/billing-v2")).toBe("queue/consumer/invoicing-v2");
    expect(moves.get("topic/OrderPaid")).toBe("topic/OrderSettled");
    const there = new Set(resources.map(({ key }) => key));
    expect(moved.filter(({ to }) => !there.has(to) && !moves.has(to))).toEqual([]);
  });

  test("leaves nothing behind: what was deployed is there, or moves to what is there", () => {
    const { moved, resources } = deploymentOf(secondRenamed, lock);
    const reached = new Set([...resources.map(({ key }) => key), ...moved.map(({ from }) => from.key)]);
    expect(deploymentOf(second, lock).resources.filter(({ key }) => !reached.has(key))).toEqual([]);
  });

  test("keeps the older one in the part of its successor, declared where that is", () => {
    for (const deployed of [
      deploymentOf(secondRenamed, lock),
      deploymentOf(secondRenamed, locked(secondRenamed, lock)),
    ]) {
      expect([...partsOf({ ...secondRenamed, resources: deployed.resources })].sort()).toEqual(
        [...partsOf(secondRenamed)].sort(),
      );
      const places = new Map(deployed.resources.map(({ key, part, path }) => [key, { part, path }]));
      const of = (key: string): unknown => places.get(key);
      expect(of("queue/consumer/invoicing/parking")).toEqual(of("queue/consumer/invoicing-v2/parking"));
      expect(of("topic/OrderSettled")).toEqual(of("topic/OrderSettled-v2"));
      expect(deployed.resources.filter(({ path }) => /billing|OrderPaid/.test(path))).toEqual([]);
    }
  });

  test("is locked again with the older one under its new name", () => {
    const { old, retired } = {
      old: drainageOf(locked(secondRenamed, lock)).olds,
      retired: locked(secondRenamed, lock).retired,
    };
    expect(old.map(({ name, successor }) => [name, successor])).toEqual([
      ["consumers.invoicing.v1", 2],
      ["events.OrderSettled.v1", 2],
    ]);
    expect(retired.every(({ reason }) => reason.includes("takes over"))).toBe(true);
  });
});

test.each([
  ["before it is locked again", locked(second, locked(first))],
  ["and locked again", locked(secondRenamed, locked(second, locked(first)))],
])("what is done and renamed at once is forgotten under both names, %s", (_, lock) => {
  const generations = { "consumers.invoicing.v1": "done", "events.OrderSettled.v1": "done" } as const;
  const keys = deploymentOf(secondRenamed, lock, { generations }).forgotten.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
  for (const key of ["queue/consumer/billing", "queue/consumer/invoicing", "topic/OrderPaid", "topic/OrderSettled"])
    expect(keys).toContain(key);
});

test("a lock stays as it is, however often it is locked again while a renamed one has an older generation", () => {
  const once = locked(secondRenamed, locked(second, locked(first)));
  expect(locked(secondRenamed, once)).toEqual(once);
  const from = once.topology.moved.map((each) => each.from.key);
  expect(from).toEqual([...new Set(from)]);
  expect(from).toContain("queue/consumer/billing");
});

describe("what was renamed before its next generation came", () => {
  const lock = locked(secondRenamed, locked(shop({ ...renamed, generation: 1 }), locked(first)));

  test("is found by an environment that knows the first names only", () => {
    const { moved, resources } = deploymentOf(secondRenamed, lock);
    const reached = new Set([...resources.map(({ key }) => key), ...moved.map(({ from }) => from.key)]);
    expect(first.resources.filter(({ key }) => !reached.has(key))).toEqual([]);
  });

  test("is asked after under the group that it was given first", () => {
    const groups = drainageOf(lock).olds.flatMap(({ topics }) => topics.flatMap((each) => each.groups));
    expect(new Set(groups)).toEqual(new Set(["orders.analytics"]));
  });
});
