import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Construct, type IConstruct } from "constructs";
import { compile, type Moved } from "eventloom";
import type { Engine } from "../../lib/terraform/engine";
import { Placement } from "../../lib/terraform/placement";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { retiringShop, type RetiringShop } from "../pulumi/project/retiring-shop";
import { type EngineUnderTest, engines, orders, stackWithProviders, type Synthesized, synthesized } from "./engines";

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

type Written = Synthesized & {
  readonly removed?: readonly { readonly from: string; readonly lifecycle: unknown }[];
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
};

type Part = "whole" | "DeadLetterQueue" | "SagaTopology" | "EventStoreDatabase";

function written(under: EngineUnderTest, shop: RetiringShop, part: Part = "whole", withLock = true): Written {
  const stack = stackWithProviders(under);
  const { EventDrivenDomain, DeadLetterQueue, SagaTopology, EventStoreDatabase } = under.constructs;
  const props = { domain: retiringShop(shop), replicationFactor: 1, ...(withLock ? { lock } : {}) };
  const made = {
    whole: () => new EventDrivenDomain(stack, "shop", props),
    DeadLetterQueue: () => new DeadLetterQueue(stack, "failed", { ...props, of: "billing" }),
    SagaTopology: () => new SagaTopology(stack, "saga", { ...props, saga: "Fulfilment" as never }),
    EventStoreDatabase: () => new EventStoreDatabase(stack, "store", props),
  };
  made[part]();
  return synthesized(under, stack) as Written;
}

function addresses({ resource = {} }: Partial<Written>): readonly string[] {
  return Object.entries(resource).flatMap(([type, each]) => Object.keys(each).map((id) => `${type}.${id}`));
}

const removedFrom = ({ removed = [] }: Written): readonly string[] => removed.map(({ from }) => from);

describe.each(engines)("the lock of a domain, in $name", (under) => {
  const { EventDrivenDomain, EventStoreDatabase } = under.constructs;
  const withLock = (file: string) => (): unknown =>
    new EventDrivenDomain(stackWithProviders(under), "shop", { domain: retiringShop({}), lock: file });

  test("that cannot be read says which file it was, and how to get one: LK615", () => {
    expect(withLock("no/such.lock.json")).toThrow(
      /LK615 no\/such\.lock\.json: cannot be read: there is no file ".*no\/such\.lock\.json" \(fix: .*run eventloom lock/,
    );
    expect(withLock(folder)).toThrow(/LK615 .*it is no file/);
  });

  test("is looked for from the current folder", () => {
    expect(withLock(relative(process.cwd(), lock))).not.toThrow();
  });

  test("that is no good is refused as everywhere: cut off, or that of another domain", () => {
    const broken = join(folder, "broken.lock.json");
    writeFileSync(broken, readFileSync(lock, "utf8").slice(0, 100));
    expect(withLock(broken)).toThrow(/LK601 .*broken\.lock\.json/);
    writeFileSync(broken, Buffer.from(readFileSync(lock, "utf8"), "utf16le"));
    expect(withLock(broken)).toThrow(/LK601 .*broken\.lock\.json/);
    writeFileSync(broken, Buffer.concat([readFileSync(lock), Buffer.from([0xff])]));
    expect(withLock(broken)).toThrow(/LK601 .*not written in UTF-8/);
    const stack = stackWithProviders(under);
    expect(() => new EventDrivenDomain(stack, "orders", { domain: orders, lock })).toThrow(/LK614 domain/);
  });

  test("is missed by a warning at synth, once for each construct that stands alone", () => {
    const warnings = (made: { readonly node: IConstruct["node"] }): readonly unknown[] =>
      made.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type.endsWith("/warn")));
    const without = new EventDrivenDomain(stackWithProviders(under), "shop", { domain: retiringShop({}) });
    expect(warnings(without)).toEqual([
      expect.objectContaining({
        data: expect.stringMatching(/no lock is given for the domain "shop".*eventloom lock/),
      }),
    ]);
    const part = new EventStoreDatabase(stackWithProviders(under), "store", { domain: retiringShop({}) });
    expect(warnings(part)).toHaveLength(1);
    const guarded = new EventDrivenDomain(stackWithProviders(under), "shop", { domain: retiringShop({}), lock });
    expect(warnings(guarded)).toEqual([]);
  });

  test("leads from old addresses to new ones: a chain is written as such", () => {
    const stack = stackWithProviders(under);
    const owner = new Construct(stack, "shop");
    const { Annotations, TerraformElement, TerraformProvider, TerraformResource, TerraformStack, Token } = under.engine;
    const classes = { Annotations, TerraformElement, TerraformProvider, TerraformResource, TerraformStack, Token };
    const placement = new Placement({ name: under.name, ...classes } as Engine, owner, "shop", {});
    const topic = compile(retiringShop({})).resources.filter(({ key }) => key === "topic/OrderPaid");
    for (const each of topic) placement.add(owner, each);
    const from = (key: string) => ({ key, part: "dead-letter/old" }) as const;
    const moved: readonly Moved[] = [
      { kind: "kafka-topic", from: from("topic/OrderMade"), to: "topic/OrderPlaced" },
      { kind: "kafka-topic", from: from("topic/OrderPlaced"), to: "topic/OrderPaid" },
    ];
    const old = new Construct(owner, "dead-letter-old");
    placement.depart({ resources: topic, forgotten: [], moved }, () => old);
    const plain = (address: string): string => address.replace(/_[0-9A-F]{8}$/, "");
    const { moved: blocks = [] } = synthesized(under, stack) as Written;
    expect(blocks.map((each) => [plain(each.from), plain(each.to)])).toEqual([
      ["kafka_topic.shop_dead-letter-old_topic-OrderMade", "kafka_topic.shop_dead-letter-old_topic-OrderPlaced"],
      ["kafka_topic.shop_dead-letter-old_topic-OrderPlaced", "kafka_topic.shop_topic-OrderPaid"],
    ]);
  });
});

