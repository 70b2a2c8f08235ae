import { engines, named, stackWithProviders, synthesized } from "./engines";

describe.each(engines)("Postgres objects in $name", (under) => {
  const {
    PostgresFunction,
    PostgresGrants,
    PostgresPublication,
    PostgresRole,
    PostgresSchema,
    PostgresSequence,
    PostgresTable,
  } = under.constructs;

  test("refer to each other, so that each comes after what it needs", () => {
    const stack = stackWithProviders(under);
    const app = new PostgresSchema(stack, "app", { name: "app" });
    const schema = app.name;
    const numbers = new PostgresSequence(stack, "numbers", { schema, name: "numbers" });
    const touch = new PostgresFunction(stack, "touch", {
      ...{ schema, name: "touch", language: "plpgsql", returns: "trigger" },
      body: "BEGIN RETURN NEW; END",
    });
    const find = new PostgresFunction(stack, "find", {
      ...{ schema, name: "find", language: "sql", returns: "int4", body: "SELECT 1" },
      arguments: [{ name: "a", type: "int8" }, { type: "text[]" }, { name: "found", type: "text", mode: "out" }],
    });
    const table = new PostgresTable(stack, "orders", {
      ...{ schema, name: "orders", columns: { id: { type: "bigint" } } },
      triggers: { touched: { timing: "before", events: ["update"], function: { schema, name: touch.name } } },
    });
    const clerks = new PostgresRole(stack, "clerks", { name: "clerks", comment: "the ${desk}" });
    new PostgresGrants(stack, "rights", {
      schema,
      role: clerks.name,
      privileges: ["usage"],
      tables: [{ name: table.name, privileges: ["select"] }],
      sequences: [{ name: numbers.name, privileges: ["usage"] }],
      functions: [find.signature],
    });
    new PostgresPublication(stack, "feed", { name: "feed", tables: [{ name: `${schema}.${table.name}` }] });
    const written = synthesized(under, stack);
    expect(named(written, "eventloom_postgres_publication", "feed")).toEqual({
      name: "feed",
      tables: [{ name: expect.stringMatching(/^\$\{eventloom_postgres_schema\..*\.name\}\.\$\{eventloom_postgres_table\..*\.name\}$/), columns: [] }], // prettier-ignore
      schemas: [],
      operations: ["insert", "update", "delete", "truncate"],
      via_partition_root: true,
      declared_by: "orders/feed",
    });
    expect(Object.values(written.resource["eventloom_postgres_grants"] ?? {})).toEqual([
      {
        schema: expect.stringMatching(/^\$\{eventloom_postgres_schema\.app_schema_\w+\.name\}$/),
        role: expect.stringMatching(/^\$\{eventloom_postgres_role\.clerks_role_\w+\.name\}$/),
        privileges: ["usage"],
        tables: [{ name: expect.stringMatching(/^\$\{eventloom_postgres_table\..*\.name\}$/), privileges: ["select"], columns: [] }], // prettier-ignore
        sequences: [{ name: expect.stringMatching(/^\$\{eventloom_postgres_sequence\..*\.name\}$/), privileges: ["usage"] }], // prettier-ignore
        functions: [expect.stringMatching(/^\$\{eventloom_postgres_function\.find.*\.name\}\(bigint,text\[\]\)$/)],
      },
    ]);
    expect(named(written, "eventloom_postgres_role", "clerks")).toEqual({
      ...{ name: "clerks", comment: "the $${desk}", declared_by: "orders/clerks" },
    });
    expect(named(written, "eventloom_postgres_table", "orders")["triggers"]).toMatchObject([
      { function_name: expect.stringMatching(/^\$\{eventloom_postgres_function\.touch/) },
    ]);
  });

  test("are checked where they are made, and say all that is wrong", () => {
    const stack = stackWithProviders(under);
    expect(() => new PostgresRole(stack, "r", { name: "pg_x" })).toThrow(/PG420.*pg_x/s);
    expect(() => new PostgresGrants(stack, "g", { schema: "", role: "r", functions: ["f"] })).toThrow(/PG420.*PG440/s);
    expect(() => new PostgresSequence(stack, "s", { schema: "app", name: "s", cache: 0 })).toThrow(/PG424/);
    expect(() => new PostgresSchema(stack, "p", { name: "pg_mine" })).toThrow(/PG420/);
    const one = { schema: "app", name: "f", language: "sql", body: "SELECT 1" } as const;
    expect(() => new PostgresFunction(stack, "f", one)).toThrow(/PG425.*returns/s);
  });

  test("are taken over by import blocks with the ids that the provider reads", () => {
    const stack = stackWithProviders(under);
    new PostgresGrants(stack, "rights", { schema: "app", role: 'odd "role"' }).importExisting();
    const f = { schema: "app", name: "f", language: "sql", body: "SELECT 1", returns: "int" } as const;
    new PostgresFunction(stack, "f", { ...f, arguments: [{ type: "int" }] }).importExisting();
    new PostgresRole(stack, "role", { name: "Clerks" }).importExisting();
    const { import: blocks } = synthesized(under, stack) as unknown as { import: { id: string }[] };
    expect(blocks.map(({ id }) => id).sort()).toEqual(['"Clerks"', 'app."odd ""role"""', "app.f(integer)"]);
  });

  test("of one name are told apart by their kind, and overloads by their types", () => {
    const stack = stackWithProviders(under);
    const f = {
      schema: "app",
      name: "x",
      language: "sql",
      body: "SELECT 1",
      returns: "int",
      declaredBy: "me",
    } as const;
    new PostgresFunction(stack, "one", f);
    new PostgresFunction(stack, "two", { ...f, arguments: [{ type: "int" }] });
    new PostgresSequence(stack, "three", { schema: "app", name: "x", declaredBy: "me" });
    expect(() => new PostgresFunction(stack, "four", f)).toThrow(/TF504/);
  });
});
