import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, defineDomain, event, jsonSchema, type ColumnPhase, type Topology } from "eventloom";
import { diffTable } from "../../lib/postgres/diff";
import type { TableModel } from "../../lib/postgres/model";
import { planTable } from "../../lib/postgres/plan";
import { createFunction } from "../../lib/postgres/sql";
import { deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import { diffTopologies } from "../../lib/preview/diff/diff-locks";
import { renderDiffText } from "../../lib/preview/report/render-diff-text";
import { renderText } from "../../lib/preview/render-text";
import type { Lock } from "../../lib/lock/types";
import type { PostgresFunction, PostgresTableResource, Resource } from "../../lib/topology/types";

/** What is printed stands on the page as it is. */
const page = readFileSync(join(__dirname, "../../docs/store.md"), "utf8");

const payload = jsonSchema<{ orderId: string }>({ type: "object", properties: { orderId: { type: "string" } }, required: ["orderId"] }); // prettier-ignore

type Columns = Readonly<Record<string, object>>;

const BEFORE: Columns = { id: { type: "uuid" }, customer: { type: "text", default: "'nobody'" } };
const AFTER: Columns = { id: { type: "uuid" }, customer_name: { type: "text", default: "'nobody'", renamedFrom: "customer" } }; // prettier-ignore

function shop(columns: Columns, more: object = {}): Topology {
  const domain = defineDomain("shop", {
    store: { format: 1 },
    aggregates: { Order: { id: "orderId", events: { Paid: event({ versions: { 1: payload } }) } } },
    projections: { Totals: { from: ["Paid"], table: { columns, ...more } as never } },
  });
  return compile(domain, { replicationFactor: 1 });
}

function locked(topology: Topology, before: Lock | null = null): Lock {
  const next = nextLock(topology, before);
  if (!next.ok) throw new Error(next.issues.map(({ code, path }) => `${code} ${path}`).join());
  return next.lock;
}

function codes(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    return (error as { issues: readonly { code: string; path: string }[] }).issues.map(({ code, path }) => `${code} ${path}`); // prettier-ignore
  }
  return [];
}

const NAME = "projections.Totals.customer_name";

function deployed(phase: ColumnPhase | null, topology = shop(AFTER)): readonly Resource[] {
  return deploymentOf(topology, null, phase === null ? {} : { columns: { [NAME]: phase } }).resources;
}

function table(resources: readonly Resource[]): PostgresTableResource {
  return resources.find(({ key }) => key === "projection/Totals") as PostgresTableResource;
}

function statements(from: TableModel, to: TableModel): readonly string[] {
  return planTable(diffTable(from, to), to, { declaredBy: "shop", leaves: [], obstacles: [] }).map(({ sql }) => sql);
}

