import { current, eventOf, headersOf, type WrittenEvent } from "../../examples/orders/services/event-message";

const orderId = "7d0f5bd0-7a4e-4f0e-9f0e-3d8a3a3c1b11";
const written: WrittenEvent = {
  id: "0e6c1c1c-5a6e-4a3e-8d8e-0a2b8a7f9e10",
  type: "OrderCreated",
  aggregateId: orderId,
  aggregateVersion: 1,
  schemaVersion: 1,
  occurredAt: "2026-01-02T03:04:05.000Z",
  payload: { orderId, customerId: "customer-1", placedOn: "2026-01-02" },
};

describe("an event on its way", () => {
  it("is the same event after it went through a broker's headers", () => {
    const headers = headersOf(written);
    expect(eventOf((name) => headers[name], written.payload)).toEqual(written);
  });

  it("reaches its reader as the latest version, whatever version it was written as", () => {
    expect(current(written)).toEqual({
      type: "OrderCreated",
      payload: { orderId, customerId: "customer-1", placedOn: "2026-01-02", currency: "EUR" },
    });
    const second = { ...written, schemaVersion: 2, payload: { ...(written.payload as object), currency: "USD" } };
    expect(current(second).payload).toHaveProperty("currency", "USD");
  });

  it("is refused without its headers, or with a name that the domain does not have", () => {
    const headers = headersOf(written);
    expect(() => eventOf(() => undefined, {})).toThrow("the header event-type is missing");
    expect(() => eventOf((name) => (name === "event-type" ? "OrderLost" : headers[name]), {})).toThrow(
      "the domain orders has no event OrderLost",
    );
  });
});
