import * as pulumi from "eventloom/pulumi";
import { recordPulumi } from "../../lib/testing/pulumi";
import { renamingShop } from "../pulumi/project/renaming-shop";
import { type EngineUnderTest, engines, stackWithProviders, type Synthesized, synthesized } from "../terraform/engines";

type Written = Synthesized & { readonly moved?: readonly { readonly from: string; readonly to: string }[] };

const SHOP = { vhost: "shop", replicationFactor: 1 } as const;

function written(under: EngineUnderTest, times: number): Written {
  const stack = stackWithProviders(under);
  new under.constructs.EventDrivenDomain(stack, "shop", { domain: renamingShop(times), ...SHOP });
  return synthesized(under, stack) as Written;
}

function addresses({ resource = {} }: Written): readonly string[] {
  return Object.entries(resource).flatMap(([type, each]) => Object.keys(each).map((id) => `${type}.${id}`));
}

describe.each(engines)("what is renamed, written by $name", (under) => {
  const [first, once, twice] = [0, 1, 2].map((times) => written(under, times)) as [Written, Written, Written];

  test("is moved from each address that it ever had, by a chain that Terraform takes", () => {
    expect(first.moved).toBeUndefined();
    const moves = new Map((twice.moved ?? []).map(({ from, to }) => [from, to]));
    // one successor and one predecessor for each, or Terraform calls it ambiguous
    expect(moves.size).toBe(twice.moved?.length);
    expect(new Set(moves.values()).size).toBe(moves.size);
    const now = (address: string): string => {
      const next = moves.get(address);
      return next === undefined ? address : now(next);
    };
    for (const before of [first, once]) expect(addresses(before).map(now).sort()).toEqual([...addresses(twice)].sort());
    expect(addresses(first).filter((each) => now(each) !== each).length).toBeGreaterThan(15);
  });
});

test("what is renamed can be found by Pulumi under each name that it ever had, components too", async () => {
  const record = async (times: number) =>
    (await recordPulumi(() => new pulumi.EventDrivenDomain("shop", { domain: renamingShop(times), ...SHOP })))
      .resources;
  const [first, once, twice] = [await record(0), await record(1), await record(2)];
  const known = new Map(twice.flatMap(({ name, aliases, type }) => [name, ...aliases].map((each) => [`${type} ${each}`, name]))); // prettier-ignore
  for (const before of [first, once]) {
    const found = before.map(({ name, type }) => known.get(`${type} ${name}`));
    expect([...found].sort()).toEqual(twice.map(({ name }) => name).sort());
  }
  expect(twice.find(({ name }) => name === "shop-saga-Dispatch")?.aliases).toEqual([
    "shop-saga-Delivery",
    "shop-saga-Fulfilment",
  ]);
});
