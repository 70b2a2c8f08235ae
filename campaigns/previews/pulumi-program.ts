import { readFileSync } from "node:fs";
import * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import { EventDrivenDomain, EventloomProvider } from "eventloom/pulumi";
import { ordersIn } from "./orders-variant";
import type { PulumiInput } from "./pulumi-folder";

/** A user's program, which is bundled and run by the real Pulumi; what differs from one deploy to the next is beside it. */
const { variant, lock, profile, target } = JSON.parse(readFileSync("input.json", "utf8")) as PulumiInput;
const { endpoint, username, password, vhost } = target.rabbitmq;
const { host, port, username: user, password: secret, database } = target.postgres;

new EventDrivenDomain("orders", {
  domain: ordersIn(variant),
  lock,
  profile,
  replicationFactor: 1,
  vhost,
  providers: {
    kafka: new kafka.Provider("kafka", {
      bootstrapServers: target.kafka.bootstrapServers.split(","),
      tlsEnabled: false,
    }),
    rabbitmq: new rabbitmq.Provider("rabbitmq", { endpoint, username, password: pulumi.secret(password) }),
    eventloom: new EventloomProvider("postgres", { host, port, username: user, password: secret, database, sslmode: "disable" }), // prettier-ignore
  },
});
