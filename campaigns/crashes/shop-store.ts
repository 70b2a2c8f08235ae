import { compile, defineDomain, event, hash, jsonSchema, type Resource } from "eventloom";
import type { Kind } from "../../lib/provider/schema";
import type { ValueMap } from "../../lib/provider/value";
import type { Program } from "./bank";
import type { DeclaredResource } from "./engine";

const KINDS: Readonly<Partial<Record<Resource["kind"], Kind>>> = {
  "postgres-schema": "schema",
  "postgres-sequence": "sequence",
  "postgres-function": "function",
  "postgres-table": "table",
  "postgres-role": "role",
  "postgres-grants": "grants",
};

/** Roles are the whole cluster's: nobody else has a domain of this name. */
const NAME = "stall";

/** What the table provider is asked for by a domain's store, in the order of the topology. */
function storeOf(leaves: 4): readonly DeclaredResource[] {
  const payload = jsonSchema<{ id: string }>({ type: "object", properties: { id: { type: "string" } }, required: ["id"] }); // prettier-ignore
  const domain = defineDomain(NAME, {
    store: { format: 1, partitioning: hash(leaves) },
    brokers: ["kafka"],
    aggregates: { Cart: { id: "id", snapshotEvery: 50, events: { CartOpened: event({ versions: { 1: payload } }) } } },
  });
  return compile(domain).resources.flatMap((each) => {
    const kind = KINDS[each.kind];
    if (kind === undefined || !("definition" in each)) return [];
    const marked = kind === "grants" ? {} : { declaredBy: domain.name };
    return [{ kind, config: { ...each.definition, ...marked } as unknown as ValueMap }];
  });
}

/** A store that is created first: nothing is there before. */
export const shopStore: Program = { before: [], after: storeOf(4), rows: [] };
