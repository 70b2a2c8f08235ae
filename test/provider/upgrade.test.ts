import { createHandlers } from "../../lib/provider/handlers";
import { PulumiProvider } from "../../lib/provider/pulumi/provider";
import { writeProperties } from "../../lib/provider/pulumi/values";
import { type AttributeSchemas, resourceSchemas } from "../../lib/provider/schema";
import { createCalls } from "../../lib/provider/terraform/calls";
import { decodeDynamic, type DynamicValue } from "../../lib/provider/terraform/codec";
import { currentVersion, newerState, schemasOf, type Upgrade, upgraded } from "../../lib/provider/upgrade";
import type { Attributes } from "../../lib/provider/value";

const { cache, ...others } = resourceSchemas.sequence;
/** As if version 1 had called it otherwise, and version 2 had meant half of it. */
const first: AttributeSchemas = { ...others, reserved: cache! };
const chain: readonly Upgrade[] = [
  {
    schemas: { sequence: first },
    next: (kind, { reserved = null, ...rest }): Attributes =>
      kind === "sequence" ? { ...rest, cache: reserved } : rest,
  },
  {
    schemas: {},
    next: (kind, attributes): Attributes =>
      kind === "sequence" ? { ...attributes, cache: 2 * Number(attributes["cache"]) } : attributes,
  },
];
const stored = { schema: "s", name: "n", declaredBy: "orders", id: "s.n", ddl: [] };

test("a state of any older version goes through every step from there on, and one of this version through none", () => {
  expect(currentVersion(chain)).toBe(3);
  expect(upgraded("sequence", 1, { ...stored, reserved: 5 }, chain)).toEqual({ ...stored, cache: 10, comment: null });
  expect(upgraded("sequence", 2, { ...stored, cache: 5 }, chain)).toMatchObject({ cache: 10 });
  expect(upgraded("sequence", 3, { ...stored, cache: 5 }, chain)).toMatchObject({ cache: 5 });
  expect(upgraded("schema", 1, { name: "s", declaredBy: "orders" }, chain)).toEqual({ name: "s", declaredBy: "orders", comment: null, id: null, ddl: null }); // prettier-ignore
});

test("a state that says nothing of its version is of the first", () => {
  expect(upgraded("sequence", 0, { ...stored, reserved: 5 }, chain)).toMatchObject({ cache: 10 });
});

test("what a version stored is read by the attributes that it had, which are those of the next one where nothing changed", () => {
  expect(schemasOf("sequence", 1, chain)).toBe(first);
  expect(schemasOf("sequence", 2, chain)).toBe(resourceSchemas.sequence);
  expect(schemasOf("table", 1, chain)).toBe(resourceSchemas.table);
});

test.each([
  [1, null],
  [3, null],
  [4, "PG479"],
])("a state of version %d, where this is 3, gives %p", (version, code) => {
  expect(newerState("table", version, chain)?.code ?? null).toBe(code);
});

test("Terraform's protocol and Pulumi's take the same steps", async () => {
  const json = Buffer.from(JSON.stringify({ schema: "s", name: "n", declared_by: "orders", reserved: 5, id: "s.n" }));
  const handlers = createHandlers({});
  const { upgradedState } = (await createCalls(handlers, chain)["UpgradeResourceState"]!({ typeName: "eventloom_postgres_sequence", version: 1, rawState: { json } })) as { upgradedState: DynamicValue }; // prettier-ignore
  expect(decodeDynamic(resourceSchemas.sequence, upgradedState)).toMatchObject({ cache: 10, declaredBy: "orders" });
  const seen: Attributes[] = [];
  const watched = {
    ...handlers,
    read: (_kind: unknown, { attributes }: { attributes: Attributes }) => {
      seen.push(attributes);
      return Promise.resolve({ stored: null, issues: [] });
    },
  };
  const log = { info: () => Promise.resolve(), warn: () => Promise.resolve(), close: () => undefined };
  const provider = new PulumiProvider({
    handlers: watched as never,
    version: "0.0.0",
    connectLog: () => log,
    upgrades: chain,
  });
  const read = provider.rpcs()["Read"] as unknown as (request: object) => Promise<object>;
  const urn = "urn:pulumi:stack::project::eventloom:postgres:Sequence::n";
  for (const [memory, properties] of [
    [{}, { reserved: 5 }],
    [{ v: 2 }, { cache: 5 }],
    [{ v: 3 }, { cache: 10 }],
  ] as const) {
    await read({
      urn,
      id: "s.n",
      properties: writeProperties({ ...stored, ...properties, __private: JSON.stringify(memory) }),
    });
  }
  expect(seen.map((each) => each["cache"])).toEqual([10, 10, 10]);
});
