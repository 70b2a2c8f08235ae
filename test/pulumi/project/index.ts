import * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import { defineDomain, event, jsonSchema, type Duration } from "eventloom";
import { EventDrivenDomain, EventloomProvider } from "eventloom/pulumi";

/** A user's program, in the steps that a domain goes through: `pulumi config set step <first | more | less | gone>`. */
const config = new pulumi.Config();
const step = config.require("step");

const placed = event({ versions: { 1: jsonSchema<{ orderId: string }>({ type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } }) } }); // prettier-ignore
const columns = {
  order_id: { type: "text" },
  total_cents: { type: "bigint", default: "0" },
} as const;

function shop(retention: Duration, table: object, events: object = {}) {
  return defineDomain("shop", {
    kafka: { partitions: 2, retention },
    aggregates: { Order: { id: "orderId", events: { OrderPlaced: placed, ...events } } },
    consumers: { billing: { on: ["OrderPlaced"], via: "rabbitmq", retry: { maxRetries: 1 } } },
    projections: { totals: { from: ["OrderPlaced"], table: { columns, ...table } } },
  });
}

const steps = {
  first: shop("7 days", {}),
  more: shop(
    "10 days",
    {
      columns: { ...columns, note: { type: "text", nullable: true } },
      indexes: [{ columns: ["total_cents"] }],
    },
    { OrderPaid: placed },
  ),
  less: shop("7 days", { columns: { order_id: columns.order_id } }, { OrderPaid: placed }),
  gone: shop("10 days", { columns: { ...columns, note: { type: "text", nullable: true } }, indexes: [{ columns: ["total_cents"] }] }), // prettier-ignore
};

const domain = new EventDrivenDomain("shop", {
  domain: steps[step as keyof typeof steps],
  replicationFactor: 1,
  vhost: config.require("vhost"),
  providers: {
    kafka: new kafka.Provider("kafka", { bootstrapServers: config.require("kafka").split(","), tlsEnabled: false }),
    rabbitmq: new rabbitmq.Provider("rabbitmq", {
      endpoint: config.require("endpoint"),
      username: config.require("username"),
      password: config.requireSecret("password"),
    }),
    eventloom: new EventloomProvider("postgres", { sslmode: "disable", password: config.requireSecret("pgPassword") }),
  },
});

export const topic = domain.topics.OrderPlaced.name;
