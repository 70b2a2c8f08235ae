import { planIssue } from "./issues";
import type { Issue } from "../../domain/issues";
import { attributeChanges } from "./attribute-changes";
import { kindOf, nameInPlan, type Owned, Owners, physicalName } from "./identity";
import { type Fields, fields, list, parsePlanFile, text } from "./plan-json";
import { PlanCollector } from "./plan-collector";
import { losesRetiredOnly } from "./retired-grants";
import { type PlanAction, type PlannedAttribute, type PlanTarget, type ReadPlan, SECRET } from "./types";

/** The major version of Terraform's format that we know; minor ones only add. */
const FORMAT = 1;

/**
 * Reads `terraform show -json plan.bin`, or OpenTofu's. Only `resource_changes`, `resource_drift` and `errored` are looked at:
 * providers, variables and prior state, where secrets stand in the clear, never are.
 *
 * @param json the file's text
 * @param targets the locks of both sides, or topologies; what is in none of them is foreign
 */
export function readTerraformPlan(json: string, targets: readonly PlanTarget[]): ReadPlan {
  const parsed = parsePlanFile(json);
  if (!parsed.ok) return parsed;
  const issues = problems(parsed.file);
  if (issues.length > 0) return { ok: false, issues };
  const owners = new Owners(targets);
  const drifted = driftOf(parsed.file);
  const collector = new PlanCollector("terraform");
  for (const each of list(parsed.file["resource_changes"])) addChange(collector, owners, fields(each), drifted);
  if (parsed.file["errored"] === true) collector.fail(null, []);
  return { ok: true, plan: collector.plan() };
}

function problems(file: Fields): readonly Issue[] {
  const version = text(file["format_version"]);
  if (version === null) return [planIssue("PL903", "plan", whatElse(file))];
  const major = Number(/^(\d+)\./.exec(version)?.[1] ?? NaN);
  if (major > FORMAT) return [planIssue("PL904", "plan.format_version", `${major} here, ${FORMAT} known`)];
  // a format of 0.x is older than any engine that we support
  if (major !== FORMAT) return [planIssue("PL903", "plan.format_version")];
  if (!("planned_values" in file) && !("resource_changes" in file) && !("errored" in file))
    return [planIssue("PL903", "plan", "a state")];
  return ["resource_changes", "resource_drift"].flatMap((name) => shapeProblems(name, file[name]));
}

function whatElse(file: Fields): string {
  if ("steps" in file && "changeSummary" in file) return "a Pulumi preview; give it by --pulumi";
  return "terraform_version" in file && "lineage" in file ? "a state file" : "no format_version";
}

function shapeProblems(name: string, value: unknown): readonly Issue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [planIssue("PL905", `plan.${name}`, "not a list")];
  return value.flatMap((each, index) => {
    const { address, type, change } = fields(each);
    const sound = text(address) !== null && text(type) !== null && Array.isArray(fields(change)["actions"]);
    return sound ? [] : [planIssue("PL905", `plan.${name}[${index}]`, "no address, type or actions")];
  });
}

/** By address: what was changed outside of Terraform. It also reports what its providers merely write otherwise. */
function driftOf(file: Fields): ReadonlyMap<string, readonly PlannedAttribute[]> {
  const drifted = new Map<string, readonly PlannedAttribute[]>();
  for (const each of list(file["resource_drift"]).map(fields)) {
    const change = fields(each["change"]);
    const attributes = differences(change);
    if (attributes.length > 0 || change["after"] === null) drifted.set(text(each["address"]) ?? "", attributes);
  }
  return drifted;
}

function addChange(
  collector: PlanCollector,
  owners: Owners,
  entry: Fields,
  drifted: ReadonlyMap<string, readonly PlannedAttribute[]>,
): void {
  if (entry["mode"] === "data") return;
  const address = text(entry["address"]) ?? "";
  const change = fields(entry["change"]);
  const kind = kindOf("terraform", text(entry["type"]) ?? "");
  const state = { ...fields(change["before"]), ...known(fields(change["after"])) };
  const name = kind === null ? null : nameInPlan(kind, state);
  const owned = kind === null ? null : ownerOf(owners, kind, name, change, text(entry["name"]) ?? "");
  const action = actionOf(entry, change);
  if (kind === null || owned === null) return collector.addForeign(action);
  const drift = drifted.get(address);
  collector.add(owned, {
    address,
    name: physicalName(owned.resource),
    action,
    movedFrom: text(entry["previous_address"]),
    attributes:
      action === "update" || action === "replace" ? differences(change) : action === "none" ? (drift ?? []) : [],
    losesRetiredOnly:
      kind === "postgres-grants" &&
      action === "update" &&
      losesRetiredOnly(fields(change["before"]), fields(change["after"]), owners.retiredTables),
    ddl: action === "none" ? [] : statementsOf(change),
    drift: drift !== undefined,
  });
}

function statementsOf(change: Fields): readonly string[] {
  const masked = fields(change["after_sensitive"])["ddl"];
  if (masked === true || change["after_sensitive"] === true) return [];
  const masks = list(masked);
  return list(fields(change["after"])["ddl"]).flatMap((each, index) =>
    masks[index] === true ? [SECRET] : (text(each) ?? []),
  );
}

/** A thing that gets another name is the one that it was. */
function ownerOf(
  owners: Owners,
  kind: Owned["resource"]["kind"],
  name: string | null,
  change: Fields,
  label: string,
): Owned | null {
  return owners.find(kind, name, label) ?? owners.find(kind, nameInPlan(kind, fields(change["before"])), label);
}

function known(after: Fields): Fields {
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== null));
}

function differences(change: Fields): readonly PlannedAttribute[] {
  const masks = {
    sensitiveBefore: change["before_sensitive"],
    sensitiveAfter: change["after_sensitive"],
    unknownAfter: change["after_unknown"],
  };
  // the statements follow from the rest, and are told by themselves
  return attributeChanges(change["before"], change["after"], masks).filter(
    ({ attribute }) => !/^ddl\b/.test(attribute),
  );
}

function actionOf(entry: Fields, change: Fields): PlanAction {
  const actions = list(change["actions"]).join("+");
  // our table provider is asked to delete, and forgets, moves aside or refuses
  if (actions === "delete" && ["forget", "retire"].includes(text(fields(change["before"])["removal"]) ?? ""))
    return "forget";
  if (actions in ACTIONS && actions !== "no-op") return ACTIONS[actions] ?? "none";
  if (change["importing"] !== undefined) return "import";
  return text(entry["previous_address"]) === null ? "none" : "move";
}

const ACTIONS: Readonly<Record<string, PlanAction>> = {
  create: "create",
  update: "update",
  delete: "delete",
  forget: "forget",
  read: "read",
  "delete+create": "replace",
  "create+delete": "replace",
  "create+forget": "replace",
};
