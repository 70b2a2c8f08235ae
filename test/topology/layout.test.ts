import * as fc from "fast-check";
import { compile, defineDomain, event, hash, jsonSchema, list, none, range, type StorePartitioning } from "eventloom";
import type { TableModel } from "../../lib/postgres/model";
import { nameBytes } from "../../lib/postgres/names";
import { validateFunction, validateTable } from "../../lib/postgres/validate";
import { layoutOf } from "../../lib/topology/postgres/layout";

const made = jsonSchema<{ id: string }>({ type: "object", properties: { id: { type: "string" } }, required: ["id"] });

function resources(partitioning?: StorePartitioning) {
  const store = partitioning === undefined ? ({ format: 1 } as const) : ({ format: 1, partitioning } as const);
  const aggregates = { Order: { id: "id", events: { OrderMade: event({ versions: { 1: made } }) } } } as const;
  return compile(defineDomain("shop", { store, brokers: ["kafka"], aggregates })).resources;
}

function eventStore(partitioning?: StorePartitioning): TableModel {
  const found = resources(partitioning).find((each) => each.key === "table/event_store");
  if (found?.kind !== "postgres-table") throw new Error("no event_store");
  return found.definition;
}

test("events are in 8 leaves by a hash where nothing is said", () => {
  expect(eventStore()).toEqual(eventStore(hash(8)));
  expect(eventStore().partitioning).toMatchObject({ strategy: "hash", modulus: 8, columns: ["aggregate_id"] });
});

test.each<[string, StorePartitioning]>([
  ["none", none()],
  ["hash", hash(256)],
  ["list", list(["acme", "O'Brien", "ä€😀", "x".repeat(200), "a-b", "a_b", "A_B", "select"], { acme: "left" })],
  ["range", range()],
  ["range, everything said", range({ interval: "day", ahead: 1000, retain: "10 years" })],
])("what a store is made of is sound: %s", (_name, partitioning) => {
  for (const resource of resources(partitioning)) {
    if (resource.kind === "postgres-table") expect(validateTable(resource.definition)).toEqual([]);
    if (resource.kind === "postgres-function") expect(validateFunction(resource.definition)).toEqual([]);
  }
});

test("leaves of time are made by the month, three ahead, kept for ever, and have a default, unless something else is said", () => {
  expect(eventStore(range()).partitioning).toMatchObject({
    rolling: { interval: "month", ahead: 3, retain: null },
    partitions: [{ name: "event_store_rest", default: true }],
  });
  expect(eventStore(range({ interval: "week", ahead: 1, retain: "90 days" })).partitioning?.rolling).toEqual({
    interval: "week",
    ahead: 1,
    retain: "90 days",
  });
});

test("every tenant has a leaf of its own, whatever it is called", () => {
  const tenants = fc.uniqueArray(
    fc.oneof(fc.string({ minLength: 1, unit: "grapheme" }), fc.stringMatching(/^[a-zA-Z0-9_ -]{1,40}$/)),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(tenants, (all) => {
      const leaves = layoutOf({ strategy: "list", tenants: all, detached: {} }).partitioning?.partitions ?? [];
      const names = leaves.map(({ name }) => name);
      expect(new Set(names).size).toBe(all.length + 1);
      expect(names.filter((each) => nameBytes(each) > 63)).toEqual([]);
    }),
  );
});

test("a store by tenants asks for the tenant first, and no other one does", () => {
  const first = (partitioning: StorePartitioning): readonly string[] =>
    resources(partitioning).flatMap((each) =>
      each.kind === "postgres-function" && each.definition.arguments[0]?.name === "p_tenant"
        ? [each.definition.name]
        : [],
    );
  expect([...first(list(["acme"]))].sort()).toEqual([
    "append_event",
    "append_events",
    "archive_aggregate",
    "load_snapshot",
    "lock_aggregates",
    "read_aggregate",
    "read_tenant_events",
    "save_snapshot",
  ]);
  for (const other of [none(), hash(4), range()]) expect(first(other)).toEqual([]);
});
