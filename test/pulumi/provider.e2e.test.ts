import { join } from "node:path";
import { Client } from "pg";
import { readProperties, writeProperties, type WireStruct } from "../../lib/provider/pulumi/values";
import { UNKNOWN, type ValueMap } from "../../lib/provider/value";
import { freshDatabase } from "../e2e/servers";
import { startProvider, type ProviderClient } from "./provider-client";

const PLUGIN = join(__dirname, "..", "..", "dist", "provider", "pulumi-resource-eventloom");
const TYPE = "eventloom:postgres:Table";
const URN = `urn:pulumi:stack::project::${TYPE}::accounts`;

const COLUMNS = [
  { name: "id", type: "uuid" },
  { name: "balance", type: "bigint", default: "0" },
] as const;
const ACCOUNTS: ValueMap = {
  schema: "public",
  name: "accounts",
  columns: COLUMNS,
  primaryKey: { name: "accounts_pkey", columns: ["id"] },
  comment: "What everyone has.",
  declaredBy: "bank",
};

interface Run {
  readonly provider: ProviderClient;
  readonly sql: Client;
  /** Another process of the provider: each run of the engine has its own, which knows nothing of the ones before. */
  readonly nextRun: () => Promise<ProviderClient>;
}

/** A database of its own, and a provider that is configured for it. */
async function withProvider(test: (run: Run) => Promise<void>): Promise<void> {
  const database = await freshDatabase("pulumi");
  const { host, port, username, password } = database;
  const settings = { host, port: String(port), database: database.database, username, password, sslmode: "disable" };
  const sql = new Client({ ...database, user: username });
  const started: ProviderClient[] = [];
  const nextRun = async (): Promise<ProviderClient> => {
    const provider = await startProvider(PLUGIN);
    started.push(provider);
    await provider.call("Configure", { args: writeProperties(settings, new Set(["password"])) });
    return provider;
  };
  try {
    await sql.connect();
    await test({ provider: await nextRun(), sql, nextRun });
  } finally {
    await Promise.all(started.map((provider) => provider.close()));
    await sql.end();
  }
}

function plain(struct: WireStruct): ValueMap {
  return readProperties(struct).properties;
}

async function create(provider: ProviderClient, inputs: ValueMap): Promise<WireStruct> {
  const { properties } = await provider.call("Create", { urn: URN, type: TYPE, properties: writeProperties(inputs) });
  return properties as WireStruct;
}

