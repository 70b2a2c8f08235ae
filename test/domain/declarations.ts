import { command, event, exponential, jsonSchema } from "eventloom";

const payload = jsonSchema<{ orderId: string; total: number }>({
  type: "object",
  properties: { orderId: { type: "string" }, total: { type: "number" } },
  required: ["orderId", "total"],
});

/** A small declaration without mistakes, as plain data that a test may spoil. */
export function soundDeclaration() {
  return {
    aggregates: {
      Order: {
        id: "orderId" as const,
        snapshotEvery: 100,
        events: {
          OrderCreated: event({ versions: { 1: payload, 2: payload }, upcast: { 1: (old) => old } }),
          OrderPaid: event({ versions: { 1: payload } }),
        },
      },
    },
    commands: {
      Reserve: command({ handledBy: "inventory", schema: payload, replies: ["Reserved", "Rejected"] }),
      Release: command({ handledBy: "inventory", schema: payload, replies: ["Released"], renamedFrom: "Free" }),
    },
    consumers: {
      billing: { on: ["OrderCreated"], via: "rabbitmq" },
      analytics: { on: ["OrderPaid"], via: "kafka", needs: "30 days" },
    },
    projections: {
      orderSummary: {
        from: ["OrderCreated"],
        table: { columns: { order_id: { type: "text" }, total: { type: "numeric", default: "0" } }, key: ["order_id"] },
      },
    },
    sagas: {
      Fulfilment: {
        startedBy: "OrderCreated",
        steps: [
          { command: "Reserve", success: "Reserved", failure: "Rejected", compensate: "Release", timeout: "1 minute" },
        ],
      },
    },
    retry: {
      maxRetries: 3,
      backoff: exponential({ base: "1 second", factor: 2, max: "10 minutes" }),
      park: { retention: "14 days" },
    },
  };
}

/** A copy of the sound declaration with one place set to a value (`undefined` removes it). */
export function spoiled(path: string, value: unknown): unknown {
  const declaration = soundDeclaration() as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop() as string;
  let holder: Record<string, unknown> = declaration;
  for (const step of steps) {
    holder[step] = Array.isArray(holder[step]) ? [...(holder[step] as unknown[])] : { ...(holder[step] as object) };
    holder = holder[step] as Record<string, unknown>;
  }
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return declaration;
}