describe("a renamed column", () => {
  const before = table(shop(BEFORE).resources).definition;
  const [add, fill, change, retire] = (["add", "fill", "switch", "retire"] as const).map((phase) => table(deployed(phase))); // prettier-ignore

  test("is added beside the old one, and both are kept the same", () => {
    expect(statements(before, add!.definition)).toEqual([
      'ALTER TABLE "shop"."totals" ADD COLUMN "customer_name" text',
      'CREATE OR REPLACE TRIGGER "renamed_columns" BEFORE INSERT OR UPDATE ON "shop"."totals" FOR EACH ROW EXECUTE FUNCTION "shop"."totals_renamed_columns"()', // prettier-ignore
      'ALTER TABLE "shop"."totals" ENABLE TRIGGER "renamed_columns"',
    ]);
    expect(add!.accept).toBeUndefined();
    expect(add!.dependsOn).toContain("function/totals_renamed_columns");
    expect(table(deployed(null))).toEqual(add);
  });

  test("is filled for rows from before, and then NOT NULL", () => {
    const check = 'CONSTRAINT "eventloom_attaching_totals_customer_name"';
    expect(statements(add!.definition, fill!.definition)).toEqual([
      'UPDATE ONLY "shop"."totals" SET "customer_name" = ("customer") WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY "shop"."totals" WHERE "customer_name" IS NULL AND ("customer") IS NOT NULL AND ctid >= $1 AND ctid < $2 FOR NO KEY UPDATE SKIP LOCKED))', // prettier-ignore
      `ALTER TABLE "shop"."totals" ADD ${check} CHECK ("customer_name" IS NOT NULL) NOT VALID`,
      'ALTER TABLE "shop"."totals" VALIDATE CONSTRAINT "eventloom_attaching_totals_customer_name"',
      'ALTER TABLE "shop"."totals" ALTER COLUMN "customer_name" SET NOT NULL',
      `ALTER TABLE "shop"."totals" DROP ${check}`,
    ]);
    expect(fill!.accept).toBeUndefined();
  });

  test("lets the old one be null once services have switched, which its profile approves", () => {
    expect(statements(fill!.definition, change!.definition)).toEqual(['ALTER TABLE "shop"."totals" ALTER COLUMN "customer" DROP NOT NULL']); // prettier-ignore
    expect(change!.accept?.map((each) => each.change)).toEqual(['shop.totals: make column "customer" nullable']);
  });

  test("keeps the old one with its values when nothing mirrors it any more", () => {
    expect(statements(change!.definition, retire!.definition)).toEqual([
      'ALTER TABLE "shop"."totals" ALTER COLUMN "customer" DROP DEFAULT',
      'ALTER TABLE "shop"."totals" ALTER COLUMN "customer_name" SET DEFAULT \'nobody\'',
      'DROP TRIGGER IF EXISTS "renamed_columns" ON "shop"."totals"',
    ]);
    expect(retire!.accept?.map((each) => each.change)).toEqual([
      'shop.totals: make column "customer" nullable',
      'shop.totals: drop trigger "renamed_columns" before insert or update for each row, shop.totals_renamed_columns',
    ]);
    expect(retire!.definition).toEqual({
      ...table(shop(AFTER).resources).definition,
      columns: expect.anything() as never,
    });
  });

  test("has a function whose names are quoted and whose search path is pinned", () => {
    const fn = deployed("add").find(({ key }) => key === "function/totals_renamed_columns") as PostgresFunction;
    expect(createFunction(fn.definition)).toBe(`CREATE OR REPLACE FUNCTION "shop"."totals_renamed_columns"()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.customer_name IS NULL THEN NEW.customer_name := NEW.customer; ELSE NEW.customer := NEW.customer_name; END IF;
  ELSE
    IF NEW.customer_name IS DISTINCT FROM OLD.customer_name THEN NEW.customer := NEW.customer_name; ELSE NEW.customer_name := NEW.customer; END IF;
  END IF;
  RETURN NEW;
END$$`);
  });

  test("is searched by either name as long as either is used", () => {
    const indexed = shop(AFTER, { indexes: [{ columns: ["customer_name"] }, { columns: ["id", "customer_name"], unique: true }] }); // prettier-ignore
    const names = (phase: ColumnPhase): readonly string[] => table(deployed(phase, indexed)).definition.indexes.map(({ name }) => name); // prettier-ignore
    const both = ["totals_customer_idx", "totals_id_customer_key", "totals_customer_name_idx", "totals_id_customer_name_key"]; // prettier-ignore
    expect([names("add"), names("fill"), names("switch")]).toEqual([both, both, both]);
    expect(names("retire")).toEqual(both.slice(2));
  });
});

test("a reserved word as a former name is quoted", () => {
  const columns = { id: { type: "uuid" }, chosen: { type: "text", renamedFrom: "select" } };
  const resources = deployed(null, shop(columns));
  const fn = resources.find(({ key }) => key === "function/totals_renamed_columns") as PostgresFunction;
  expect(fn.definition.body).toContain('NEW.chosen := NEW."select"');
});

