import * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import type { Profile } from "eventloom";
import { EventDrivenDomain } from "eventloom/pulumi";
import { shopIn } from "./generations-shop";

/** A user's program, which goes from one generation to the next: `pulumi config set generation <1 | 2>`. */
const config = new pulumi.Config();

new EventDrivenDomain("shop", {
  domain: shopIn(config.require("name"), config.require("generation") === "2" ? 2 : 1),
  lock: config.require("lock"),
  profile: config.requireObject<Profile>("profile"),
  replicationFactor: 1,
  vhost: config.require("vhost"),
  providers: {
    kafka: new kafka.Provider("kafka", { bootstrapServers: config.require("kafka").split(","), tlsEnabled: false }),
    rabbitmq: new rabbitmq.Provider("rabbitmq", {
      endpoint: config.require("endpoint"),
      username: config.require("username"),
      password: config.requireSecret("password"),
    }),
  },
});
