import * as pulumi from "@pulumi/pulumi";
import type { Profile } from "eventloom";
import { EventloomProvider, EventStoreDatabase } from "eventloom/pulumi";
import { readTableShop } from "./read-table-shop";

/** A user's program, whose read table gets a next generation: `pulumi config set generation <1 | 2>`. */
const config = new pulumi.Config();

new EventStoreDatabase("store", {
  domain: readTableShop(config.require("generation") === "2" ? 2 : 1),
  lock: config.require("lock"),
  profile: config.requireObject<Profile>("profile"),
  providers: { eventloom: new EventloomProvider("postgres") },
});
