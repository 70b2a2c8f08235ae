import type { Issue } from "../../domain/issues";
import { attributeChanges, NO_MASKS } from "./attribute-changes";
import { kindOf, nameInPlan, Owners, physicalName } from "./identity";
import { planIssue } from "./issues";
import { type Fields, fields, list, parsePlanFile, text } from "./plan-json";
import { PlanCollector } from "./plan-collector";
import { losesRetiredOnly } from "./retired-grants";
import type { PlanAction, PlanTarget, ReadPlan } from "./types";

/**
 * Reads `pulumi preview --json`. Pulumi leaves out what stays the same, and writes `[secret]` for secrets, which is shown as such.
 *
 * @param json the file's text
 * @param targets the locks of both sides, or topologies; what is in none of them is foreign
 */
export function readPulumiPreview(json: string, targets: readonly PlanTarget[]): ReadPlan {
  const parsed = parsePlanFile(json);
  if (!parsed.ok) return parsed;
  const issues = problems(parsed.file);
  if (issues.length > 0) return { ok: false, issues };
  const owners = new Owners(targets);
  const said = diagnosticsOf(parsed.file);
  const collector = new PlanCollector("pulumi");
  const keys = new Map<string, string>();
  for (const [urn, steps] of byUrn(parsed.file)) {
    const key = addSteps(collector, owners, urn, steps, said.get(urn)?.statements ?? []);
    if (key !== null) keys.set(urn, key);
  }
  for (const [urn, { failed, codes }] of said) {
    if (failed) collector.fail(keys.get(urn) ?? keyOf(owners, urn), codes);
  }
  return { ok: true, plan: collector.plan() };
}

function problems(file: Fields): readonly Issue[] {
  if ("format_version" in file) return [planIssue("PL903", "plan", "a Terraform plan; give it by --plan")];
  if (!("steps" in file) && !("changeSummary" in file) && !("diagnostics" in file))
    return [planIssue("PL903", "plan", "no steps")];
  const steps = file["steps"] ?? [];
  if (!Array.isArray(steps)) return [planIssue("PL905", "plan.steps", "not a list")];
  return steps.flatMap((each, index) => {
    const { op, urn } = fields(each);
    return text(op) !== null && text(urn) !== null ? [] : [planIssue("PL905", `plan.steps[${index}]`, "no op or urn")];
  });
}

/** A replacement takes several steps, and a refresh comes before them. */
function byUrn(file: Fields): ReadonlyMap<string, readonly Fields[]> {
  const found = new Map<string, Fields[]>();
  for (const step of list(file["steps"]).map(fields)) {
    const urn = text(step["urn"]) ?? "";
    const steps = found.get(urn);
    if (steps === undefined) found.set(urn, [step]);
    else steps.push(step);
  }
  return found;
}

interface Said {
  readonly failed: boolean;
  readonly codes: readonly string[];
  readonly statements: readonly string[];
}

/** By URN. Of messages that are not our own provider's, nothing is kept: nobody knows what they quote. */
function diagnosticsOf(file: Fields): ReadonlyMap<string, Said> {
  const found = new Map<string, Said>();
  for (const each of list(file["diagnostics"]).map(fields)) {
    const urn = text(each["urn"]) ?? "";
    const message = text(each["message"]) ?? "";
    const before = found.get(urn) ?? { failed: false, codes: [], statements: [] };
    const ours = typeOf(urn).startsWith("eventloom:");
    found.set(urn, {
      failed: before.failed || each["severity"] === "error",
      codes: [...new Set([...before.codes, ...(ours ? (message.match(/\b[A-Z]{2}\d{3}\b/g) ?? []) : [])])],
      statements:
        ours && each["severity"] === "info" ? [...before.statements, ...statementsOf(message)] : before.statements,
    });
  }
  return found;
}

function statementsOf(message: string): readonly string[] {
  return message
    .split(/;\n/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** The resource's own type, which ends a URN's chain of parents. */
function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").pop() ?? "";
}

function keyOf(owners: Owners, urn: string): string | null {
  const kind = kindOf("pulumi", typeOf(urn));
  return kind === null ? null : (owners.find(kind, null, labelOf(urn))?.resource.key ?? null);
}

function labelOf(urn: string): string {
  return urn.split("::")[3] ?? "";
}

/** The key of what the steps are about; null where it is nobody's. */
function addSteps(
  collector: PlanCollector,
  owners: Owners,
  urn: string,
  steps: readonly Fields[],
  statements: readonly string[],
): string | null {
  const type = typeOf(urn);
  const action = actionOf(steps);
  const kind = kindOf("pulumi", type);
  // components and providers are no resources
  if (kind === null && !/:/.test(type.replace(/^pulumi:.*/, ""))) return null;
  const before = lastInputs(steps, "oldState");
  const after = lastInputs(steps, "newState");
  const name = kind === null ? null : nameInPlan(kind, { ...before, ...after });
  const owned = kind === null ? null : owners.find(kind, name, labelOf(urn));
  if (owned === null) {
    collector.addForeign(action);
    return null;
  }
  const changes = action === "update" || action === "replace";
  collector.add(owned, {
    address: urn,
    name: physicalName(owned.resource),
    action,
    movedFrom: null,
    attributes: changes ? attributeChanges(before, after, NO_MASKS) : [],
    losesRetiredOnly:
      kind === "postgres-grants" && action === "update" && losesRetiredOnly(before, after, owners.retiredTables),
    ddl: action === "none" ? [] : statements,
    drift: steps.some((each) => each["op"] === "refresh" && Object.keys(fields(each["detailedDiff"])).length > 0),
  });
  return owned.resource.key;
}

function lastInputs(steps: readonly Fields[], side: "oldState" | "newState"): Fields {
  const states = steps.map((each) => fields(each[side])).filter((each) => "inputs" in each);
  return fields(states[states.length - 1]?.["inputs"]);
}

function actionOf(steps: readonly Fields[]): PlanAction {
  const ops = new Set(steps.map((each) => text(each["op"]) ?? ""));
  if (["replace", "create-replacement", "delete-replaced", "import-replacement"].some((op) => ops.has(op)))
    return "replace";
  if (ops.has("delete")) {
    return steps.some((each) => fields(each["oldState"])["retainOnDelete"] === true) ? "forget" : "delete";
  }
  for (const op of ["create", "update", "import", "read"] as const) if (ops.has(op)) return op;
  return "none";
}
