import { isReadTable } from "../generation";
import type { PostgresGrants, PostgresTableResource, Resource } from "../types";
import { readModelGrant, STORE_ROLES } from "./store-roles";

/** Whether it is a projection's read table, in any generation. */
export function isReadModel(resource: Resource): resource is PostgresTableResource {
  return resource.kind === "postgres-table" && isReadTable(resource.key);
}

/**
 * What a role of the store may do as long as older generations of read models are beside the declared ones: the same with those, so
 * that services that still run go on.
 *
 * @param older - tables that the grants do not name yet
 */
export function withOlderReadModels(grants: PostgresGrants, older: readonly PostgresTableResource[]): PostgresGrants {
  const role = STORE_ROLES.find((each) => grants.key === `grants/${each}`);
  const added = role === undefined ? [] : older.flatMap(({ definition }) => readModelGrant(role, definition.name));
  if (added.length === 0) return grants;
  const { definition, dependsOn } = grants;
  return {
    ...grants,
    dependsOn: [...dependsOn, ...older.map(({ key }) => key)],
    definition: { ...definition, tables: [...definition.tables, ...added] },
  };
}
