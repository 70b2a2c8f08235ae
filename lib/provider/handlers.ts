export type { Action, Applied, ApplyRequest, Checked, Found, Handlers, Planned, PlanRequest, Stored } from "./contract";
