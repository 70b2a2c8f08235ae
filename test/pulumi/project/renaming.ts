import * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import { EventDrivenDomain, EventloomProvider } from "eventloom/pulumi";
import { renamingShop } from "./renaming-shop";

/** A user's program, in which everything is renamed: `pulumi config set times <0 | 1 | 2>`. */
const config = new pulumi.Config();

new EventDrivenDomain("shop", {
  domain: renamingShop(config.requireNumber("times")),
  lock: config.require("lock"),
  replicationFactor: 1,
  vhost: config.require("vhost"),
  providers: {
    kafka: new kafka.Provider("kafka", { bootstrapServers: config.require("kafka").split(","), tlsEnabled: false }),
    rabbitmq: new rabbitmq.Provider("rabbitmq", {
      endpoint: config.require("endpoint"),
      username: config.require("username"),
      password: config.requireSecret("password"),
    }),
    eventloom: new EventloomProvider("postgres"),
  },
});
