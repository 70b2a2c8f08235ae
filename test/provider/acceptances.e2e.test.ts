import type { Client } from "pg";
import type { ValueMap } from "../../lib/provider/value";
import type { Deployment } from "./deployment";
import { codes } from "./deployment";
import { tableRuns } from "./table-runs";

jest.setTimeout(120_000);

const runs = tableRuns("acceptances");
let client: Client;
let made = 0;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE EXTENSION IF NOT EXISTS btree_gist");
});

beforeEach(async () => {
  await client.query("DROP SCHEMA IF EXISTS s CASCADE");
  await client.query("CREATE SCHEMA s; CREATE TABLE s.accounts (id int PRIMARY KEY)");
  await client.query("CREATE FUNCTION s.guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
});

const COLUMNS = [
  { name: "id", type: "integer" },
  { name: "account", type: "integer", nullable: true },
  { name: "note", type: "character varying(20)", default: "'new'" },
  { name: 'odd "ü"', type: "text", nullable: true },
  { name: "number", type: "bigint", identity: "by-default" },
];
const CHECK = { name: "positive", expression: "id > 0" };
const UNIQUE = { name: "once", columns: ["account", "note"] };
const TO_ACCOUNTS = { name: "to_accounts", columns: ["account"], referencesSchema: "s", referencesTable: "accounts", referencesColumns: ["id"] }; // prettier-ignore
const APART = { name: "apart", method: "gist", elements: [{ column: "id", operator: "=" }] };
const TRIGGER = { name: "guards", timing: "before", events: ["delete"], level: "statement", functionSchema: "s", functionName: "guard" }; // prettier-ignore

function table(more: object = {}): ValueMap {
  return {
    schema: "s",
    name: `t_${++made}`,
    declaredBy: "orders",
    columns: COLUMNS,
    primaryKey: { name: `t_${made}_pkey`, columns: ["id"] },
    checks: [CHECK],
    uniques: [UNIQUE],
    foreignKeys: [TO_ACCOUNTS],
    exclusions: [APART],
    triggers: [TRIGGER],
    ...more,
  } as unknown as ValueMap;
}

/** Deployed, with two rows. */
async function deployed(config: ValueMap): Promise<Deployment> {
  const first = runs.run();
  await first.deploy(config);
  await client.query(`INSERT INTO s."${String(config["name"])}" (id) VALUES (1), (2)`);
  return runs.run(first.stored);
}

function withColumn(name: string, more: object): object {
  return { columns: COLUMNS.map((each) => (each.name === name ? { ...each, ...more } : each)) };
}

/** The acceptance that a refusal asks for. */
function askedFor(detail: string): string {
  const found = /accept: \[\{ change: ("(?:[^"\\]|\\.)*"), reason: "…" \}\]$/.exec(detail);
  return found === null ? `no acceptance: ${detail}` : (JSON.parse(found[1]!) as string);
}

const accepting = (config: ValueMap, changes: readonly string[], reason = "nobody reads it"): ValueMap =>
  ({ ...config, accept: changes.map((change) => ({ change, reason })) }) as unknown as ValueMap;

const without = (attribute: "checks" | "uniques" | "foreignKeys" | "exclusions" | "triggers"): object => ({ [attribute]: [] }); // prettier-ignore

describe("a change that is refused", () => {
  test.each([
    ["a column is dropped", "PG401", { columns: COLUMNS.filter(({ name }) => !name.startsWith("odd")) }, 'drop column "odd ""ü""" text'],
    ["a column that an index needs is dropped with it", "PG401 PG416", { columns: COLUMNS.filter(({ name }) => name !== "note"), uniques: [] }, 'drop column "note" character varying(20)'],
    ["a type changes, and the default with it", "PG402", withColumn("note", { type: "text" }), 'change column "note" from character varying(20) to text'],
    ["a collation changes", "PG402", withColumn("note", { collation: "C" }), 'change column "note" from collation default to C'],
    ["a column may be null", "PG403", withColumn("note", { nullable: true }), 'make column "note" nullable'],
    ["an identity goes", "PG414", withColumn("number", { identity: null }), 'change the identity of column "number" from by-default to none'],
    ["an identity is always", "PG414", withColumn("number", { identity: "always" }), 'change the identity of column "number" from by-default to always'],
    ["a column fills all rows", "PG413", { columns: [...COLUMNS, { name: "at", type: "timestamp with time zone", default: "clock_timestamp()" }] }, 'add column "at" timestamp with time zone with the default clock_timestamp()'],
    ["a column is worked out of all rows", "PG413", { columns: [...COLUMNS, { name: "twice", type: "integer", nullable: true, generated: "id * 2" }] }, 'add column "twice" integer, generated from (id * 2)'],
    ["a check goes", "PG408", without("checks"), 'drop check "positive"'],
    ["a check changes", "PG408", { checks: [{ ...CHECK, expression: "id > -5" }] }, 'change check "positive" to (id > -5)'],
    ["a unique constraint goes", "PG416", without("uniques"), 'drop unique constraint "once" UNIQUE ("account", "note")'],
    ["a foreign key goes", "PG416", without("foreignKeys"), 'drop foreign key "to_accounts" FOREIGN KEY ("account") REFERENCES "s"."accounts" ("id")'],
    ["a foreign key changes", "PG416", { foreignKeys: [{ ...TO_ACCOUNTS, onDelete: "cascade" }] }, 'change foreign key "to_accounts" FOREIGN KEY ("account") REFERENCES "s"."accounts" ("id") to foreign key "to_accounts" FOREIGN KEY ("account") REFERENCES "s"."accounts" ("id") ON DELETE CASCADE'],
    ["an exclusion goes", "PG416", without("exclusions"), 'drop exclusion constraint "apart"'],
    ["an exclusion changes", "PG416", { exclusions: [{ ...APART, where: "id > 9" }] }, 'change exclusion constraint "apart" to exclusion constraint "apart" EXCLUDE USING gist ("id" WITH =) WHERE (id > 9)'],
    ["an exclusion comes", "PG417", { exclusions: [APART, { ...APART, name: "too" }] }, 'add exclusion constraint "too" EXCLUDE USING gist ("id" WITH =)'],
    ["a trigger goes", "PG407", without("triggers"), 'drop trigger "guards" before delete for each statement, s.guard'],
    ["a trigger fires later", "PG407", { triggers: [{ ...TRIGGER, timing: "after" }] }, 'change trigger "guards" before delete for each statement, s.guard to trigger "guards" after delete for each statement, s.guard'],
  ])("names what would accept it, is done once that is written, and no row is lost: %s", async (_what, code, more, change) => {
    const config = table();
    const name = String(config["name"]);
    const run = await deployed(config);
    const wanted = { ...config, ...more } as unknown as ValueMap;
    const refused = await run.plan(wanted);
    expect(codes(refused).join(" ")).toBe(code);
    const asked = refused.issues.map(({ detail }) => askedFor(detail));
    expect(asked[0]).toBe(`s.${name}: ${change}`);

    const planned = await run.plan(accepting(wanted, asked));
    expect(codes(planned)).toEqual(asked.map(() => "PG445"));
    expect(planned.statements).not.toEqual([]);
    const applied = await run.apply(planned);
    expect(codes(applied)).toEqual([]);
    expect((await client.query(`SELECT id FROM s.${name}`)).rows).toHaveLength(2);

    const later = runs.run(run.stored);
    expect(await later.plan(accepting(wanted, asked))).toMatchObject({ action: "none", issues: [] });
    // the acceptance is taken out of the declaration: nothing happens on the server
    expect(await later.deploy(wanted)).toEqual([]);
  }); // prettier-ignore

  test.each([
    ["the primary key changes", { primaryKey: { name: "other", columns: ["id", "note"] } }],
    ["it is partitioned", { partitioning: { strategy: "hash", columns: ["id"], modulus: 2 }, uniques: [], exclusions: [] }],
    ["a unique constraint changes, and is not there for a while", { uniques: [{ ...UNIQUE, columns: ["account"] }] }],
    ["rows would have no value", { columns: [...COLUMNS, { name: "must", type: "text" }] }],
    ["an identity begins at 1", withColumn("account", { identity: "always", nullable: false })],
    ["a trigger fires for each row instead", { triggers: [{ ...TRIGGER, level: "row" }] }],
  ])("can't be accepted by anybody where %s", async (_what, more) => {
    const config = table();
    const run = await deployed(config);
    const { issues } = await run.plan({ ...config, ...more } as unknown as ValueMap);
    expect(issues.filter(({ severity }) => severity === "error")).not.toEqual([]);
    expect(issues.filter(({ detail }) => !detail.includes("accept: ["))).not.toEqual([]);
  }); // prettier-ignore

  test("can't be accepted where rows are spread by the column, and where it would be spread otherwise", async () => {
    const config = table({ partitioning: { strategy: "hash", columns: ["id"], modulus: 2 }, uniques: [], exclusions: [], columns: COLUMNS.filter(({ identity }) => identity === undefined) }); // prettier-ignore
    const run = await deployed(config);
    const columns = (config["columns"] as unknown as typeof COLUMNS).map((each) =>
      each.name === "id" ? { ...each, type: "bigint" } : each,
    );
    for (const more of [{ columns }, { partitioning: { strategy: "hash", columns: ["id"], modulus: 4 } }]) {
      const { issues } = await run.plan({ ...config, ...more } as unknown as ValueMap);
      expect(issues).toMatchObject([{ severity: "error", detail: expect.not.stringContaining("accept: [") }]);
    }
  });

  test("is done on a partitioned table and all its leaves: a column, a type, a check, a trigger", async () => {
    const config = table({ partitioning: { strategy: "hash", columns: ["id"], modulus: 2 }, uniques: [], exclusions: [], columns: COLUMNS.filter(({ identity }) => identity === undefined) }); // prettier-ignore
    const run = await deployed(config);
    const columns = [COLUMNS[0], COLUMNS[1], { ...COLUMNS[2], type: "text" }];
    const wanted = { ...config, columns, checks: [], triggers: [] } as unknown as ValueMap;
    const asked = (await run.plan(wanted)).issues.map(({ detail }) => askedFor(detail));
    expect(asked).toHaveLength(4);
    expect(codes(await run.apply(await run.plan(accepting(wanted, asked))))).toEqual([]);
    expect(await runs.run(run.stored).plan(accepting(wanted, asked))).toMatchObject({ action: "none", issues: [] });
    expect((await client.query(`SELECT id, note FROM s.${String(config["name"])} ORDER BY id`)).rows).toEqual([
      { id: 1, note: "new" },
      { id: 2, note: "new" },
    ]);
  });
});

describe("an acceptance", () => {
  const config = (): ValueMap => table({ uniques: [], exclusions: [], triggers: [] });
  const lean = (from: ValueMap): ValueMap =>
    ({ ...from, columns: COLUMNS.filter(({ name }) => name !== "note") }) as unknown as ValueMap;

  test("of another table, another type or half of the changes approves nothing", async () => {
    const from = config();
    const run = await deployed(from);
    const wanted = { ...lean(from), checks: [] } as unknown as ValueMap;
    const [column, check] = (await run.plan(wanted)).issues.map(({ detail }) => askedFor(detail)) as [string, string];
    for (const accepted of [[column], [check], [column.replace("s.t_", "s.u_"), check], [column.replace("20", "21"), check]]) {
      const planned = await run.plan(accepting(wanted, accepted));
      expect(codes(planned)).toContain(accepted.includes(column) ? "PG408" : "PG401");
      expect(planned.statements).toBeNull();
    } // prettier-ignore
  });

  test("approves no later change: not the same one again, until there is another reason", async () => {
    const from = config();
    const run = await deployed(from);
    const asked = (await run.plan(lean(from))).issues.map(({ detail }) => askedFor(detail));
    await run.apply(await run.plan(accepting(lean(from), asked)));
    await client.query(`ALTER TABLE s.${String(from["name"])} ADD COLUMN note varchar(20) NOT NULL DEFAULT 'new'`);
    const again = runs.run(run.stored);
    const refused = await again.plan(accepting(lean(from), asked));
    expect(refused.issues).toMatchObject([
      { code: "PG401", detail: expect.stringContaining("its acceptance has approved a change before; for this one give another reason") }, // prettier-ignore
    ]);
    expect(codes(await again.plan(accepting(lean(from), asked, "it came back by a mistake")))).toEqual(["PG445"]);
  });

  test("that came before there was anything to approve approves nothing afterwards", async () => {
    const from = config();
    const name = String(from["name"]);
    const early = accepting(from, [`s.${name}: drop column "note" character varying(20)`]);
    const run = runs.run();
    await run.deploy(early);
    const refused = await runs.run(run.stored).plan({ ...early, ...lean(from) });
    expect(codes(refused)).toEqual(["PG401"]);
  });

  test("of a deploy that failed still holds for the next one", async () => {
    const from = config();
    const name = String(from["name"]);
    const run = await deployed(from);
    const asked = (await run.plan(lean(from))).issues.map(({ detail }) => askedFor(detail));
    const wanted = accepting(lean(from), asked);
    await client.query(`CREATE VIEW s.v_${name} AS SELECT note FROM s.${name}`);
    const failed = await run.apply(await run.plan(wanted));
    expect(failed.issues).toMatchObject([{ code: "PG459", detail: expect.stringContaining(`view s.v_${name}`) }]);
    await client.query(`DROP VIEW s.v_${name}`);
    expect(codes(await run.apply(await run.plan(wanted)))).toEqual([]);
    expect(await runs.run(run.stored).plan(wanted)).toMatchObject({ action: "none", issues: [] });
  });

  test("approves nothing of a table that is taken over without a state", async () => {
    const from = config();
    await deployed(from);
    const asked = `s.${String(from["name"])}: drop column "note" character varying(20)`;
    expect(codes(await runs.run().plan(accepting(lean(from), [asked])))).toEqual(["PG463"]);
  });

  test("must not be stale: a server that has changed since the plan is looked at again", async () => {
    const from = config();
    const run = await deployed(from);
    const asked = (await run.plan(lean(from))).issues.map(({ detail }) => askedFor(detail));
    const planned = await run.plan(accepting(lean(from), asked));
    await client.query(`ALTER TABLE s.${String(from["name"])} ADD COLUMN later int`);
    expect(codes(await run.apply(planned))).toEqual(["PG464"]);
  });

  test.each([
    ["without a reason", [{ change: "x", reason: "  " }], "accept[0].reason"],
    ["without a change", [{ change: "", reason: "because" }], "accept[0].change"],
    ["twice", [{ change: "x", reason: "a" }, { change: "x", reason: "b" }], "accept[1].change"],
  ])("%s is refused", (_what, accept, path) => {
    const run = runs.run();
    const { issues } = run.handlers.validate("table", { ...config(), accept } as never);
    expect(issues).toMatchObject([{ code: "PG444", summary: expect.stringContaining(path) }]);
  }); // prettier-ignore
});
