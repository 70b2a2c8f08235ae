import { MINVALUE } from "eventloom";
import { engines, named, ordersStack, stackWithProviders, synthesized } from "./engines";

describe.each(engines)("PostgresTable in $name", (under) => {
  const { PostgresTable } = under.constructs;
  const columns = { id: { type: "bigint" }, note: { type: "text", nullable: true } } as const;

  test("writes what the props say and fills in the rest", () => {
    const stack = stackWithProviders(under);
    new PostgresTable(stack, "invoices", {
      schema: "app",
      name: "invoices",
      columns: { ...columns, amount: { type: "numeric(12,2)", default: "0", comment: "net" } },
      primaryKey: ["id"],
      indexes: [{ columns: ["note"] }, { columns: [{ column: "amount", descending: true }, "id"], unique: true }],
      checks: { positive: "amount >= 0" },
      comment: "what was billed",
      removal: "drop-if-empty",
    });
    expect(named(synthesized(under, stack), "eventloom_postgres_table", "invoices")).toEqual({
      schema: "app",
      name: "invoices",
      columns: [
        { name: "id", type: "bigint", nullable: false },
        { name: "note", type: "text", nullable: true },
        { name: "amount", type: "numeric(12,2)", nullable: false, default: "0", comment: "net" },
      ],
      primary_key: { name: "invoices_pkey", columns: ["id"] },
      indexes: [
        {
          name: "invoices_note_idx",
          keys: [{ column: "note", descending: false }],
          unique: false,
          method: "btree",
          include: [],
        },
        {
          name: "invoices_amount_id_key",
          keys: [
            { column: "amount", descending: true },
            { column: "id", descending: false },
          ],
          unique: true,
          method: "btree",
          include: [],
        },
      ],
      checks: [{ name: "positive", expression: "amount >= 0" }],
      triggers: [],
      storage: {},
      comment: "what was billed",
      removal: "drop-if-empty",
      declared_by: "orders/invoices",
    });
  });

  test("writes partitions in two levels with their bounds as SQL literals, and a rule of time", () => {
    const stack = stackWithProviders(under);
    const at = { type: "timestamptz" };
    new PostgresTable(stack, "events", {
      schema: "app",
      name: "events",
      columns: { tenant: { type: "text" }, id: { type: "bigint" } },
      partitioning: {
        strategy: "list",
        columns: ["tenant"],
        partitions: {
          events_acme: {
            values: ["it's ${acme}", null],
            partitioning: {
              strategy: "range",
              columns: ["id"],
              partitions: { events_low: { from: [MINVALUE], to: [7] } },
            },
          },
          events_rest: { default: true },
        },
      },
    });
    new PostgresTable(stack, "log", {
      schema: "app",
      name: "log",
      columns: { at },
      partitioning: {
        strategy: "range",
        columns: ["at"],
        rolling: { interval: "6 hours", ahead: 4, retain: "90 days" },
      },
    });
    const written = synthesized(under, stack);
    expect(named(written, "eventloom_postgres_table", "events")["partitioning"]).toEqual({
      strategy: "list",
      columns: ["tenant"],
      partitions: [
        {
          name: "events_acme",
          values: ["'it''s $${acme}'", "NULL"],
          partitioning: {
            strategy: "range",
            columns: ["id"],
            partitions: [{ name: "events_low", from: ["MINVALUE"], to: ["7"] }],
          },
        },
        { name: "events_rest", default: true },
      ],
      storage: {},
    });
    expect(named(written, "eventloom_postgres_table", "log")["partitioning"]).toEqual({
      strategy: "range",
      columns: ["at"],
      rolling: { interval: "6 hours", ahead: 4, retain: "90 days" },
      storage: {},
    });
  });

  test("refuses partitions that overlap, at synth", () => {
    const stack = stackWithProviders(under);
    const partitions = { a: { from: [1], to: [5] }, b: { from: [4], to: [9] } };
    const partitioning = { strategy: "range", columns: ["id"], partitions } as const;
    expect(() => new PostgresTable(stack, "wrong", { schema: "app", name: "wrong", columns, partitioning })).toThrow(
      /PG432.*"a" and "b" overlap/s,
    );
  });

  test("writes an import block for a table that is there, whatever it is called", () => {
    const stack = stackWithProviders(under);
    for (const name of ["plain", 'a "${b}" %{c}']) {
      new PostgresTable(stack, name, { schema: "app", name, columns }).importExisting();
    }
    const { import: blocks } = synthesized(under, stack) as unknown as {
      import: readonly { id: string; to: string }[];
    };
    expect(blocks.map(({ id }) => id)).toEqual(["app.plain", 'app."a ""$${b}"" %%{c}"']);
    expect(blocks[0]?.to).toMatch(/^eventloom_postgres_table\.plain_table_\w+$/);
  });

  test("leaves SQL as it is that Terraform would read as a template", () => {
    const stack = stackWithProviders(under);
    const text = { type: "text", default: "'${dear} %{if}'" };
    new PostgresTable(stack, "letters", { schema: "app", name: "letters", columns: { text } });
    const table = named(synthesized(under, stack), "eventloom_postgres_table", "letters");
    expect(table["columns"]).toMatchObject([{ default: "'$${dear} %%{if}'" }]);
  });

  test("can lie in a schema that the stack creates, and comes after it", () => {
    const { stack, domain } = ordersStack(under);
    new PostgresTable(stack, "audit", { schema: domain.store.schema.name, name: "audit", columns, primaryKey: ["id"] });
    const table = named(synthesized(under, stack), "eventloom_postgres_table", "audit");
    expect(table["schema"]).toMatch(/^\$\{eventloom_postgres_schema\.orders_store_schema_\w+\.name\}$/);
  });

  test("hands out its columns as references", () => {
    const stack = stackWithProviders(under);
    const table = new PostgresTable(stack, "invoices", { schema: "app", name: "invoices", columns });
    new under.engine.TerraformOutput(stack, "column", { value: table.columns.note });
    new under.engine.TerraformOutput(stack, "table", { value: `${table.schema}.${table.name}` });
    const { output } = synthesized(under, stack);
    expect(output?.["column"]?.value).toMatch(
      /^\$\{eventloom_postgres_table\.invoices_table_\w+\.columns\[1\]\.name\}$/,
    );
    expect(output?.["table"]?.value).toMatch(/^\$\{.*\.schema\}\.\$\{.*\.name\}$/);
    // @ts-expect-error no such column
    expect(table.columns.nope).toBeUndefined();
  });

  test("reports every mistake at once, with what was found and what is allowed", () => {
    const stack = stackWithProviders(under);
    const make = (id: string): unknown =>
      new PostgresTable(stack, id, {
        schema: "app",
        name: "w".repeat(64),
        columns: { id: { type: "bigserial" } },
        // @ts-expect-error no such column
        primaryKey: ["identity"],
      });
    expect(() => make("a")).toThrow(/table "orders\/a" has \d issues/);
    expect(() => make("b")).toThrow(/PG420 name: .*64 bytes/);
    expect(() => make("c")).toThrow(/PG425 columns\[0\]\.type: serial is not a type, got bigserial; allowed: bigint/);
    expect(() => make("d")).toThrow(/PG421 primaryKey\.columns: .*got identity; allowed: id/);
  });
});
