import type { Issue } from "../domain/issues";
import type { PostgresIssue } from "../postgres/errors";
import { validateFunction, validateSchema, validateSequence, validateTable } from "../postgres/validate";
import { compile, type CompileOptions } from "../topology/compile";
import type { Resource, Topology } from "../topology/types";
import type { LoadedDomain } from "./load-modules";
import { finding } from "./load-modules";
import type { Finding } from "./result";
import { thrownLine } from "./issues";

/** A domain with what it becomes. */
export interface CompiledDomain extends LoadedDomain {
  readonly topology: Topology;
}

/** Every domain compiled, and everything that keeps one from being created. */
export interface Compiled {
  readonly domains: readonly CompiledDomain[];
  readonly findings: readonly Finding[];
}

/** Compiles all domains and looks at what they become as the engines and the table provider will. */
export function compileDomains(domains: readonly LoadedDomain[], options: CompileOptions): Compiled {
  const compiled: CompiledDomain[] = [];
  const findings: Finding[] = [];
  for (const each of domains) {
    try {
      const topology = compile(each.domain, options);
      const issues = topology.resources.flatMap(postgresIssues);
      if (issues.length === 0) compiled.push({ ...each, topology });
      else findings.push({ module: each.module, subject: `domain "${topology.domain}"`, issues, exitCode: 1 });
    } catch (thrown) {
      // made by another version of this package, or by hand
      findings.push(finding("CL504", each.module, `domain "${each.domain.name}": ${thrownLine(thrown)}`));
    }
  }
  return { domains: compiled, findings };
}

function postgresIssues(resource: Resource): readonly Issue[] {
  switch (resource.kind) {
    case "postgres-schema":
      return validateSchema(resource.definition).map((each) => asIssue(each, resource));
    case "postgres-sequence":
      return validateSequence(resource.definition).map((each) => asIssue(each, resource));
    case "postgres-function":
      return validateFunction(resource.definition).map((each) => asIssue(each, resource));
    case "postgres-table": {
      const { columns } = resource.definition;
      // the declaration names its columns, the model numbers them
      return validateTable(resource.definition).map((each) => ({
        ...asIssue(each, resource),
        path: `${resource.path}.${each.path.replace(/^columns\[(\d+)\]/, (_, at) => `columns.${columns[Number(at)]?.name}`)}`,
      }));
    }
    default:
      return [];
  }
}

function asIssue({ code, path, message, received, allowed, fix }: PostgresIssue, resource: Resource): Issue {
  return {
    code,
    path: `${resource.path}.${path}`,
    message: `${message}, got ${received}; allowed: ${allowed}`,
    received,
    allowed,
    fix,
  };
}
