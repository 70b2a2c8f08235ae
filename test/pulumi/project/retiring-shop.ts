import { command, defineDomain, event, jsonSchema } from "eventloom";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

/** How a shop has changed. */
export interface RetiringShop {
  /** An event, a consumer, a projection and a saga have left, and nobody says a word. */
  readonly gone?: boolean;
  /** They have left, and are retired. */
  readonly retired?: boolean;
}

/** A small domain of both brokers and a store, of which a part can leave. Imports the package alone: it is copied, too. */
export function retiringShop({ gone = false, retired = false }: RetiringShop) {
  const there = !gone && !retired;
  const paid = { OrderPaid: event({ versions: { 1: payload } }) };
  const because = (name: string): object => ({ [name]: { reason: "nobody needs it any more" } });
  const declaration = {
    // its roles lose what they were granted on the read table: updates beside what is forgotten
    store: { format: 1 },
    aggregates: {
      Order: { id: "orderId", events: there ? { ...paid, OrderLost: event({ versions: { 1: payload } }) } : paid },
    },
    commands: { Reserve: command({ handledBy: "stock", schema: payload, replies: ["Reserved", "Rejected"] }) },
    consumers: {
      mailing: { on: ["OrderPaid"], via: "rabbitmq" },
      ...(there ? { billing: { on: ["OrderPaid"], via: "rabbitmq" } } : {}),
    },
    projections: there
      ? { totals: { from: ["OrderPaid"], table: { columns: { order_id: { type: "text" } }, key: ["order_id"] } } }
      : {},
    sagas: there
      ? {
          Fulfilment: {
            startedBy: "OrderPaid",
            steps: [{ command: "Reserve", success: "Reserved", failure: "Rejected", compensate: "none" }],
          },
        }
      : {},
    retry: { maxRetries: 1 },
    kafka: { partitions: 1 },
    ...(retired
      ? {
          retired: {
            events: because("OrderLost"),
            consumers: because("billing"),
            projections: because("totals"),
            sagas: because("Fulfilment"),
          },
        }
      : {}),
  };
  // the parts that come and go are beyond what the types follow
  return defineDomain("shop", declaration as never);
}