async function columnsIn(sql: Client): Promise<readonly string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = to_regclass('public.accounts') and attnum > 0
     and not attisdropped order by attnum`,
  );
  return rows.map((row) => row.name);
}

describe("the table provider over Pulumi's protocol", () => {
  test("a preview of a create shows the statements and changes nothing", async () => {
    await withProvider(async ({ provider, sql }) => {
      const request = { urn: URN, type: TYPE, preview: true, properties: writeProperties(ACCOUNTS) };
      const { properties } = await provider.call("Create", request);
      expect((plain(properties)["ddl"] as string[])[0]).toMatch(/^create table "?public"?\."?accounts"?/i);
      expect(await columnsIn(sql)).toEqual([]);
    });
  });

  test("after a create there is nothing to change, and a refresh finds what was created", async () => {
    await withProvider(async ({ provider, sql }) => {
      const state = await create(provider, ACCOUNTS);
      expect(await columnsIn(sql)).toEqual(["id", "balance"]);
      const inputs = writeProperties(ACCOUNTS);
      const diff = { id: "public.accounts", urn: URN, type: TYPE, olds: state, oldInputs: inputs, news: inputs };
      expect(await provider.call("Diff", diff)).toMatchObject({ changes: 1 });
      const read = await provider.call("Read", {
        id: "public.accounts",
        urn: URN,
        type: TYPE,
        properties: state,
        inputs,
      });
      expect(read.id).toBe("public.accounts");
      expect(plain(read.inputs)).toEqual(ACCOUNTS);
      expect(plain(read.properties)).toEqual(plain(state));
    });
  });

  test("a new column is an update of `columns` alone, shown in the preview, then made", async () => {
    await withProvider(async ({ provider, sql }) => {
      const olds = await create(provider, ACCOUNTS);
      const news = writeProperties({
        ...ACCOUNTS,
        columns: [...COLUMNS, { name: "note", type: "text", nullable: true }],
      });
      const request = { id: "public.accounts", urn: URN, type: TYPE, olds, oldInputs: writeProperties(ACCOUNTS), news };
      const diff = await provider.call("Diff", request);
      expect(diff).toMatchObject({
        changes: 2,
        diffs: ["columns"],
        detailedDiff: { columns: { kind: 4, inputDiff: true } },
      });
      expect(diff.replaces).toEqual([]);
      const preview = await provider.call("Update", { ...request, preview: true });
      expect(plain(preview.properties)["ddl"]).toEqual([expect.stringMatching(/add column "?note"? text/i)]);
      expect(await columnsIn(sql)).toEqual(["id", "balance"]);
      await provider.call("Update", request);
      expect(await columnsIn(sql)).toEqual(["id", "balance", "note"]);
    });
  });

  test("partitions are added and detached, rolled ahead, and read as they were declared", async () => {
    await withProvider(async ({ provider, sql, nextRun }) => {
      const { primaryKey: _, ...plain_ } = ACCOUNTS;
      const parts = (more: readonly ValueMap[]): ValueMap => ({
        ...plain_,
        partitioning: {
          strategy: "range",
          columns: ["id"],
          partitions: [
            {
              name: "low",
              from: ["MINVALUE"],
              to: ["'019B76DA-A800-0000-0000-000000000000'"],
              partitioning: { strategy: "hash", columns: ["balance"], modulus: 2 },
            },
            ...more,
          ],
          rolling: { interval: "month", ahead: 1 },
        },
      });
      const olds = await create(provider, parts([]));
      const unchanged = async (state: WireStruct, inputs: ValueMap): Promise<void> => {
        const again = await nextRun();
        const news = writeProperties(inputs);
        const request = { id: "public.accounts", urn: URN, type: TYPE };
        const read = await again.call("Read", { ...request, properties: state, inputs: news });
        expect(plain(read.inputs)).toEqual(inputs);
        expect(await again.call("Diff", { ...request, olds: read.properties, oldInputs: news, news })).toMatchObject({
          changes: 1,
        });
      };
      await unchanged(olds, parts([]));
      const { rows } = await sql.query(
        "SELECT relid::regclass::text AS name FROM pg_partition_tree('public.accounts') WHERE isleaf",
      );
      expect(rows).toHaveLength(4);
      const rest = parts([{ name: "rest", default: true }]);
      const request = {
        id: "public.accounts",
        urn: URN,
        type: TYPE,
        olds,
        oldInputs: writeProperties(parts([])),
        news: writeProperties(rest),
      };
      expect(await provider.call("Diff", request)).toMatchObject({ changes: 2, diffs: ["partitioning"] });
      const { properties } = await provider.call("Update", request);
      expect((plain(properties as WireStruct)["ddl"] as string[]).at(-1)).toContain(
        'ATTACH PARTITION "public"."rest" DEFAULT',
      );
      await unchanged(properties as WireStruct, rest);
    });
  });

  test("what would lose rows is a difference, and refused in the preview and again at the update, with the way out", async () => {
    await withProvider(async ({ provider, sql }) => {
      const olds = await create(provider, ACCOUNTS);
      const news = writeProperties({ ...ACCOUNTS, columns: [COLUMNS[0]] });
      const request = { id: "public.accounts", urn: URN, type: TYPE, olds, oldInputs: writeProperties(ACCOUNTS), news };
      expect(await provider.call("Diff", request)).toMatchObject({ changes: 2, diffs: ["columns"] });
      await expect(provider.call("Update", { ...request, preview: true })).rejects.toThrow(/^PG\d+ .*balance/);
      await expect(provider.call("Update", request)).rejects.toThrow(/balance/);
      expect(await columnsIn(sql)).toEqual(["id", "balance"]);
    });
  });

  test("what was changed by hand is found by a refresh, and mended by the next update", async () => {
    await withProvider(async ({ provider, sql, nextRun }) => {
      const olds = await create(provider, ACCOUNTS);
      const inputs = writeProperties(ACCOUNTS);
      await sql.query("alter table accounts alter column balance set default 7");
      const request = { id: "public.accounts", urn: URN, type: TYPE };
      const next = await nextRun();
      const read = await next.call("Read", { ...request, properties: olds, inputs });
      expect(plain(read.inputs)["columns"]).not.toEqual(COLUMNS);
      const update = { ...request, olds: read.properties, oldInputs: read.inputs, news: inputs };
      expect(await next.call("Diff", update)).toMatchObject({ changes: 2, diffs: ["columns"] });
      const { properties } = await next.call("Update", update);
      expect(plain(properties)["ddl"]).toEqual([expect.stringMatching(/set default/i)]);
    });
  });

  test("a mistake in the declaration fails the check: all of them at once, each with its place", async () => {
    await withProvider(async ({ provider }) => {
      const { columns: _, ...rest } = ACCOUNTS;
      const news = writeProperties({ ...rest, colums: [], removal: "drop" });
      const { failures } = await provider.call("Check", { urn: URN, type: TYPE, news });
      expect(failures.map((each: { reason: string }) => each.reason).sort()).toEqual([
        expect.stringMatching(/^PG\d+ columns: .*missing/),
        expect.stringMatching(/^PG\d+ removal: [^]*allowed: refuse, forget, retire, drop-if-empty/),
        expect.stringMatching(/^colums: unknown property/),
      ]);
    });
  });

  test("an input that is not known yet leaves the statements open in the preview", async () => {
    await withProvider(async ({ provider }) => {
      const properties = writeProperties({ ...ACCOUNTS, comment: UNKNOWN });
      const response = await provider.call("Create", { urn: URN, type: TYPE, preview: true, properties });
      expect(plain(response.properties)["ddl"]).toBe(UNKNOWN);
      expect(plain(response.properties)["comment"]).toBe(UNKNOWN);
    });
  });

  test("an input that is secret stays so in the state, and in the statements that repeat it", async () => {
    await withProvider(async ({ provider }) => {
      const properties = writeProperties(ACCOUNTS, new Set(["comment"]));
      const created = await provider.call("Create", { urn: URN, type: TYPE, properties });
      const { secrets } = readProperties(created.properties);
      expect([...secrets]).toEqual(expect.arrayContaining(["comment", "ddl"]));
      expect([...secrets]).not.toContain("columns");
    });
  });

  test("a table is imported by its id, also under a name with dots and quotes", async () => {
    await withProvider(async ({ provider, sql }) => {
      await sql.query(
        `create schema "my.schema"; create table "my.schema"."odd ""name" (id bigint not null default 1)`,
      );
      const id = `"my.schema"."odd ""name"`;
      const read = await provider.call("Read", { id, urn: URN, type: TYPE });
      expect(read.id).toBe(id);
      expect(plain(read.inputs)).toMatchObject({ schema: "my.schema", name: `odd "name`, declaredBy: "project" });
      const { failures } = await provider.call("Check", { urn: URN, type: TYPE, news: read.inputs });
      expect(failures).toEqual([]);
      expect((plain(read.inputs)["columns"] as ValueMap[])[0]).toMatchObject({
        name: "id",
        type: "bigint",
        default: "1",
      });
    });
  });

  test("a table that is gone is gone for a refresh too", async () => {
    await withProvider(async ({ provider, sql, nextRun }) => {
      const state = await create(provider, ACCOUNTS);
      await sql.query("drop table accounts");
      const next = await nextRun();
      const read = await next.call("Read", { id: "public.accounts", urn: URN, type: TYPE, properties: state });
      expect(read.id ?? "").toBe("");
    });
  });

  test.each([
    ["refuse", false, /refuse/],
    ["drop-if-empty", true, /rows?/],
  ] as const)(
    "a delete under removal %s (with a row: %s) is refused, and the table stays",
    async (removal, row, why) => {
      await withProvider(async ({ provider, sql, nextRun }) => {
        const properties = await create(provider, { ...ACCOUNTS, removal });
        if (row) await sql.query("insert into accounts values (gen_random_uuid(), 1)");
        const request = { id: "public.accounts", urn: URN, type: TYPE, properties };
        const next = await nextRun();
        await expect(next.call("Delete", request)).rejects.toThrow(why);
        expect(await columnsIn(sql)).toEqual(["id", "balance"]);
      });
    },
  );

  test("a delete under removal forget leaves the table, and the next create takes it over", async () => {
    await withProvider(async ({ provider, sql }) => {
      const properties = await create(provider, { ...ACCOUNTS, removal: "forget" });
      await sql.query("insert into accounts values (gen_random_uuid(), 1)");
      await provider.call("Delete", { id: "public.accounts", urn: URN, type: TYPE, properties });
      expect(await columnsIn(sql)).toEqual(["id", "balance"]);
      expect(plain(await create(provider, ACCOUNTS))["ddl"]).toEqual([]);
      expect((await sql.query("select 1 from accounts")).rowCount).toBe(1);
    });
  });

  test("a wrong password is one clear line", async () => {
    const { host, port, database } = await freshDatabase("pulumi");
    const provider = await startProvider(PLUGIN);
    try {
      const args = writeProperties({ host, port, database, username: "nobody", password: "wrong", sslmode: "disable" });
      await provider.call("Configure", { args });
      const request = { urn: URN, type: TYPE, preview: true, properties: writeProperties(ACCOUNTS) };
      const error = await provider.call("Create", request).catch((each: Error) => each);
      expect(String(error.message)).toMatch(/^PG\d+ .*nobody/);
      expect(String(error.message)).not.toMatch(/wrong|\bat .*\.ts|\n\s+at /);
    } finally {
      await provider.close();
    }
  });

  test("it ends at once when the engine asks it to", async () => {
    const provider = await startProvider(PLUGIN);
    await provider.call("Cancel");
    const begun = performance.now();
    await provider.close();
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  test("its schema names the types, and what each requires", async () => {
    const provider = await startProvider(PLUGIN);
    try {
      const schema = JSON.parse((await provider.call("GetSchema")).schema) as {
        resources: Record<string, { requiredInputs: string[] }>;
      };
      expect(Object.keys(schema.resources).sort()).toEqual([
        "eventloom:postgres:Function",
        "eventloom:postgres:Grants",
        "eventloom:postgres:Publication",
        "eventloom:postgres:Role",
        "eventloom:postgres:Schema",
        "eventloom:postgres:Sequence",
        "eventloom:postgres:Table",
      ]);
      expect(schema.resources[TYPE]?.requiredInputs).toEqual(["schema", "name", "columns", "declaredBy"]);
    } finally {
      await provider.close();
    }
  });
});
