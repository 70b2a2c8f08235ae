import type { Profile } from "eventloom";

/**
 * What this environment has of its own, for its stack and its services alike: `ORDERS_PROFILE` as JSON, say
 * `{ "generations": { "consumers.billing.v1": "drain" } }`.
 */
export const profile = JSON.parse(process.env["ORDERS_PROFILE"] ?? "{}") as Profile;
