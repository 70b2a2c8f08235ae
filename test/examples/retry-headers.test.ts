import { attemptOf, failedHeaders } from "../../examples/orders/services/retry-headers";

describe("headers of a message that comes again", () => {
  it("count the deliveries, also over several retries", () => {
    const second = failedHeaders({ "event-type": "OrderCreated" }, "orders.created", new Error("no account"), 2);
    expect(second).toEqual({
      "event-type": "OrderCreated",
      "first-routing-key": "orders.created",
      attempt: 2,
      "last-error": "no account",
    });
    const third = failedHeaders(second, "orders.billing", new Error("still none"), 3);
    expect(third).toMatchObject({ "first-routing-key": "orders.created", attempt: 3, "last-error": "still none" });
    expect([attemptOf({}), attemptOf(second), attemptOf(third)]).toEqual([1, 2, 3]);
  });

  it.each(["x-death", "x-first-death-queue", "x-last-death-reason", "x-delivery-count", "CC", "BCC"])(
    "do not carry %s over: the broker would read it again",
    (name) => {
      expect(failedHeaders({ [name]: ["anything"], kept: 1 }, "key", new Error(), 2)).not.toHaveProperty([name]);
    },
  );

  it.each(["no number", -1, 0, 1.5])("take an attempt of %p for the first", (attempt) => {
    expect(attemptOf({ attempt })).toBe(1);
  });
});
