import type { Client } from "pg";
import { compile } from "eventloom";
import type { AnyDomain, Resource } from "eventloom";
import { diffFunction, diffSchema, diffSequence, diffTable } from "../../lib/postgres/diff";
import { planFunction, planSchema, planSequence, planTable, type Statement } from "../../lib/postgres/plan";

/** What a first deploy runs for one resource of the store. */
function statementsFor(resource: Resource, declaredBy: string): readonly Statement[] {
  switch (resource.kind) {
    case "postgres-schema":
      return planSchema(diffSchema(null, resource.definition), declaredBy);
    case "postgres-sequence":
      return planSequence(diffSequence(null, resource.definition), declaredBy);
    case "postgres-function":
      return planFunction(diffFunction(null, resource.definition), declaredBy);
    case "postgres-table":
      return planTable(diffTable(null, resource.definition), resource.definition, {
        declaredBy,
        leaves: [],
        obstacles: [],
      });
    default:
      return [];
  }
}

/** The store of a domain, made by the statements that the table provider would run. */
export async function createStore(client: Client, domain: AnyDomain): Promise<void> {
  const { resources } = compile(domain);
  for (const statement of resources.flatMap((each) => statementsFor(each, domain.name)))
    await client.query(statement.sql);
}
