import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { compile, DeclarationError, type Moved } from "eventloom";
import { DeadLetterQueue, EventDrivenDomain, SagaTopology } from "eventloom/pulumi";
import { Placement } from "../../lib/pulumi/placement";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { recordPulumi, type PulumiResource } from "../../lib/testing/pulumi";
import { retiringShop } from "./project/retiring-shop";

let folder: string;
let lock: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-retired-"));
  lock = join(folder, "shop.lock.json");
  const next = nextLock(compile(retiringShop({}), { replicationFactor: 1 }), null);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  writeFileSync(lock, renderLock(next.lock));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Program = (retired: boolean) => pulumi.ComponentResource;
const shop: Program = (retired) =>
  new EventDrivenDomain("shop", { domain: retiringShop({ retired }), replicationFactor: 1, lock });
const failed: Program = (retired) =>
  new DeadLetterQueue("failed", { domain: retiringShop({ retired }), replicationFactor: 1, lock, of: "billing" });
const saga: Program = (retired) =>
  new SagaTopology("saga", { domain: retiringShop({ retired }), lock, saga: "Fulfilment" as never });

const RELEASED = "eventloom:index:Released";

/** The state after a program: the URNs that the engine gives. */
function stateOf(resources: readonly PulumiResource[]): readonly string[] {
  const byName = new Map(resources.map((each) => [each.name, each]));
  const chain = ({ type, parent }: PulumiResource): string => {
    const holder = parent === null ? undefined : byName.get(parent);
    return holder === undefined || holder.type === "pulumi:pulumi:Stack" ? type : `${chain(holder)}$${type}`;
  };
  return resources.map((each) => `urn:pulumi:stack::project::${chain(each)}::${each.name}`);
}

async function recorded(program: () => unknown, state: readonly string[] = []): Promise<readonly PulumiResource[]> {
  return (await recordPulumi(program, { state })).resources;
}

const released = (resources: readonly PulumiResource[], name: string): readonly PulumiResource[] =>
  resources.filter((each) => each.parent === `${name}-released`);

describe.each([
  ["an EventDrivenDomain", "shop", shop],
  ["a DeadLetterQueue that stands alone", "failed", failed],
  ["a SagaTopology that stands alone", "saga", saga],
] as const)("what is retired, in %s", (_, name, program) => {
  test("is released where the state has it, and left out in the update after that", async () => {
    const before = await recorded(() => program(false));
    const first = await recorded(() => program(true), stateOf(before));
    const kept = released(first, name);
    expect(kept.length).toBeGreaterThan(0);
    for (const each of kept) {
      expect(each).toMatchObject({ protect: false, retainOnDelete: true, ignoreChanges: ["*"], aliases: [each.name] });
      expect(each.inputs).toEqual(before.find((other) => other.name === each.name)?.inputs);
    }
    const there = new Set(first.map((each) => each.name));
    const left = before.filter((each) => each.custom && !there.has(each.name)).map((each) => each.name);
    expect(left.filter((each) => !/-binding-(consumer|saga)-\w+-(event|replies)/.test(each))).toEqual([]);
    const second = await recorded(() => program(true), stateOf(first));
    expect(second.filter((each) => each.type === RELEASED || each.parent === `${name}-released`)).toEqual([]);
  });

  test("is not created in a stack that never had it", async () => {
    const resources = await recorded(() => program(true));
    expect(resources.filter((each) => each.type === RELEASED)).toEqual([]);
  });
});

test("what is retired is not taken from another component of the same name", async () => {
  const before = stateOf(await recorded(() => shop(false)));
  const elsewhere = before.map((urn) => urn.replace("::eventloom:index:EventDrivenDomain", "::my:index:Team$eventloom:index:EventDrivenDomain")); // prettier-ignore
  expect(released(await recorded(() => shop(true), elsewhere), "shop")).toEqual([]);
  expect(released(await recorded(() => shop(true), before), "shop").length).toBeGreaterThan(0);
});

test("what has gone without a word is an error before anything is registered", async () => {
  const gone = (): unknown => new EventDrivenDomain("shop", { domain: retiringShop({ gone: true }), lock });
  await expect(recorded(gone)).rejects.toThrow(/LK612 retired\.events\.OrderLost: .*\n.*LK612/);
});

test("a state that cannot be read is said so, with the way out: PU503", async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: () => {
      throw Object.assign(new Error(), { details: "no such stack" });
    },
  });
  const component = new pulumi.ComponentResource("my:index:Holder", "holder");
  const forgotten = compile(retiringShop({})).resources;
  const deployment = { resources: [], forgotten, moved: [] };
  const place = { name: "shop", deployment, declaredBy: "shop", vhost: "/" };
  const thrown = await new Placement({ ...place, holderOf: () => component, formerHolderOf: () => component })
    .release(component)
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(DeclarationError);
  expect((thrown as DeclarationError).message).toMatch(
    /PU503 lock: .*no such stack.*\(fix: see that `pulumi stack export`/,
  );
});

test("a state that is being written is read again", async () => {
  let asked = 0;
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: () => {
      if (++asked === 1) throw Object.assign(new Error(), { details: "unexpected end of JSON input" });
      return { outputs: {} };
    },
  });
  const component = new pulumi.ComponentResource("my:index:Holder", "holder");
  const forgotten = compile(retiringShop({})).resources;
  const deployment = { resources: [], forgotten, moved: [] };
  const place = { name: "shop", deployment, declaredBy: "shop", vhost: "/" };
  await new Placement({ ...place, holderOf: () => component, formerHolderOf: () => component }).release(component);
  expect(asked).toBe(2);
});

test("what has another key now is known under all that it ever had, oldest last", async () => {
  const moved: readonly Moved[] = [
    { kind: "kafka-topic", from: { key: "topic/OrderMade", part: "domain" }, to: "topic/OrderPlaced" },
    { kind: "kafka-topic", from: { key: "topic/OrderPlaced", part: "store" }, to: "topic/OrderPaid" },
    { kind: "kafka-topic", from: { key: "topic/Other", part: "domain" }, to: "topic/Else" },
  ];
  const resources = compile(retiringShop({})).resources.filter(({ key }) => key === "topic/OrderPaid");
  const [topic] = (
    await recorded(() => {
      const holder = new pulumi.ComponentResource("my:index:Holder", "holder");
      const place = { name: "shop", deployment: { resources, forgotten: [], moved }, declaredBy: "shop", vhost: "/" };
      new Placement({ ...place, holderOf: () => holder, formerHolderOf: () => holder }).create();
    })
  ).filter((each) => each.custom);
  expect(topic?.aliases).toEqual(["shop-topic-OrderPlaced", "shop-topic-OrderMade"]);
});
