import type { DomainDefinition } from "../domain/definition";
import { deepFreeze, isDomain } from "../domain/define-domain";
import { DeclarationError, issue, show } from "../domain/issues";
import type { AnyDomain } from "../domain/types";
import { contractsOf, flowsOf } from "./flows";
import { kafkaTopics } from "./kafka";
import { movesOf, renamedThings } from "./moves";
import { Names } from "./names";
import { storeResources } from "./postgres";
import { rabbitmqResources } from "./rabbitmq";
import type { Resource, Topology } from "./types";

/** What {@link compile} is told besides the domain. */
export interface CompileOptions {
  /**
   * Copies of each Kafka partition: 1 to 32767. `min.insync.replicas` is one less, at least 1.
   * @default 3
   */
  readonly replicationFactor?: number;
}

/**
 * Turns a domain into plain, frozen data: its topics, exchanges, queues, policies, bindings and tables in the order in which they
 * can be created, who sends what to whom, and the schemas that are published. The same domain and options give the same value;
 * nothing outside is read.
 *
 * @param domain - from {@link defineDomain}
 * @throws DeclarationError with every mistake at once
 */
export function compile(domain: AnyDomain, options: CompileOptions = {}): Topology {
  const definition = definitionOf(domain);
  const replicationFactor = options.replicationFactor ?? 3;
  if (!Number.isInteger(replicationFactor) || replicationFactor < 1 || replicationFactor > 32_767) {
    const wrong = { received: replicationFactor, allowed: "a whole number from 1 to 32767" };
    throw new DeclarationError("compile", [issue("ED107", "replicationFactor", wrong)]);
  }
  const resourcesFor = (each: DomainDefinition): readonly Resource[] => resourcesOf(each, replicationFactor);
  const resources = resourcesFor(definition);
  return deepFreeze({
    domain: definition.name,
    format: 1,
    resources,
    flows: flowsOf(definition),
    contracts: contractsOf(definition),
    sagas: Object.values(definition.sagas).map(({ name, startedBy, steps }) => ({ name, startedBy, steps })),
    renamed: renamedThings(definition),
    moved: movesOf(definition, resources, resourcesFor),
    retired: definition.retired,
    acceptances: definition.acceptances,
  });
}

function resourcesOf(definition: DomainDefinition, replicationFactor: number): readonly Resource[] {
  const names = new Names(definition);
  return [
    ...kafkaTopics(definition, names, replicationFactor),
    ...rabbitmqResources(definition, names),
    ...storeResources(definition, names),
  ];
}

/** The checked data of a domain. */
export function definitionOf(domain: AnyDomain): DomainDefinition {
  if (isDomain(domain)) return domain.definition;
  const wrong = { received: domain, allowed: "what defineDomain() returns" };
  throw new DeclarationError(`compile(${show(domain)})`, [issue("ED105", "domain", wrong)]);
}
