export { comparePlan, type PlanComparison, type PlanFinding } from "./compare-plan";
export { planCodes, type PlanCode } from "./issues";
export { readPulumiPreview } from "./read-pulumi-preview";
export { readTerraformPlan } from "./read-terraform-plan";
export { renderPlanJson, renderPlanMarkdown, renderPlanText } from "./render-plan";
export {
  type EnginePlan,
  type PlanAction,
  type PlanEngine,
  type PlanError,
  type PlannedAttribute,
  type PlannedChange,
  type PlanTarget,
  type ReadPlan,
  SECRET,
  UNKNOWN,
} from "./types";