test("a rename that can't be done is a mistake, each for its reason", () => {
  const wrong = (columns: Columns, more?: object): readonly string[] => codes(() => shop(columns, more));
  const at = "projections.Totals.table.columns";
  expect(wrong({ id: { type: "uuid" }, a: { type: "text", renamedFrom: "id" } })).toEqual([
    `ED152 ${at}.a.renamedFrom`,
  ]);
  expect(wrong({ id: { type: "uuid" }, a: { type: "text", renamedFrom: "a" } })).toEqual([`ED153 ${at}.a.renamedFrom`]);
  expect(wrong({ id: { type: "uuid", renamedFrom: "key" } })).toEqual([`ED156 ${at}.id.renamedFrom`]);
  expect(wrong({ id: { type: "uuid" }, a: { type: "text", renamedFrom: "A b" } })).toEqual([
    `ED101 ${at}.a.renamedFrom`,
  ]);
  expect(wrong({ id: { type: "uuid" }, a: { type: "text", renamedFrom: "x" }, b: { type: "text", renamedFrom: "x" } })).toEqual([`ED154 ${at}.b.renamedFrom`]); // prettier-ignore
});

test("a profile that names no renamed column or no phase is refused", () => {
  const refused = (columns: object): readonly string[] => codes(() => deploymentOf(shop(AFTER), null, { columns } as never)); // prettier-ignore
  expect(refused({ "projections.Totals.customer": "fill" })).toEqual(["LK634 profile.columns.projections.Totals.customer"]); // prettier-ignore
  expect(refused({ [NAME]: "drain" })).toEqual([`LK635 profile.columns.${NAME}`]);
  expect(refused({ [NAME]: "retire" })).toEqual([]);
});

test("a lock refuses a rename from what was never there, and one that changes the column at once", () => {
  const lock = locked(shop(BEFORE));
  const issues = (columns: Columns): readonly string[] => codes(() => deploymentOf(shop(columns), lock));
  const path = "projections.Totals.table.columns";
  expect(issues(AFTER)).toEqual([]);
  expect(issues({ ...AFTER, customer_name: { type: "text", renamedFrom: "client" } })).toEqual([`LK636 ${path}.customer_name.renamedFrom`]); // prettier-ignore
  expect(issues({ ...AFTER, customer_name: { type: "jsonb", nullable: true, renamedFrom: "customer" } })).toEqual(
    ["type", "nullable", "default"].map((what) => `LK637 ${path}.customer_name.${what}`),
  );
  const next = locked(shop(AFTER), lock);
  expect(locked(shop(AFTER), next)).toEqual(next);
});

test("a preview shows the phases, and a diff no risk but the order of the deploys", () => {
  const preview = renderText(shop(AFTER));
  expect(page).toContain(`\n${preview.slice(preview.indexOf("└─ Renamed columns"))}`);
  const { worst, changes, steps } = diffTopologies(shop(BEFORE), shop(AFTER));
  expect({ worst, changes: changes.map(({ key, findings }) => [key, ...findings.map(({ title }) => title)]) }).toEqual({
    worst: "safe",
    changes: [["projection/Totals", 'add column "customer_name"']],
  });
  const say = (phase: ColumnPhase): string => `say columns: { "${NAME}": "${phase}" } in the profile and deploy shop`;
  expect(steps.map(({ sentence }) => sentence)).toEqual([
    "deploy shop: its topics, queues and tables",
    `${say("fill")}: rows of totals from before get customer_name too`,
    "deploy the services that read or write totals.customer: they use customer_name",
    `${say("switch")}: customer may be null`,
    `${say("retire")}: nothing writes customer any more, and it stays with its values`,
  ]);
  const text = renderDiffText([diffTopologies(shop(BEFORE), shop(AFTER))]);
  expect(page).toContain(`\n${text.slice(text.indexOf("└─ order to deploy"))}`);
  expect(diffTopologies(shop(AFTER), shop(AFTER)).steps).toEqual([]);
});
