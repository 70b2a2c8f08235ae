import { defineDomain, event, jsonSchema, type Duration } from "eventloom";
import { EventDrivenDomain, EventloomProvider, KafkaProvider, PostgresTable, RabbitmqProvider } from "eventloom/cdktf";
import type { TerraformStack } from "cdktf";
import type { Servers } from "../../tools/servers";

const schema = jsonSchema<{ saleId: string }>({
  type: "object",
  properties: { saleId: { type: "string" } },
  required: ["saleId"],
});

/** What differs from one deployment of the shop to the next. */
export interface Variant {
  /** One more event. */
  readonly refunds?: boolean;
  /** One more column in the read table. */
  readonly currency?: boolean;
  /** One more index on the read table. */
  readonly index?: boolean;
  /** How far back the archive reads, which the topic's retention follows. */
  readonly needs?: Duration;
  /** The type of the read table's total. */
  readonly total?: "bigint" | "text";
  /** Whether there is a read table at all. */
  readonly projection?: boolean;
  /** Whether there is a table of our own, which is forgotten when it goes. */
  readonly notes?: boolean;
}

/** A domain of both brokers and a store, small enough to be deployed again and again. */
export function shop(variant: Variant) {
  const {
    refunds = false,
    currency = false,
    index = false,
    needs = "14 days",
    total = "bigint",
    projection = true,
  } = variant;
  const sale = { SaleMade: event({ versions: { 1: schema } }) };
  return defineDomain("shop", {
    aggregates: {
      Sale: { id: "saleId", events: refunds ? { ...sale, SaleRefunded: event({ versions: { 1: schema } }) } : sale },
    } as { Sale: { id: "saleId"; events: typeof sale } },
    consumers: {
      printer: { on: ["SaleMade"], via: "rabbitmq", retry: { maxRetries: 1 } },
      archive: { on: ["SaleMade"], via: "kafka", needs, retry: { maxRetries: 1 } },
    },
    kafka: { partitions: 1 },
    projections: (projection
      ? {
          totals: {
            from: ["SaleMade"],
            table: {
              columns: {
                day: { type: "date" },
                total: total === "bigint" ? { type: total, default: "0" } : { type: total, default: "'0'" },
                ...(currency ? { currency: { type: "text", default: "'EUR'" } } : {}),
              },
              indexes: index ? [{ columns: ["total"] }] : [],
            },
          },
        }
      : {}) as Record<string, never>,
  });
}

/** Fills a stack with the shop on given servers. */
export function shopStack(
  { kafka, rabbitmq, postgres }: Pick<Servers, "kafka" | "rabbitmq" | "postgres">,
  variant: Variant,
) {
  return (stack: TerraformStack): void => {
    const { endpoint, username, password, vhost } = rabbitmq;
    new KafkaProvider(stack, "kafka", { bootstrapServers: kafka.bootstrapServers.split(","), tlsEnabled: false });
    new RabbitmqProvider(stack, "rabbitmq", { endpoint, username, password });
    new EventloomProvider(stack, "eventloom", {
      host: postgres.host,
      port: postgres.port,
      database: postgres.database,
      username: postgres.username,
      password: postgres.password,
      sslmode: "disable",
    });
    const domain = new EventDrivenDomain(stack, "shop", { domain: shop(variant), replicationFactor: 1, vhost });
    if (variant.notes === true) {
      new PostgresTable(stack, "notes", {
        schema: domain.store.schema.name,
        name: "notes",
        columns: { id: { type: "bigint" }, note: { type: "text" } },
        primaryKey: ["id"],
        removal: "forget",
      });
    }
  };
}
