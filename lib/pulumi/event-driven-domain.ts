import type * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import type * as rabbitmq from "@pulumi/rabbitmq";
import { deployedDomain } from "../deploy/deployed-domain";
import { type Deployment, formerParts } from "../lock/deployment";
import { definitionOf } from "../topology/compile";
import { handleKeys } from "../topology/handles";
import { partsOf } from "../topology/slice";
import type { Part, Topology } from "../topology/types";
import { DEFAULT_VHOST, withProviders } from "./connections";
import { DeadLetterQueue } from "./dead-letter-queue";
import { nothingOfTheKind } from "./errors";
import { EventStoreDatabase } from "./event-store-database";
import { handles } from "./handles";
import type { CommandNamesOf, ConsumerNamesOf, EventNamesOf, NamedDomain, SagaNamesOf } from "../domain/named-domain";
import { SHARED, announce, type DomainArgs } from "./part-component";
import { childName, Placement } from "./placement";
import { SagaTopology } from "./saga-topology";

/** What {@link EventDrivenDomain} takes. */
export type EventDrivenDomainArgs<D extends NamedDomain> = DomainArgs<D>;

/**
 * A whole domain: topics, exchanges and queues, and the event store. Its parts are components of their own: an
 * {@link EventStoreDatabase}, a {@link SagaTopology} for each saga and a {@link DeadLetterQueue} for each receiver.
 *
 * Topics and queues are protected, and kept when they are deleted from the stack; tables go as their `removal` says.
 */
export class EventDrivenDomain<D extends NamedDomain = NamedDomain> extends pulumi.ComponentResource {
  /** What was compiled: everything that is created, as plain data. */
  readonly topology: Topology;
  readonly #name: string;
  readonly #domain: D;
  readonly #placement: Placement;
  readonly #parts: ReadonlyMap<Part, pulumi.ComponentResource>;

  /** @throws DeclarationError when the domain cannot be compiled */
  constructor(name: string, args: EventDrivenDomainArgs<D>, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:EventDrivenDomain", name, {}, withProviders(args.providers, opts));
    this.#name = name;
    this.#domain = args.domain;
    const deployed = deployedDomain(args);
    const { topology, deployment } = deployed;
    this.topology = topology;
    this.#placement = new Placement({
      name,
      deployment,
      declaredBy: this.topology.domain,
      vhost: args.vhost ?? DEFAULT_VHOST,
      holderOf: (part) => this.#parts.get(part) ?? this,
      formerHolderOf: (part) => this.#formerHolder(part),
    });
    this.#parts = this.#makeParts(args, deployment);
    this.#placement.create();
    this.registerOutputs(this.#placement.release(this).then(() => ({})));
    announce(this, deployed);
  }

  /** The events' topics. */
  get topics(): { readonly [N in EventNamesOf<D>]: kafka.Topic } {
    return this.#handles("topics", "events", "the domain does without Kafka");
  }

  /** The queues of the consumers that are via RabbitMQ. */
  get consumerQueues(): { readonly [N in ConsumerNamesOf<D>]: rabbitmq.Queue } {
    return this.#handles("consumerQueues", "consumers", "the consumer is via Kafka");
  }

  /** For each command, the queue of the service that handles it. */
  get commandQueues(): { readonly [N in CommandNamesOf<D>]: rabbitmq.Queue } {
    return this.#handles("commandQueues", "commands", "the domain does without RabbitMQ");
  }

  /** The sagas' parts, by saga. */
  get sagas(): { readonly [N in SagaNamesOf<D>]: SagaTopology<D> } {
    return this.#partsNamed("saga/");
  }

  /** Where failed messages go, by consumer, saga, or service that handles commands. */
  get deadLetters(): { readonly [N in ConsumerNamesOf<D> | SagaNamesOf<D>]: DeadLetterQueue<D> } & {
    readonly [service: string]: DeadLetterQueue<D>;
  } {
    return this.#partsNamed("dead-letter/");
  }

  /**
   * The event store.
   *
   * @throws DeclarationError (PU502) when the domain does without one
   */
  get store(): EventStoreDatabase<D> {
    const store = this.#parts.get("store");
    if (store !== undefined) return store as EventStoreDatabase<D>;
    throw nothingOfTheKind(this.#name, "store", `the domain says store: "none"`);
  }

  #makeParts(args: EventDrivenDomainArgs<D>, deployment: Deployment): ReadonlyMap<Part, pulumi.ComponentResource> {
    const shared = { ...args, [SHARED]: { topology: this.topology, placement: this.#placement } };
    const parts = partsOf(this.topology).filter((part) => part !== "domain");
    return new Map(parts.map((part) => [part, this.#makePart(part, shared, formerParts(deployment, part))]));
  }

  #formerHolder(part: Part): this | pulumi.Output<pulumi.URN> {
    if (part === "domain") return this;
    const kind = part.split("/")[0] as keyof typeof PART_TYPES;
    return pulumi.createUrn(childName(this.#name, part), PART_TYPES[kind], this);
  }

  #makePart(part: Part, shared: EventDrivenDomainArgs<D>, former: readonly Part[]): pulumi.ComponentResource {
    const partName = childName(this.#name, part);
    const inThis = { parent: this, aliases: former.map((each) => ({ name: childName(this.#name, each) })) };
    if (part === "store") return new EventStoreDatabase(partName, shared, inThis);
    const name = part.slice(part.indexOf("/") + 1);
    return part.startsWith("saga/")
      ? new SagaTopology(partName, { ...shared, saga: name as SagaNamesOf<D> }, inThis)
      : new DeadLetterQueue(partName, { ...shared, of: name }, inThis);
  }

  #handles<N extends string, R extends pulumi.CustomResource>(
    what: "topics" | "consumerQueues" | "commandQueues",
    section: "events" | "consumers" | "commands",
    why: string,
  ): { readonly [X in N]: R } {
    const declared = Object.keys(definitionOf(this.#domain)[section]);
    const keys = handleKeys(this.#domain, this.topology)[what];
    const get = (key: string): R => this.#placement.get<R>(key);
    return handles(declared, keys, get, { component: this.#name, what, why });
  }

  #partsNamed<C>(prefix: "saga/" | "dead-letter/"): C {
    const named = [...this.#parts].filter(([part]) => part.startsWith(prefix));
    // the names are those of the declaration, which the handles' types were taken from
    return Object.fromEntries(named.map(([part, component]) => [part.slice(prefix.length), component])) as C;
  }
}

/** Pulumi's type tokens of the parts. */
const PART_TYPES = {
  store: "eventloom:index:EventStoreDatabase",
  saga: "eventloom:index:SagaTopology",
  "dead-letter": "eventloom:index:DeadLetterQueue",
} as const;
