import type { Client } from "pg";
import { ensureToolchain } from "../../tools/toolchain";
import { connect, type TestDatabase } from "../provider/deployment";
import { TerraformWorkspace } from "../provider/terraform-workspace";
import { freshDatabase } from "./servers";

jest.setTimeout(180_000);

let database: TestDatabase;
let client: Client;
let terraform: string;
let tofu: string;
const workspaces: TerraformWorkspace[] = [];

beforeAll(async () => {
  database = await freshDatabase("terraform");
  client = await connect(database);
  ({ terraform, tofu } = await ensureToolchain({ only: ["terraform", "tofu"] }));
});

afterAll(async () => {
  for (const workspace of workspaces) workspace.remove();
  await client.end();
});

async function workspace(more: object = {}, binary = terraform): Promise<TerraformWorkspace> {
  const made = new TerraformWorkspace(binary, { ...database, sslmode: "disable", ...more });
  workspaces.push(made);
  made.write({});
  const { exitCode, output } = await made.init();
  if (exitCode !== 0) throw new Error(output);
  return made;
}

const key = { name: "t_pkey", columns: ["id"] };
const columns = [
  { name: "id", type: "int8" },
  { name: "note", type: "text", nullable: true },
];

const schema = (name: string): object => ({ main: { name, declared_by: "orders" } });

function table(inSchema: string, more: object = {}): object {
  return {
    schema: inSchema,
    name: "t",
    declared_by: "orders",
    columns,
    primary_key: key,
    ...more,
  };
}

function resources(name: string, more: object = {}): Record<string, unknown> {
  return {
    eventloom_postgres_schema: schema(name),
    eventloom_postgres_table: {
      t: table("${eventloom_postgres_schema.main.name}", more),
    },
  };
}

