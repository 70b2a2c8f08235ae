import {
  diffFunction,
  diffGrants,
  diffPublication,
  diffRole,
  diffSchema,
  diffSequence,
  diffTable,
} from "../postgres/diff";
import {
  planFunction,
  planGrants,
  planPublication,
  planRole,
  planSchema,
  planSequence,
  planTable,
  scriptLine,
  type Statement,
} from "../postgres/plan";
import type { Resource, Topology } from "../topology/types";

/**
 * The statements that create a topology's store on a server that has none of it: those that the table provider runs, in the
 * order of the topology, the marker in the comments included.
 */
export function createStatements(topology: Topology): readonly Statement[] {
  const statements = topology.resources.flatMap((each) => createResource(each, topology.domain));
  return [...statements.filter((each) => each.transactional), ...statements.filter((each) => !each.transactional)];
}

/** A script for psql: everything in one transaction, which the first error ends. Ends with a line feed. */
export function renderSql(topologies: readonly Topology[]): string {
  const all = topologies.map((each) => ({ domain: each.domain, statements: createStatements(each) }));
  const inside = all.flatMap(({ domain, statements }) => [
    `-- domain ${domain}`,
    ...statements.filter((each) => each.transactional).map(scriptLine),
  ]);
  const outside = all.flatMap(({ statements }) => statements.filter((each) => !each.transactional).map(scriptLine));
  // psql goes on after an error otherwise, and says in the end that all went well
  const head = ["\\set ON_ERROR_STOP on", "SET client_encoding = 'UTF8';", "BEGIN;"];
  return [...head, ...inside, "COMMIT;", ...outside].map((each) => `${each}\n`).join("\n");
}

function createResource(resource: Resource, declaredBy: string): readonly Statement[] {
  switch (resource.kind) {
    case "postgres-schema":
      return planSchema(diffSchema(null, resource.definition), declaredBy);
    case "postgres-sequence":
      return planSequence(diffSequence(null, resource.definition), declaredBy);
    case "postgres-function":
      return planFunction(diffFunction(null, resource.definition), declaredBy);
    case "postgres-table": {
      const nothingThere = { declaredBy, leaves: [], obstacles: [] };
      return planTable(diffTable(null, resource.definition), resource.definition, nothingThere);
    }
    case "postgres-role":
      return planRole(diffRole(null, resource.definition), declaredBy);
    case "postgres-grants":
      return planGrants(diffGrants(null, resource.definition));
    case "postgres-publication":
      return planPublication(diffPublication(null, resource.definition), declaredBy);
    case "kafka-topic":
    case "rabbitmq-exchange":
    case "rabbitmq-queue":
    case "rabbitmq-policy":
    case "rabbitmq-binding":
      return [];
    default:
      return assertNever(resource);
  }
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
