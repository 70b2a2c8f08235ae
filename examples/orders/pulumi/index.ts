import { join } from "node:path";
import * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import { EventDrivenDomain, EventloomProvider } from "eventloom/pulumi";
import { orders } from "../domain";
import { profile } from "../profile";

/**
 * The order system with Pulumi. Connections come from the stack's configuration, or from the environment:
 *
 *   pulumi config set kafkaBootstrapServers broker-1:9092,broker-2:9092     KAFKA_BOOTSTRAP_SERVERS
 *   pulumi config set rabbitmqEndpoint https://rabbitmq.example:15671       RABBITMQ_ENDPOINT
 *   pulumi config set rabbitmqUsername deployer                             RABBITMQ_USERNAME
 *   pulumi config set --secret rabbitmqPassword                             RABBITMQ_PASSWORD
 *   pulumi config set postgresHost db.example                               PGHOST, and so on with PGPORT, PGDATABASE, PGUSER
 *   pulumi config set --secret postgresPassword                             PGPASSWORD
 */
const config = new pulumi.Config();

function setting(name: string, variable: string): string {
  const found = config.get(name) ?? process.env[variable];
  if (found === undefined) {
    throw new pulumi.RunError(`no ${name}: run "pulumi config set ${name} <value>", or set ${variable}`);
  }
  return found;
}

function optional(name: string, variable: string, otherwise: string): string {
  return config.get(name) ?? process.env[variable] ?? otherwise;
}

function secret(name: string, variable: string): pulumi.Output<string> {
  return config.getSecret(name) ?? pulumi.secret(setting(name, variable));
}

const kafkaTls = optional("kafkaTls", "KAFKA_TLS", "true") === "true";

const domain = new EventDrivenDomain("orders", {
  domain: orders,
  lock: join(__dirname, "..", "orders.lock.json"),
  profile,
  replicationFactor: Number(optional("replicationFactor", "KAFKA_REPLICATION_FACTOR", "3")),
  vhost: optional("rabbitmqVhost", "RABBITMQ_VHOST", "/"),
  providers: {
    kafka: new kafka.Provider("kafka", {
      bootstrapServers: setting("kafkaBootstrapServers", "KAFKA_BOOTSTRAP_SERVERS").split(","),
      tlsEnabled: kafkaTls,
    }),
    rabbitmq: new rabbitmq.Provider("rabbitmq", {
      endpoint: setting("rabbitmqEndpoint", "RABBITMQ_ENDPOINT"),
      username: setting("rabbitmqUsername", "RABBITMQ_USERNAME"),
      password: secret("rabbitmqPassword", "RABBITMQ_PASSWORD"),
    }),
    eventloom: new EventloomProvider("postgres", {
      host: setting("postgresHost", "PGHOST"),
      port: Number(optional("postgresPort", "PGPORT", "5432")),
      database: setting("postgresDatabase", "PGDATABASE"),
      username: setting("postgresUsername", "PGUSER"),
      password: secret("postgresPassword", "PGPASSWORD"),
      sslmode: optional("postgresSslmode", "PGSSLMODE", "verify-full") as "disable" | "require" | "verify-full",
    }),
  },
});

/** For whoever comes after this stack: another program reads them by a stack reference. */
export const orderCreatedTopic = domain.topics.OrderCreated.name;
export const billingQueue = domain.consumerQueues.billing.name;
export const orderSummaryTable = domain.store.projections.orderSummary.name;
