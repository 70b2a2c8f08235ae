import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { retiringShop, type RetiringShop } from "../pulumi/project/retiring-shop";
import { type EngineUnderTest, engines, stackWithProviders, type Synthesized, synthesized } from "./engines";

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
