import { symlinkSync } from "node:fs";
import { commandIssues } from "../../lib/cli/issues";
import { runCommandLine } from "../../lib/cli/program";
import { domainExpression, domainSource, type ModuleFolder, schemaSource, writeModules } from "./modules";

jest.setTimeout(30_000);

const TWO_ISSUES = 'consumers: { a: { on: ["CartClosed"] }, b: { on: ["CartOpened"], needs: "-1 days" } }';
const BAD_DEFAULT = `projections: { carts: { from: ["CartOpened"], table: {
  columns: { id: { type: "text" }, n: { type: "integer", default: "0); DROP TABLE x; --" } } } } }`;

let modules: ModuleFolder;

beforeAll(() => {
  modules = writeModules({
    "shop.ts": domainSource("shop"),
    "shop.mts": domainSource("shop-esm"),
    "again.ts": 'export { shop as same } from "./shop";\n',
    "other-shop.ts": domainSource("shop"),
    "two.ts": `${schemaSource}export const z = ${domainExpression("zoo")};\nexport const a = ${domainExpression("ark")};\nexport const n = 1;\n`,
    "default.ts": `${schemaSource}export default ${domainExpression("by-default")};\n`,
    "common.cts": `import { defineDomain, event, jsonSchema } from "eventloom";\nconst payload = jsonSchema({ properties: { id: {} }, required: ["id"] });\nmodule.exports = { shop: ${domainExpression("common")} };\n`,
    "broken.ts": domainSource("broken", TWO_ISSUES),
    "bad-default.ts": domainSource("bad-default", BAD_DEFAULT),
    "channels.ts": domainSource("channels", 'store: "none"'),
    "empty.ts": "",
    "no-domain.ts": 'export const shop = { name: "shop" };\nexport const no = null;\n',
    "fake.ts": 'export const shop = { name: "fake", definition: { name: "fake", aggregates: {}, brokers: [] } };\n',
    "trap.ts": 'export const trap = new Proxy({}, { get() { throw new Error("boo"); } });\n',
    "foreign-error.ts": `class DeclarationError extends Error {
      name = "DeclarationError";
      subject = 'domain "theirs"';
      issues = [{ code: "ED101", path: "name", message: "illegal name", fix: "rename it" }];
    }
    throw new DeclarationError("refused");`,
    "syntax.ts": "export const a = 1;\nconst b: = 3;\n",
    "throws.ts": "export const a = 1;\n\nmissing.name();\n",
    "throws-text.ts": 'throw "two\\nlines \\u001b[31m";\n',
    "throws-null.ts": "throw null;\n",
    "imports-nothing.ts": 'import x from "./not-there";\nexport const y = x;\n',
    "prints.ts": `console.log("from the module");\nprocess.stdout.write("and more\\n");\n${domainSource("prints")}`,
    "notes.txt": "export const a = 1;\n",
    "folder/index.ts": domainSource("inside"),
  });
  symlinkSync(modules.path("shop.ts"), modules.path("link.ts"));
});

afterAll(() => modules.remove());

async function run(...words: string[]) {
  return (await runCommandLine(words)).result;
}

