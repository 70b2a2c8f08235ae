import { z } from "zod";
import { orders } from "../../examples/orders/domain";
import { eventsOf } from "../../examples/orders/services/place-orders";
import { seededOrders } from "../../examples/orders/services/seeded-orders";
import { FIGURE, impliedBy } from "../../tools/demo/implied";

const placed = seededOrders({ seed: 1, count: 1000 });

describe("seeded orders", () => {
  it("are the same for the same seed, and others for another one", () => {
    expect(seededOrders({ seed: 1, count: 1000 })).toEqual(placed);
    expect(seededOrders({ seed: 2, count: 1000 })[0]?.orderId).not.toBe(placed[0]?.orderId);
  });

  it("have ids of their own, 1 to 4 items, and no currency to lose where the first version is written", () => {
    expect(new Set(placed.map((each) => each.orderId)).size).toBe(1000);
    expect(placed.every((each) => each.items.length >= 1 && each.items.length <= 4)).toBe(true);
    expect(new Set(placed.filter((each) => each.old).map((each) => each.currency))).toEqual(new Set(["EUR"]));
  });

  it("are refused in exactly a tenth of the cases and poison in exactly a hundredth", () => {
    expect(placed.filter((each) => each.paymentRefused)).toHaveLength(100);
    expect(placed.filter((each) => each.poison)).toHaveLength(10);
    const few = seededOrders({ seed: 1, count: 5 });
    expect(few.filter((each) => each.paymentRefused)).toHaveLength(1);
    expect(few.filter((each) => each.poison)).toHaveLength(1);
  });

  it("become events that the declaration's schemas accept, in the version that they are written as", () => {
    const schemas = new Map<string, z.ZodType>(
      Object.values(orders.definition.events).flatMap(({ name, versions }) =>
        versions.map(({ schema, version }) => [`${name} ${version}`, z.fromJSONSchema(schema)] as const),
      ),
    );
    const written = placed.flatMap(eventsOf).map(({ payload, schemaVersion, type }) => ({
      is: `${type} ${schemaVersion ?? orders.events[type].latest}`,
      payload,
    }));
    expect(new Set(written.map((each) => each.is))).toEqual(
      new Set(["OrderCreated 1", "OrderCreated 2", "OrderItemAdded 1"]),
    );
    const wrong = written.filter(({ is, payload }) => schemas.get(is)?.safeParse(payload).success !== true);
    expect(wrong).toEqual([]);
  });
});

describe("what seeded orders imply", () => {
  const implied = impliedBy(placed);
  const figure = (name: string): number => implied.get(name) ?? NaN;

  it("is one fate for each order: completed or compensated", () => {
    expect(figure(FIGURE.saga("OrderFulfillment", "completed"))).toBe(900);
    expect(figure(FIGURE.saga("OrderFulfillment", "compensated"))).toBe(100);
    expect(figure(FIGURE.event("OrderShipped"))).toBe(900);
  });

  it("is parked messages for billing's poison alone", () => {
    const parked = [...implied].filter(([name, count]) => name.startsWith("parked") && count > 0);
    expect(parked).toEqual([[FIGURE.parked("orders.billing.parking"), 10]]);
    expect(figure(FIGURE.handled("billing"))).toBe(1000 - 10 + 900);
    expect(figure(FIGURE.handled("notifications"))).toBe(1000 + 900);
  });

  it("is nothing left over", () => {
    const left = [...implied].filter(([name]) => name.startsWith("left over"));
    expect(left.map(([, count]) => count)).toEqual([0, 0, 0, 0]);
  });
});
