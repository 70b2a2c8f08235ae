import { acceptedOf } from "../postgres/acceptance";
import { formatId } from "../postgres/import-id";
import type { Acceptance, Resource } from "../topology/types";

/** Resources with what their domain accepts of them, as the provider is to be told it. */
export function accepting(resources: readonly Resource[], acceptances: readonly Acceptance[]): readonly Resource[] {
  if (acceptances.length === 0) return resources;
  return resources.map((each) => {
    if (each.kind !== "postgres-table") return each;
    const accept = acceptedOf(acceptances, each.key, formatId(each.definition.schema, each.definition.name));
    return accept.length === 0 ? each : { ...each, accept };
  });
}