describe("preview", () => {
  test("shows the tree of each domain with its counts", async () => {
    const result = await run("preview", modules.path("shop.ts"));
    expect(result.exitCode).toBe(0);
    expect(result.text.split("\n").slice(0, 4)).toEqual([
      "shop",
      "├─ Kafka: 1 topic",
      "│  └─ shop.cart-opened  12 partitions × 3 replicas, kept 7 days",
      "└─ Postgres: schema shop, 10 tables, 36 functions, 4 sequences, 4 roles",
    ]);
  });

  test("takes the replication factor that will be deployed with", async () => {
    const result = await run("preview", modules.path("shop.ts"), "--replication-factor", "1");
    expect(result.text).toContain("12 partitions × 1 replica,");
  });

  test("gives the same as data: counts and the whole topology", async () => {
    const { json } = await run("preview", modules.path("shop.ts"), "--json");
    expect(json).toMatchObject({
      exitCode: 0,
      findings: [],
      domains: [{ domain: "shop", counts: { "kafka-topic": 1, "postgres-table": 10 }, topology: { format: 1 } }],
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  test.each(["default.ts", "common.cts", "shop.mts", "link.ts", "prints.ts"])(
    "finds the domain in %s",
    async (name) => {
      expect(await run("preview", modules.path(name))).toMatchObject({ exitCode: 0 });
    },
  );

  test("finds every domain of a module, by name, and each module once", async () => {
    const { two, shop } = { two: modules.path("two.ts"), shop: modules.path("shop.ts") };
    const result = await run("preview", two, shop, modules.path("link.ts"), `${modules.folder}/./two.ts`);
    expect(result.exitCode).toBe(0);
    expect(result.text.match(/^[a-z]+$/gm)).toEqual(["ark", "zoo", "shop"]);
  });

  test("shows nothing of the sound modules when another is not", async () => {
    const result = await run("preview", modules.path("shop.ts"), modules.path("broken.ts"));
    expect(result.exitCode).toBe(1);
    expect(result.text).not.toContain("Kafka");
  });
});

describe("check", () => {
  test("says that a domain is sound", async () => {
    const file = modules.path("shop.ts");
    const { exitCode, text } = await run("check", file);
    expect({ exitCode, text }).toEqual({
      exitCode: 0,
      text: `${file}: domain "shop" is sound (61 resources, 1 schema)\n`,
    });
  });

  test("reports all issues of all modules at once", async () => {
    const names = ["broken.ts", "shop.ts", "bad-default.ts", "throws.ts"];
    const result = await run("check", ...names.map((each) => modules.path(each)));
    expect(result.exitCode).toBe(2);
    const place = `${modules.folder}/`;
    expect(result.text.replaceAll(place, "")).toBe(
      [
        'broken.ts: domain "broken" has 2 issues',
        '  ED110 consumers.a.on[0]: unknown event, got "CartClosed"; allowed: CartOpened (fix: name an event of one of the domain\'s aggregates)',
        '  ED108 consumers.b.needs: not a duration, got "-1 days"; allowed: a whole number and milliseconds, seconds, minutes, hours, days or weeks (fix: write a whole number and a unit: "30 seconds")',
        'bad-default.ts: domain "bad-default" has 1 issue',
        `  ED123 projections.carts.table.columns.n.default: not an SQL expression, got "0); DROP TABLE x; --" (fix: write one expression, text in single quotes: "'open'")`,
        "CL504 throws.ts: cannot be loaded: ReferenceError: missing is not defined (line 3) (fix: mend the module; `node` or `tsc` say more about it)",
        "",
      ].join("\n"),
    );
  });

  test("gives issues as data", async () => {
    const { json } = await run("check", modules.path("broken.ts"), "--json");
    expect(json).toMatchObject({
      exitCode: 1,
      findings: [
        { subject: 'domain "broken"', issues: [{ code: "ED110", path: "consumers.a.on[0]" }, { code: "ED108" }] },
      ],
    });
  });

  test("takes the issues of a declaration that another copy of the package refused", async () => {
    const result = await run("check", modules.path("foreign-error.ts"));
    expect(result.exitCode).toBe(1);
    expect(result.text).toContain('domain "theirs" has 1 issue\n  ED101 name: illegal name (fix: rename it)\n');
  });
});

const mistakes: readonly (readonly [code: keyof typeof commandIssues, why: string, words: readonly string[]])[] = [
  ["CL501", "no such file", ["check", "nowhere.ts"]],
  ["CL501", "no such file", ["check", "nowhere/../../x.ts"]],
  ["CL502", "a folder", ["check", ""]],
  ["CL501", "no such file", ["check", "a\0b.ts"]],
  ["CL501", "no such file", ["check", "https://example.org/domain.ts"]],
  ["CL501", "no such file", ["check", `${"x".repeat(300)}.ts`]],
  ["CL502", "a folder", ["check", "folder"]],
  ["CL502", "not a file", ["check", "/dev/null"]],
  ["CL503", "neither TypeScript nor JavaScript", ["check", "notes.txt"]],
  ["CL504", "Unexpected token", ["check", "syntax.ts"]],
  ["CL504", "missing is not defined (line 3)", ["check", "throws.ts"]],
  ["CL504", 'threw "two\\nlines \\u001b[31m"', ["check", "throws-text.ts"]],
  ["CL504", "threw null", ["check", "throws-null.ts"]],
  ["CL504", "Cannot find module", ["check", "imports-nothing.ts"]],
  ["CL504", 'domain "fake"', ["check", "fake.ts"]],
  ["CL505", "exports no domain", ["preview", "empty.ts"]],
  ["CL505", "exports no domain", ["preview", "no-domain.ts"]],
  ["CL505", "exports no domain", ["preview", "trap.ts"]],
  ["CL506", '"shop", which ', ["check", "shop.ts", "other-shop.ts"]],
  ["CL507", "no event store", ["export", "sql", "channels.ts", "shop.ts"]],
];

describe("a mistake", () => {
  test.each(mistakes)("%s (%s): %j", async (code, why, words) => {
    const there = words.map((each) =>
      /^[a-z-]+\.(ts|txt)$|^folder$/.test(each) && each !== "sql" ? modules.path(each) : each,
    );
    const result = await run(...there);
    expect(result.exitCode).toBe(commandIssues[code].exit);
    expect(result.text.startsWith(`${code} `)).toBe(true);
    expect(result.text).toContain(why);
    expect(result.text.trimEnd()).not.toMatch(/[\u0000-\u001f]| {4}at /);
    expect(result.text).toContain(`(fix: ${commandIssues[code].fix})`);
    expect(result.json).toMatchObject({ findings: [{ issues: [{ code }] }] });
  });

  test("of every kind that a module can have is tried", () => {
    const ofModules = Object.keys(commandIssues).filter((code) => code <= "CL507");
    expect(new Set(mistakes.map(([code]) => code))).toEqual(new Set(ofModules));
  });

  test.each([
    [[], "Usage: eventloom"],
    [["nonsense"], "unknown command 'nonsense'"],
    [["preview"], "missing required argument 'module'"],
    [["preview", "x.ts", "--nonsense"], "unknown option '--nonsense'"],
    [["check", "x.ts", "--replication-factor", "1"], "unknown option '--replication-factor'"],
    [["preview", "x.ts", "--replication-factor", "0"], "it is a whole number from 1 to 32767"],
    [["preview", "x.ts", "--replication-factor", "1e2"], "it is a whole number from 1 to 32767"],
    [["export"], "Usage: eventloom export"],
    [["export", "pdf", "x.ts"], "unknown command 'pdf'"],
  ])("in usage ends with 2: %j", async (words, why) => {
    const result = await run(...words);
    expect(result.exitCode).toBe(2);
    expect(result.text).toContain(why);
  });
});

describe("help", () => {
  test.each([[["--help"]], [["preview", "--help"]], [["check", "--help"]], [["export", "sql", "--help"]]])(
    "%j documents the exit codes",
    async (words) => {
      const result = await run(...words);
      expect(result.exitCode).toBe(0);
      for (const code of ["  0  ", "  1  ", "  2  "]) expect(result.text).toContain(code);
    },
  );

  test("--version is the package's", async () => {
    const { version } = jest.requireActual<{ version: string }>("../../package.json");
    expect(await run("--version")).toMatchObject({ exitCode: 0, text: `${version}\n` });
  });
});

describe("export sql", () => {
  test("is one transaction, which psql leaves at the first error", async () => {
    const { text } = await run("export", "sql", modules.path("two.ts"));
    const statements = text.split("\n\n").map((each) => each.trim());
    expect(statements.slice(0, 4)).toEqual([
      "\\set ON_ERROR_STOP on",
      "SET client_encoding = 'UTF8';",
      "BEGIN;",
      "-- domain ark",
    ]);
    expect(statements.at(-1)).toBe("COMMIT;");
    expect(statements.filter((each) => each.startsWith("CREATE SCHEMA"))).toEqual([
      'CREATE SCHEMA "ark";',
      'CREATE SCHEMA "zoo";',
    ]);
    expect(text.endsWith("COMMIT;\n")).toBe(true);
  });

  test("gives its statements as data", async () => {
    const { json } = await run("export", "sql", "--json", modules.path("shop.ts"));
    const { domains } = json as { domains: readonly { domain: string; statements: readonly { sql: string }[] }[] };
    expect(domains[0]?.domain).toBe("shop");
    expect(domains[0]?.statements[0]?.sql).toBe('CREATE SCHEMA "shop"');
  });
});
