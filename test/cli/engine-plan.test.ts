import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "eventloom";
import { diffWithPlan, type PlanAsked } from "../../lib/cli/engine-plan";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { shop, type Variant } from "../terraform/shop";

const PLANS = join(__dirname, "..", "preview", "engine-plan", "plans");
const directory = mkdtempSync(join(tmpdir(), "eventloom-plan-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function lock(name: string, variant: Variant): string {
  const next = nextLock(compile(shop(variant), { replicationFactor: 1 }), null);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  const file = join(directory, `${name}.lock.json`);
  writeFileSync(file, renderLock(next.lock));
  return file;
}

const base = lock("base", {});
const head = lock("head", { refunds: true, currency: true, index: true, needs: "30 days" });
const asked = (file: string, options: Partial<PlanAsked> = {}): PlanAsked => ({
  locks: [],
  base,
  head,
  mergeBase: false,
  engine: "terraform",
  format: "text",
  file: join(PLANS, file),
  ...options,
});

test("a real plan beside the locks that it was made of: four changes agree, and one undoes what somebody did by hand", () => {
  const { exitCode, text, json } = diffWithPlan(asked("terraform-grown.json"));
  expect(exitCode).toBe(2);
  expect(json).toMatchObject({ agreed: 4, findings: [{ code: "PL911", key: "policy/consumer/printer" }] });
  expect(text).toContain("Terraform plan: 4 to update, 1 to create; 4 changes as the locks say");
  expect(diffWithPlan(asked("terraform-grown.json", { format: "markdown" })).text).toContain("| action | resource |");
});

test("a plan that replaces what the locks leave alone ends with 3", () => {
  const { exitCode, text } = diffWithPlan(asked("terraform-replace.json", { head: base }));
  expect(exitCode).toBe(3);
  expect(text).toContain("STOP  PL910");
});

test("a plan without changes, between equal locks, ends with 0", () => {
  expect(diffWithPlan(asked("terraform-nothing.json", { head: base }))).toMatchObject({ exitCode: 0 });
});

test("a file that is not there, or no plan, is said in one line with the way on", () => {
  expect(() => diffWithPlan(asked("nowhere.json"))).toThrow(/^PL906 .*ENOENT.*\(fix: [^\n]*\)$/);
  const saved = join(directory, "plan.bin");
  writeFileSync(saved, "PK\u0003\u0004rest");
  expect(() => diffWithPlan(asked("", { file: saved }))).toThrow(/^PL902 .*terraform show -json[^\n]*$/);
  expect(() => diffWithPlan(asked("pulumi-more.json"))).toThrow(/^PL903 .*give it by --pulumi[^\n]*$/);
});
