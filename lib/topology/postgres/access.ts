import type { DomainDefinition } from "../../domain/definition";
import type { GrantsModel } from "../../postgres/access-model";
import type { FunctionModel } from "../../postgres/model";
import type { PostgresGrants, PostgresRole, PostgresTableResource } from "../types";
import type { StoreFunction } from "./store-function";
import { calledBy, publicGrants, STORE_ROLES, storeGrants, storeRole } from "./store-roles";

const PLACED = { part: "store", path: "store", protect: false } as const;

/** What there is to be granted. */
export interface Granted {
  /** Those around `event_store`. */
  readonly core: readonly FunctionModel[];
  readonly companions: readonly StoreFunction[];
  /** The read models' tables. */
  readonly readModels: readonly PostgresTableResource[];
}

/** The store's roles with what each may do, and that everybody else may do nothing. */
export function accessResources(
  domain: DomainDefinition,
  schema: string,
  { core, companions, readModels }: Granted,
): readonly (PostgresRole | PostgresGrants)[] {
  const functions = [...calledBy(core), ...companions];
  const everything = [
    "schema",
    "table/event_store",
    "table/epochs",
    ...functions.map(({ definition }) => `function/${definition.name}`),
    ...readModels.map(({ key }) => key),
  ];
  const grants = (key: string, definition: GrantsModel, after: readonly string[]): PostgresGrants => ({
    kind: "postgres-grants",
    key: `grants/${key}`,
    ...PLACED,
    dependsOn: [...after, ...everything],
    definition,
  });
  const tables = readModels.map(({ definition }) => definition.name);
  const ofRoles = STORE_ROLES.flatMap((role): readonly (PostgresRole | PostgresGrants)[] => [
    { kind: "postgres-role", key: `role/${role}`, ...PLACED, dependsOn: [], definition: storeRole(domain.name, schema, role) }, // prettier-ignore
    grants(role, storeGrants(schema, role, functions, tables), [`role/${role}`]),
  ]);
  const withRoles = domain.store !== "none" && domain.store.roles;
  return [grants("public", publicGrants(schema), []), ...(withRoles ? ofRoles : [])];
}