describe.each(engines)("what is retired, in $name", (under) => {
  const before = (part?: Part): readonly string[] => addresses(written(under, {}, part, false));

  test("is forgotten at the address that it had; only a binding that brings new messages is destroyed", () => {
    const after = written(under, { retired: true });
    const now = addresses(after);
    const gone = before().filter((each) => !now.includes(each));
    const forgotten = removedFrom(after);
    expect(forgotten.filter((each) => !gone.includes(each))).toEqual([]);
    expect(gone.filter((each) => !forgotten.includes(each)).map((each) => each.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
      "rabbitmq_binding.shop_binding-consumer-billing-event-OrderPaid",
      "rabbitmq_binding.shop_saga-Fulfilment_binding-saga-Fulfilment-replies",
    ]);
    expect(after.removed?.every(({ lifecycle }) => JSON.stringify(lifecycle) === '{"destroy":false}')).toBe(true);
    for (const type of ["kafka_topic", "rabbitmq_queue", "rabbitmq_policy", "eventloom_postgres_table"])
      expect(forgotten.some((each) => each.startsWith(`${type}.`))).toBe(true);
  });

  test.each<Part>(["DeadLetterQueue", "SagaTopology"])(
    "is forgotten where it was created by a %s that stands alone",
    (part) => {
      const after = written(under, { retired: true }, part);
      const lost = before(part).filter(
        (each) => !addresses(after).includes(each) && !removedFrom(after).includes(each),
      );
      expect(lost.filter((each) => !/binding-(consumer|saga)-\w+-(event|replies)/.test(each))).toEqual([]);
      expect(removedFrom(after).length).toBeGreaterThan(0);
    },
  );

  test("is forgotten by an EventStoreDatabase that stands alone", () => {
    const after = written(under, { retired: true }, "EventStoreDatabase");
    const gone = before("EventStoreDatabase").filter((each) => !addresses(after).includes(each));
    expect(gone).toEqual([expect.stringMatching(/^eventloom_postgres_table\.store_projection-totals_/)]);
    expect(removedFrom(after)).toEqual(expect.arrayContaining(gone));
  });

  test("is an error before that: each thing with its code and its place", () => {
    const silently = (): Written => written(under, { gone: true });
    expect(silently).toThrow(/LK612 retired\.events\.OrderLost: /);
    expect(silently).toThrow(/LK612 retired\.consumers\.billing: /);
    expect(silently).toThrow(/LK612 retired\.projections\.totals: /);
    expect(silently).toThrow(/LK612 retired\.sagas\.Fulfilment: /);
  });

  test("is nothing where nothing has left", () => {
    const { removed, moved } = written(under, {});
    expect([removed, moved]).toEqual([undefined, undefined]);
  });

  test("stays beside the moves and the removals that a user writes", () => {
    const stack = stackWithProviders(under);
    stack.addOverride("import", [{ to: "kafka_topic.mine", id: "mine" }]);
    new under.constructs.EventDrivenDomain(stack, "a", { domain: retiringShop({ retired: true }), lock });
    const element = new (class extends under.engine.TerraformElement {
      override toTerraform(): object {
        return { removed: [{ from: "kafka_topic.old", lifecycle: { destroy: false } }] };
      }
    })(stack, "mine");
    expect(removedFrom(synthesized(under, stack) as Written)).toContain("kafka_topic.old");
    expect(element.node.id).toBe("mine");
  });
});
