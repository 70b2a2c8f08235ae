import * as pulumi from "@pulumi/pulumi";
import { EventStoreDatabase, EventloomProvider } from "eventloom/pulumi";
import { layoutsShop, type Layout } from "./layouts-shop";

/** A user's program with a store: `pulumi config set layout <none | list | range>`, `later <true | false>`. */
const config = new pulumi.Config();

new EventStoreDatabase("shop", {
  domain: layoutsShop(config.require("layout") as Layout, config.require("later") === "true"),
  providers: { eventloom: new EventloomProvider("postgres") },
});
