import { comparePlan, readPulumiPreview, readTerraformPlan } from "../../../lib/preview/engine-plan";
import { nextLock } from "../../../lib/lock/next-lock";
import type { Lock } from "../../../lib/lock/types";
import { diffLocks } from "../../../lib/preview/diff/diff-locks";
import { compile } from "eventloom";
import { retiringShop } from "../../pulumi/project/retiring-shop";

function locked(retired: boolean, before: Lock | null): Lock {
  const next = nextLock(compile(retiringShop({ retired })), before);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

const before = locked(false, null);
const after = locked(true, before);

interface Granted {
  readonly name: string;
  readonly privileges: readonly string[];
}

const EVENTS = { name: "event_store", privileges: ["select"] };
const TOTALS = { name: "totals", privileges: ["select"] };
const grants = (...tables: readonly Granted[]) => ({ schema: "shop", role: "shop_reader", functions: ["f()"], tables });
type State = ReturnType<typeof grants> & { readonly ddl?: readonly string[] };

/** What the locks and a plan of Terraform, or a preview of Pulumi, say to an update of the reader's grants. */
const held = {
  Terraform: (from: State, to: State, locks: readonly [Lock, Lock] = [after, after]) => {
    const change = { actions: ["update"], before: from, after: { ...to, ddl: ["REVOKE …"] } };
    const address = "eventloom_postgres_grants.shop_grants-reader";
    const entry = { address, mode: "managed", type: "eventloom_postgres_grants", name: "shop_grants-reader", change };
    const json = JSON.stringify({ format_version: "1.2", resource_changes: [entry] });
    return codes(readTerraformPlan(json, [...locks].reverse()), locks);
  },
  Pulumi: (from: State, to: State, locks: readonly [Lock, Lock] = [after, after]) => {
    const urn = "urn:pulumi:dev::project::eventloom:postgres:Grants::shop-grants-reader";
    const step = { op: "update", urn, oldState: { inputs: from }, newState: { inputs: to } };
    return codes(readPulumiPreview(JSON.stringify({ steps: [step], changeSummary: {} }), [...locks].reverse()), locks);
  },
};

function codes(read: ReturnType<typeof readTerraformPlan>, [base, head]: readonly [Lock, Lock]): readonly string[] {
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  expect(read.plan.changes.map(({ key, action }) => `${action} ${key}`)).toEqual(["update grants/reader"]);
  const { findings } = comparePlan(read.plan, [diffLocks(base, head)]);
  return findings.filter(({ key }) => key === "grants/reader").map(({ code }) => code);
}

describe.each(["Terraform", "Pulumi"] as const)("grants in a plan of %s that comes late to a lock", (engine) => {
  const says = held[engine];

  test("agree with the lock where all that goes is on tables that were retired", () => {
    expect(says(grants(EVENTS, TOTALS), grants(EVENTS))).toEqual([]);
  });

  test("agree too where the lock says so only now", () => {
    expect(says(grants(EVENTS, TOTALS), grants(EVENTS), [before, after])).toEqual([]);
  });

  test.each([
    ["on a table that is there", grants(EVENTS, TOTALS), grants(TOTALS)],
    ["on both", grants(EVENTS, TOTALS), grants()],
    ["less on a retired table, which nobody declares", grants(EVENTS, { ...TOTALS, privileges: ["select", "insert"] }), grants(EVENTS, TOTALS)], // prettier-ignore
    ["on a function beside it", grants(EVENTS, TOTALS), { ...grants(EVENTS), functions: [] }],
    ["nothing, and something is granted", grants(EVENTS), grants(EVENTS, TOTALS)],
    ["on a table of that name in another schema", { ...grants(EVENTS, TOTALS), schema: "other" }, grants(EVENTS)],
  ])("depart from it where a role loses %s (PL912)", (_, from, to) => {
    expect(says(from, to)).toEqual(["PL912"]);
  });

  test("depart from a lock in which the table is still declared (PL912)", () => {
    expect(says(grants(EVENTS, TOTALS), grants(EVENTS), [before, before])).toEqual(["PL912"]);
  });
});
