import * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import { EventDrivenDomain, EventloomProvider } from "eventloom/pulumi";
import { retiringShop } from "./retiring-shop";

/** A user's program, of which a part is retired: `pulumi config set step <first | gone | retired>`. */
const config = new pulumi.Config();

new EventDrivenDomain("shop", {
  domain: retiringShop({ [config.require("step")]: true }),
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
