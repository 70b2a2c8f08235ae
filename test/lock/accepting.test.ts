import { compile, defineDomain, event, jsonSchema } from "eventloom";
import type { Topology } from "eventloom";
import { deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { diffTopologies } from "../../lib/preview/diff/diff-locks";
import { renderDiffText } from "../../lib/preview/report/render-diff-text";
import { engines, named, stackWithProviders, synthesized } from "../terraform/engines";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});
type Accept = readonly { readonly change: string; readonly reason: string }[];

function shop(columns: Readonly<Record<string, object>>, accept: Accept = []) {
  const table = { columns: { order_id: { type: "text" }, ...columns }, key: ["order_id"] };
  return defineDomain("shop", {
    aggregates: { Order: { id: "orderId", events: { OrderPaid: event({ versions: { 1: payload } }) } } },
    projections: { totals: { from: ["OrderPaid"], table } },
    brokers: ["kafka"],
    ...(accept.length === 0 ? {} : { accept }),
  } as never);
}

const NOTE = { note: { type: "text", nullable: true } };
const DROP = { change: 'projection/totals drop column "note" text', reason: "nobody reads it" };
const RISK = { change: "topic/OrderPaid partitions 12 -> 24", reason: "nobody is keyed" };
const before = compile(shop(NOTE));
const dropped = (accept?: Accept): Topology => compile(shop({}, accept));

describe("a domain that accepts a change of its read table", () => {
  test("is told by the diff how to, and then that it was, with the statements", () => {
    const refused = diffTopologies(before, dropped());
    expect([refused.worst, refused.changes[0]?.ddl]).toEqual(["refused", []]);
    expect(renderDiffText([refused])).toContain(
      `to accept     accept: [{ change: ${JSON.stringify(DROP.change)}, reason: "…" }]`,
    );
    const accepted = diffTopologies(before, dropped([DROP]));
    expect(accepted).toMatchObject({ worst: "safe", staleAcceptances: [], classes: { accepted: 1, refused: 0 } });
    expect(accepted.changes[0]).toMatchObject({
      class: "refused",
      findings: [{ code: "PG401", accepted: "nobody reads it" }],
      ddl: [expect.stringContaining('ALTER TABLE "shop"."totals" DROP COLUMN "note"')],
    });
  });

  test("has accepted nothing of another type, nor the same change a second time", () => {
    const numbered = compile(shop({ note: { type: "integer", nullable: true } }));
    expect(diffTopologies(numbered, dropped([DROP])).worst).toBe("refused");
    const again = compile(shop(NOTE, [DROP]));
    expect(diffTopologies(again, dropped([DROP])).worst).toBe("refused");
    expect(diffTopologies(again, dropped([{ ...DROP, reason: "it came back by a mistake" }])).worst).toBe("safe");
  });

  test("gives it to the table alone that it is about, and no risk of another kind", () => {
    const { resources } = deploymentOf(dropped([DROP, RISK]), null);
    expect(resources.flatMap((each) => ("accept" in each ? [[each.key, each.accept]] : []))).toEqual([
      ["projection/totals", [{ change: 'shop.totals: drop column "note" text', reason: "nobody reads it" }]],
    ]);
  });

  test("has it in its lock once, and not in the table there", () => {
    const next = nextLock(dropped([DROP]), null);
    const text = next.ok ? renderLock(next.lock) : "";
    expect(text.split("nobody reads it")).toHaveLength(2);
    expect(text).toContain(JSON.stringify(DROP.change));
  });

  test.each(engines)("writes it into the stack of $name", (under) => {
    const stack = stackWithProviders(under);
    new under.constructs.EventStoreDatabase(stack, "shop", { domain: shop({}, [DROP]) });
    expect(named(synthesized(under, stack), "eventloom_postgres_table", "totals")["accept"]).toEqual([
      { change: 'shop.totals: drop column "note" text', reason: "nobody reads it" },
    ]);
  });
});

describe.each(engines)("a PostgresTable that accepts a change, in $name", (under) => {
  const table = (accept: Accept): unknown => {
    const stack = stackWithProviders(under);
    new under.constructs.PostgresTable(stack, "notes", { schema: "app", name: "notes", columns: { id: { type: "bigint" } }, accept }); // prettier-ignore
    return named(synthesized(under, stack), "eventloom_postgres_table", "notes")["accept"];
  };

  test("says so as it is written, and nothing where there is nothing", () => {
    const accept = [{ change: "app.notes: drop check \"${x}\"", reason: "it % was {wrong" }]; // prettier-ignore
    expect(table(accept)).toEqual([{ change: 'app.notes: drop check "$${x}"', reason: "it % was {wrong" }]);
    expect(table([])).toBeUndefined();
  });

  test("is refused without a reason (PG444)", () => {
    expect(() => table([{ change: "x", reason: "" }])).toThrow(/PG444 accept\[0\]\.reason: gives no reason/);
  });
});
