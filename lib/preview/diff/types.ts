import type { Flow, Part, Resource, ResourceKind } from "../../topology/types";

/** `safe`: nothing is lost and nobody is hurt. `risky`: somebody has to think first. `refused`: it cannot be done this way. */
export type RiskClass = "safe" | "risky" | "refused";

/** What a change does, whether or not it is allowed. */
export interface Facts {
  /** Messages, rows or values are gone afterwards, or may be. */
  readonly losesData: boolean;
  /** Messages with the same key may be seen in another order. */
  readonly breaksOrder: boolean;
  /** The object would have to be made anew. */
  readonly replaces: boolean;
  /** How writers of the table are held up: not at all, for an instant, or for as long as all rows take. */
  readonly locksTable: "none" | "brief" | "long";
  /** What the statements lock, who waits for that, and whether they read or rewrite all rows; empty for what is no table. */
  readonly locks: readonly string[];
  /** Services and infrastructure have to be deployed in a certain order. */
  readonly needsOrder: boolean;
  /** Somebody who receives the message may not understand it. */
  readonly breaksConsumers: boolean;
}

/** One attribute that differs, and what that means. */
export interface Finding {
  /**
   * Names exactly this change, with its values, so that an acceptance of it never approves another one:
   * `topic/OrderPaid partitions 12 -> 24`.
   */
  readonly id: string;
  /** The rule's code: KF2xx Kafka, RM3xx RabbitMQ, PG4xx Postgres, SC7xx schemas, SG8xx sagas. Never changes its meaning. */
  readonly code: string;
  /** In the words of the kind: `partitions`, `config.retention.ms`, `columns`, `schema`; null for the whole thing. */
  readonly attribute: string | null;
  /** For schemas: the JSON Pointer of the place in the payload's schema; else null. */
  readonly pointer: string | null;
  readonly from: unknown;
  readonly to: unknown;
  readonly class: RiskClass;
  readonly facts: Facts;
  /** The change in words, lower case: `partitions grow from 12 to 24`. */
  readonly title: string;
  /** What happens on the broker or server. */
  readonly happens: string;
  /** Where the rule comes from: a vendor's document, a KIP, a measurement. Null for what is plain. */
  readonly source: string | null;
  /** What to do instead, or what to make sure of first; null where nothing is needed. */
  readonly wayOut: string | null;
  /** Whether an acceptance in the declaration would approve it. */
  readonly acceptable: boolean;
  /** Why somebody has accepted exactly this change in the declaration; null where nobody has. */
  readonly accepted: string | null;
}

/** What is done about a resource; `forget` leaves it on the server; `move` changes nothing but what it is called in code and state. */
export type Action = "create" | "update" | "replace" | "move" | "forget" | "destroy";

/** Someone whom a change concerns, along the flows. */
export interface Affected {
  readonly kind: "consumer" | "projection" | "saga" | "handler" | "relay";
  readonly name: string;
  /** In words: `takes OrderPaid from orders.paid`. */
  readonly how: string;
}

/** What differs in one resource, one published schema or one saga; or a thing that is called otherwise, with all that it has. */
export interface Change {
  readonly kind: ResourceKind | "contract" | "saga" | "rename";
  /** The resource's key; `contract/event/OrderPaid/2`; `saga/OrderFulfillment`; `rename/event/OrderSettled`. */
  readonly key: string;
  /** The key that it had in the base; null where that is the same, or there was none. */
  readonly movedFrom: string | null;
  /** The physical name, or `OrderPaid v2`, or the saga's name, or `event OrderPaid -> OrderSettled`. */
  readonly name: string;
  /** Where in the declaration it comes from. */
  readonly path: string;
  readonly part: Part | null;
  readonly action: Action;
  /** The worst of its findings. */
  readonly class: RiskClass;
  readonly findings: readonly Finding[];
  /** Null where it is not a resource, or not there. */
  readonly from: Resource | null;
  readonly to: Resource | null;
  /** Statements for Postgres, in order; empty elsewhere and where refused. */
  readonly ddl: readonly string[];
  readonly affected: readonly Affected[];
}

/** One step of the order in which to deploy. */
export interface DeployStep {
  /** `infrastructure`: this change's `deploy`; a service: its new code; a check: nothing is deployed before it says so. */
  readonly what: "infrastructure" | "service" | "check";
  /** The service's name; the domain's for infrastructure. */
  readonly who: string;
  /** What to do, in a sentence without a final period. */
  readonly sentence: string;
  /** Keys of the changes that are the reason. */
  readonly because: readonly string[];
}

/** What leads from one approved target of a domain to another. Plain data, in an order fit for reading: worst first. */
export interface TopologyDiff {
  readonly format: 1;
  readonly domain: string;
  /** `absent`: there was no domain of this name then, or there is none any more. */
  readonly base: "there" | "absent";
  readonly head: "there" | "absent";
  readonly changes: readonly Change[];
  readonly addedFlows: readonly Flow[];
  readonly removedFlows: readonly Flow[];
  readonly steps: readonly DeployStep[];
  /** How many changes there are by action. */
  readonly actions: Readonly<Record<Action, number>>;
  /** How many changes there are by class; those whose every risky finding is accepted count as `accepted`. */
  readonly classes: Readonly<Record<RiskClass | "accepted", number>>;
  /** Ignoring what is accepted; null without changes. */
  readonly worst: RiskClass | null;
  /** Acceptances in the declaration that fit no change: to be taken out. */
  readonly staleAcceptances: readonly string[];
}
