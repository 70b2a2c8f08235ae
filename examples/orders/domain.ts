import { command, defineDomain, event, exponential } from "eventloom";
import { z } from "zod";

const orderId = z.uuid();
const amount = z.int().min(0);
const currency = z.enum(["EUR", "USD"]);

const orderCreatedV1 = z.object({ orderId, customerId: z.string(), placedOn: z.iso.date() });
const orderCreatedV2 = orderCreatedV1.extend({ currency });
const orderItemAdded = z.object({ orderId, sku: z.string(), quantity: z.int().min(1), unitPriceCents: amount });
const orderPaid = z.object({ orderId, totalCents: amount, currency, paidOn: z.iso.date() });
const orderShipped = z.object({ orderId, trackingNumber: z.string() });

const forOrder = z.object({ orderId });
const reserveInventory = z.object({ orderId, items: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })) });
const processPayment = z.object({ orderId, totalCents: amount, currency });

/** The order system: one declaration for Kafka, RabbitMQ and Postgres. */
export const orders = defineDomain("orders", {
  store: { format: 1 },
  aggregates: {
    Order: {
      id: "orderId",
      snapshotEvery: 100,
      events: {
        OrderCreated: event({
          versions: { 1: orderCreatedV1, 2: orderCreatedV2 },
          upcast: { 1: (created) => ({ ...created, currency: "EUR" }) },
        }),
        OrderItemAdded: event({ versions: { 1: orderItemAdded } }),
        OrderPaid: event({ versions: { 1: orderPaid } }),
        OrderShipped: event({ versions: { 1: orderShipped } }),
      },
    },
  },
  commands: {
    ReserveInventory: command({
      handledBy: "inventory",
      schema: reserveInventory,
      replies: ["InventoryReserved", "InventoryRejected"],
    }),
    ReleaseInventory: command({ handledBy: "inventory", schema: forOrder, replies: ["InventoryReleased"] }),
    ProcessPayment: command({
      handledBy: "payments",
      schema: processPayment,
      replies: ["PaymentProcessed", "PaymentRefused"],
    }),
    RefundPayment: command({ handledBy: "payments", schema: forOrder, replies: ["PaymentRefunded"] }),
    ShipOrder: command({ handledBy: "shipping", schema: forOrder, replies: ["OrderDispatched", "ShippingRejected"] }),
    CancelShipment: command({ handledBy: "shipping", schema: forOrder, replies: ["ShipmentCancelled"] }),
  },
  consumers: {
    billing: { on: ["OrderCreated", "OrderPaid"], via: "rabbitmq", retry: { maxRetries: 3 } },
    notifications: { on: ["OrderCreated", "OrderShipped"], via: "rabbitmq" },
    analytics: { on: ["OrderPaid"], via: "kafka", needs: "30 days" },
  },
  projections: {
    orderSummary: {
      from: ["OrderCreated", "OrderItemAdded", "OrderPaid", "OrderShipped"],
      table: {
        columns: {
          order_id: { type: "uuid" },
          customer_id: { type: "text" },
          currency: { type: "text" },
          status: { type: "text" },
          items: { type: "integer", default: "0" },
          total_cents: { type: "bigint", default: "0" },
          version: { type: "bigint" },
          updated_at: { type: "timestamptz", default: "now()" },
        },
        key: ["order_id"],
        indexes: [{ columns: ["customer_id"] }],
      },
    },
    dailySales: {
      from: ["OrderPaid"],
      table: {
        columns: {
          day: { type: "date" },
          currency: { type: "text" },
          orders: { type: "bigint", default: "0" },
          total_cents: { type: "bigint", default: "0" },
        },
        key: ["day", "currency"],
        removal: "forget",
      },
    },
  },
  sagas: {
    OrderFulfillment: {
      startedBy: "OrderCreated",
      steps: [
        {
          command: "ReserveInventory",
          success: "InventoryReserved",
          failure: "InventoryRejected",
          compensate: "ReleaseInventory",
          timeout: "5 minutes",
        },
        {
          command: "ProcessPayment",
          success: "PaymentProcessed",
          failure: "PaymentRefused",
          compensate: "RefundPayment",
          timeout: "5 minutes",
        },
        {
          command: "ShipOrder",
          success: "OrderDispatched",
          failure: "ShippingRejected",
          compensate: "CancelShipment",
          timeout: "1 hour",
        },
      ],
    },
  },
  retry: {
    maxRetries: 3,
    backoff: exponential({ base: "1 second", factor: 2, max: "10 minutes" }),
    park: { retention: "14 days" },
  },
});
