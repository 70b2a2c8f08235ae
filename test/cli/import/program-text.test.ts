import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { literal, type Plain, stringText } from "../../../lib/cli/import/literal";
import { namedTables, programText, pulumiImports } from "../../../lib/cli/import/program-text";
import { variablesFor } from "../../../lib/cli/import/variables";
import { formatId } from "../../../lib/postgres/import-id";
import { propsFromModel } from "../../../lib/postgres/props-from-model";
import { tableModel } from "../../postgres/arbitraries";
import { column, table } from "../../postgres/tables";
import { root } from "../../sources";
import { diagnosticsOf, messageOf, virtualProgram } from "../../types/program";

jest.setTimeout(60_000);

describe("a variable", () => {
  test.each([
    ["orders", "orders"],
    ["Order Items", "orderItems"],
    ["order_items", "orderItems"],
    ["HTTPLog", "HTTPLog"],
    ["class", "classTable"],
    ["await", "awaitTable"],
    ["1st", "table1st"],
    ["données", "données"],
    ["表", "表"],
    ["😀", "table"],
    ["--", "table"],
    ["__proto__", "proto"],
    ["PostgresTable", "postgresTable"],
    ["scope", "scopeTable"],
  ])("for %j is %s", (name, variable) => {
    expect([...variablesFor([name]).values()]).toEqual([variable]);
  });

  test("is nobody else's: the first has the name, the next a number", () => {
    expect([...variablesFor(["a_b", "a b", "aB", "aB2"]).values()]).toEqual(["aB", "aB2", "aB3", "aB22"]);
  });
});

describe("a literal", () => {
  const evaluated = (text: string): unknown => new Function(`return (${text});`)() as unknown;

  test("is the value again, on one line or on many", () => {
    const plain = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.boolean(), fc.integer(), fc.constant(null)),
      value: fc.oneof(
        { depthSize: "small" },
        tie("leaf"),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.constant("__proto__"), fc.string({ unit: "grapheme" })), tie("value"), { maxKeys: 4, noNullPrototype: true }), // prettier-ignore
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        const text = literal(value as Plain, 0, 0, new Set([""]));
        expect(evaluated(text)).toEqual(value);
      }),
      { seed: 20261125, numRuns: 500 },
    );
  });

  test("of a text is in the quotes that need fewer escapes", () => {
    expect(["plain", "it's", 'a "b"', `"it's"`, "line\nbreak"].map(stringText)).toEqual([
      '"plain"',
      '"it\'s"',
      "'a \"b\"'",
      "'\"it\\'s\"'",
      '"line\\nbreak"',
    ]);
  });
});

describe("a program", () => {
  const models = fc.sample(tableModel("t_"), { seed: 20261125, numRuns: 60 });
  const tables = namedTables(
    "s",
    models.map((model, at) => {
      const name = `${model.name}${at}`;
      return { id: formatId("s", name), props: propsFromModel({ ...model, name }) };
    }),
  );

  test.each(["cdktf", "cdktn", "pulumi"] as const)("of any tables compiles for %s", (engine) => {
    const program = virtualProgram({ "tables.ts": programText(engine, "s", tables) });
    expect(diagnosticsOf(program, "tables.ts").map(messageOf)).toEqual([]);
  });

  test("is as Prettier has it", () => {
    const text = programText("cdktf", "s", tables);
    const command = join(root, "node_modules", "prettier", "bin", "prettier.cjs");
    const args = [command, "--no-config", "--parser", "typescript"];
    expect(spawnSync(process.execPath, args, { input: text, encoding: "utf8" }).stdout).toBe(text);
  });

  test("has each table's schema in its construct's name, and a function for the schema", () => {
    const [only] = namedTables("my app", [
      { id: '"my app".t', props: propsFromModel({ ...table({ columns: [column("id")] }), schema: "my app" }) },
    ]);
    const text = programText("cdktn", "my app", [only!]);
    expect(text).toContain('import { PostgresTable } from "eventloom/cdktn";');
    expect(text).toContain('export function myAppTables(scope: Construct) {\n  return {\n    t: new PostgresTable(scope, "my app.t", {'); // prettier-ignore
    expect(text).toContain("export function importMyAppTables(\n  tables: ReturnType<typeof myAppTables>,\n): void {");
    expect(JSON.parse(pulumiImports([only!]))).toEqual({
      resources: [
        { type: "eventloom:index:PostgresTable", name: "my app.t", component: true },
        { type: "eventloom:postgres:Table", name: "my app.t-table", id: '"my app".t', parent: "my app.t" },
      ],
    });
  });
});
