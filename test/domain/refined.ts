import { defineDomain, event } from "eventloom";
import { z } from "zod";

const saleId = z.uuid();

/** A small domain with a check that does not reach its JSON Schema. */
export const refined = defineDomain("till", {
  brokers: ["rabbitmq"],
  store: "none",
  aggregates: {
    Sale: {
      id: "saleId",
      events: {
        SaleMade: event({ versions: { 1: z.object({ saleId, total: z.int().refine((total) => total % 5 === 0) }) } }),
      },
    },
  },
  consumers: {
    printer: { on: ["SaleMade"], via: "rabbitmq" },
    archive: { on: ["SaleMade"], via: "rabbitmq" },
  },
});

/** What every engine says of it. */
export const refinedWarning =
  /^domain "till": DW101 aggregates\.Sale\.events\.SaleMade\.versions\.1: .*: \.refine\(\) of total \(fix: .*\)$/;