async function count(statement: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${statement}`);
  return rows[0]?.n ?? -1;
}

test("a table lives its whole life: created, unchanged, widened, mended, guarded, forgotten and taken over again", async () => {
  const w = await workspace();
  w.write(resources("life"));
  const created = await w.apply();
  expect(created.output).toContain('CREATE TABLE "life"."t"');
  expect(created.output).toContain("Apply complete! Resources: 2 added, 0 changed, 0 destroyed.");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  await client.query("INSERT INTO life.t VALUES (1, 'kept')");

  const wider = {
    columns: [...columns, { name: "size", type: "int", default: "0" }],
    indexes: [{ name: "t_size", keys: [{ column: "size" }] }],
  };
  w.write(resources("life", wider));
  const planned = await w.plan();
  expect(planned.exitCode).toBe(2);
  expect(planned.output).toContain('ALTER TABLE "life"."t" ADD COLUMN "size" integer NOT NULL DEFAULT 0');
  expect(planned.output).toContain("CREATE INDEX CONCURRENTLY");
  expect(planned.output).toContain("0 to add, 1 to change, 0 to destroy");
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await w.plan()).toMatchObject({ exitCode: 0 });

  await client.query("DROP INDEX life.t_size");
  await client.query("COMMENT ON TABLE life.t IS NULL");
  const drifted = await w.plan();
  expect(drifted.exitCode).toBe(2);
  expect(drifted.output).toContain("CREATE INDEX CONCURRENTLY");
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await w.plan()).toMatchObject({ exitCode: 0 });

  w.write(resources("life", { columns: columns.slice(0, 1) }));
  const refused = await w.plan();
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain('PG401: table life.t: refused to drop column "note"');

  w.write(resources("life", wider));
  const replaced = await w.apply("-replace=eventloom_postgres_table.t");
  expect(replaced.exitCode).toBe(1);
  expect(replaced.output).toContain("PG411: table life.t: refused to remove it");
  const destroyed = await w.destroy();
  expect(destroyed.exitCode).toBe(1);
  expect(destroyed.output).toContain("PG411");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });

  w.write(resources("life", { ...wider, removal: "forget" }));
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  const forgotten = await w.destroy();
  expect(forgotten.exitCode).toBe(0);
  expect(forgotten.output).toContain("PG468: schema life is kept on the server");
  const back = await w.apply();
  expect(back.output).toContain("Apply complete! Resources: 2 added");
  expect(await count("life.t WHERE note = 'kept'")).toBe(1);
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
});

test("an empty table is dropped and made again when that was declared, and never with rows", async () => {
  const w = await workspace();
  w.write(resources("empties", { removal: "drop-if-empty" }));
  await w.apply();
  const replaced = await w.apply("-replace=eventloom_postgres_table.t");
  expect(replaced.output).toContain("1 added, 0 changed, 1 destroyed");
  await client.query("INSERT INTO empties.t VALUES (1)");
  const kept = await w.apply("-replace=eventloom_postgres_table.t");
  expect(kept.exitCode).toBe(1);
  expect(kept.output).toContain("PG412: table empties.t: refused to drop it");
  const refused = await w.destroy();
  expect(refused.exitCode).toBe(1);
  expect(await count("empties.t")).toBe(1);
  await client.query("DELETE FROM empties.t");
  expect(await w.destroy()).toMatchObject({ exitCode: 0 });
  expect(await count("pg_namespace WHERE nspname = 'empties'")).toBe(0);
});

test("a partitioned table, its sequence, function and guards are made in order and stay as they are", async () => {
  const w = await workspace();
  const store = {
    ...resources("store", {
      columns: [
        { name: "id", type: "text", collation: "C" },
        { name: "position", type: "int8", default: "nextval('store.position')" },
      ],
      partitioning: { strategy: "hash", columns: ["id"], modulus: 2, storage: { fillfactor: "90" } },
      triggers: ["truncate", "delete"].map((event) => ({
        name: `no_${event}`,
        timing: "before",
        events: [event],
        level: event === "truncate" ? "statement" : "row",
        function_schema: "store",
        function_name: "${eventloom_postgres_function.refuse.name}",
        enabled: "always",
      })),
      depends_on: ["eventloom_postgres_sequence.position"],
    }),
    eventloom_postgres_sequence: {
      position: { schema: "${eventloom_postgres_schema.main.name}", name: "position", declared_by: "orders" },
    },
    eventloom_postgres_function: {
      refuse: {
        schema: "${eventloom_postgres_schema.main.name}",
        name: "refuse",
        declared_by: "orders",
        language: "plpgsql",
        returns: "trigger",
        body: "BEGIN RAISE EXCEPTION 'refused'; END",
      },
    },
  };
  w.write(store);
  expect((await w.apply()).output).toContain("Resources: 4 added");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  await expect(client.query("TRUNCATE store.t_p01")).rejects.toThrow("refused");
});

test("partitions are added, detached, and rolled ahead, and then nothing is left to do", async () => {
  const w = await workspace();
  const columns = [
    { name: "at", type: "timestamptz" },
    { name: "tenant", type: "text" },
  ];
  const parts = (partitions: object[]): Record<string, unknown> => ({
    ...resources("parts", {
      columns,
      primary_key: { name: "t_pkey", columns: ["at", "tenant"] },
      partitioning: { strategy: "range", columns: ["at"], partitions },
    }),
  });
  const year = (name: string, from: string, to: string, more: object = {}): object => ({
    name,
    from: [`'${from}'`],
    to: [`'${to}'`],
    partitioning: {
      strategy: "list",
      columns: ["tenant"],
      partitions: [
        { name: `${name}_acme`, values: ["'acme'"] },
        { name: `${name}_rest`, default: true },
      ],
    },
    ...more,
  });
  w.write(parts([year("y25", "2025-01-01", "2026-01-01")]));
  expect((await w.apply()).output).toContain("Resources: 2 added");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  // Spelt and ordered otherwise is no change.
  const y26 = year("y26", "2026-01-01T00:00+00", "2026-12-31 22:00-02");
  const y25 = year("y25", "2025-01-01 05:45+05:45", "2026-01-01");
  w.write(parts([y26, y25]));
  const planned = await w.plan();
  expect(planned.output).toContain("ATTACH PARTITION");
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  w.write(parts([y25, y26]));
  expect(await w.plan()).toMatchObject({ exitCode: 0 });

  w.write(parts([y26]));
  expect((await w.plan()).output).toContain("PG418: table");
  w.write(parts([{ ...y25, detached: "archived" }, y26]));
  expect((await w.apply()).output).toContain("DETACH PARTITION");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  w.write(parts([y26]));
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  expect(await count("parts.y25")).toBe(0);

  const rolled = {
    eventloom_postgres_table: {
      log: table("parts", {
        name: "log",
        columns: columns.slice(0, 1),
        primary_key: null,
        partitioning: { strategy: "range", columns: ["at"], rolling: { interval: "month", ahead: 2 } },
      }),
    },
  };
  const both = { ...parts([y26]) };
  const all = {
    ...both,
    eventloom_postgres_table: { ...(both["eventloom_postgres_table"] as object), ...rolled.eventloom_postgres_table },
  };
  w.write(all);
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  const leaves = `pg_partition_tree('parts.log') WHERE isleaf`;
  expect(await count(leaves)).toBe(3);
  const [last] = (await client.query<{ leaf: string }>(`SELECT max(relid::regclass::text) AS leaf FROM ${leaves}`))
    .rows;
  await client.query(`DROP TABLE ${last!.leaf}`);
  const ahead = await w.plan();
  expect(ahead.exitCode).toBe(2);
  expect(ahead.output).toContain("ATTACH PARTITION");
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await count(leaves)).toBe(3);
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
});

test("a table with dots and quotes in its names is imported by an import block", async () => {
  await client.query('CREATE SCHEMA "my.schema"');
  await client.query('CREATE TABLE "my.schema"."odd ""name" (id bigint CONSTRAINT t_pkey PRIMARY KEY, note text)');
  const w = await workspace();
  w.write(
    { eventloom_postgres_table: { odd: { ...table("my.schema"), name: 'odd "name' } } },
    { import: [{ to: "eventloom_postgres_table.odd", id: '"my.schema"."odd ""name"' }] },
  );
  const imported = await w.apply();
  expect(imported.output).toContain("1 imported, 0 added, 1 changed, 0 destroyed");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
});

test("values that are known only at apply leave the statements open until then", async () => {
  const w = await workspace();
  w.write({
    ...resources("unknown", { comment: "made by ${terraform_data.author.id}" }),
    terraform_data: { author: { input: "somebody" } },
  });
  const planned = await w.plan();
  expect(planned.output).toContain("ddl = (known after apply)");
  expect(await w.apply()).toMatchObject({ exitCode: 0 });
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
});

test("mistakes in a declaration are told all at once, at validate already", async () => {
  const w = await workspace();
  w.write(
    resources("wrong", {
      primary_key: { name: "t_pkey", columns: ["nothing"] },
      checks: [{ name: "open", expression: "(id > 0" }],
      partitioning: { strategy: "hash", columns: ["id"], modulus: 0 },
    }),
  );
  const { exitCode, output } = await w.run("validate");
  expect(exitCode).toBe(1);
  for (const code of ["PG421", "PG423", "PG424", "PG425"]) expect(output).toContain(`Error: ${code}`);
});

test.each([
  ["down", { port: 1 }, "PG451", "can't be reached"],
  ["reached with a wrong password", { password: "hush-hush" }, "PG452", "refuses the login"],
])("a server that is %s gives a clear error and no secret", async (_what, more, code, text) => {
  const w = await workspace(more);
  w.write(resources("never"));
  const { exitCode, output } = await w.plan();
  expect(exitCode).toBe(1);
  expect(output).toContain(code);
  expect(output).toContain(text);
  for (const secret of [database.password, "hush-hush", "node_modules"]) expect(output).not.toContain(secret);
});

test("a create that broke off is completed by the next run", async () => {
  const w = await workspace();
  w.write(resources("broken", { indexes: [{ name: "t_note", keys: [{ column: "note" }], method: "gin" }] }));
  const failed = await w.apply();
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toContain("PG459");
  w.write(resources("broken", { indexes: [{ name: "t_note", keys: [{ column: "note" }] }] }));
  const completed = await w.apply();
  expect(completed.output).toContain("Resources: 1 added, 0 changed, 0 destroyed");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
});

test("a plan that was saved is not applied to a table that has changed since", async () => {
  const w = await workspace();
  w.write(resources("saved"));
  await w.apply();
  w.write(resources("saved", { comment: "new" }));
  await w.plan("-out=saved.plan");
  await client.query("ALTER TABLE saved.t ADD COLUMN surprise int");
  const applied = await w.run("apply", "-input=false", "saved.plan");
  expect(applied.exitCode).toBe(1);
  expect(applied.output).toContain("PG464: table saved.t is not as the plan saw it");
});

test("OpenTofu takes the same file: create, no change, an addition, and a refusal", async () => {
  const w = await workspace({}, tofu);
  w.write(resources("opened"));
  expect((await w.apply()).output).toContain("Resources: 2 added");
  expect(await w.plan()).toMatchObject({ exitCode: 0 });
  w.write(resources("opened", { columns: [...columns, { name: "size", type: "int", default: "0" }] }));
  expect((await w.apply()).output).toContain("1 changed");
  const refused = await w.destroy();
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain("PG411");
});
