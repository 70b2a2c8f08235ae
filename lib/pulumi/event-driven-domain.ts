import type * as kafka from "@pulumi/kafka";
import * as pulumi from "@pulumi/pulumi";
import type * as rabbitmq from "@pulumi/rabbitmq";
import { compile } from "../topology/compile";
import { handleKeys } from "../topology/handles";
import { partsOf } from "../topology/slice";
import type { Part, Topology } from "../topology/types";
import { DEFAULT_VHOST, withProviders, type ConnectionArgs } from "./connections";
import { DeadLetterQueue } from "./dead-letter-queue";
import { EventStoreDatabase, handles } from "./event-store-database";
import type { CommandNamesOf, ConsumerNamesOf, EventNamesOf, NamedDomain, SagaNamesOf } from "./names";
import type { Within } from "./part-component";
import { childName, Placement } from "./placement";
import { SagaTopology } from "./saga-topology";

export interface EventDrivenDomainArgs<D extends NamedDomain> extends ConnectionArgs {
  /** What {@link defineDomain} gave. */
  readonly domain: D;
  /**
   * Copies of each Kafka partition: 1 to 32767. `min.insync.replicas` is one less, at least 1.
   * @default 3
   */
  readonly replicationFactor?: number;
}

/**
 * A whole domain: topics, exchanges and queues, and the event store. Its parts are components of their own:
 * {@link EventStoreDatabase}, a {@link SagaTopology} for each saga and a {@link DeadLetterQueue} for each receiver.
 *
 * Topics and queues are protected, and kept when they are deleted from the stack; tables as their `removal` says.
 */
export class EventDrivenDomain<D extends NamedDomain = NamedDomain> extends pulumi.ComponentResource {
  /** What was compiled. */
  readonly topology: Topology;
  /** The events' topics; empty where the domain does without Kafka. */
  readonly topics: { readonly [N in EventNamesOf<D>]: kafka.Topic };
  /** The queues of the consumers that are via RabbitMQ. */
  readonly consumerQueues: { readonly [N in ConsumerNamesOf<D>]?: rabbitmq.Queue };
  /** For each command, its handler's queue. */
  readonly commandQueues: { readonly [N in CommandNamesOf<D>]: rabbitmq.Queue };
  /** The sagas' parts. */
  readonly sagas: { readonly [N in SagaNamesOf<D>]: SagaTopology<D> };
  /** Where failed messages go, by consumer, saga or service. */
  readonly deadLetters: { readonly [receiver: string]: DeadLetterQueue<D> };
  readonly #parts: ReadonlyMap<Part, pulumi.ComponentResource>;

  /** @throws DeclarationError when the domain cannot be compiled so */
  constructor(name: string, args: EventDrivenDomainArgs<D>, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:EventDrivenDomain", name, {}, withProviders(args.providers, opts));
    const { domain, replicationFactor, vhost = DEFAULT_VHOST } = args;
    const topology = compile(domain, replicationFactor === undefined ? {} : { replicationFactor });
    const placement: Placement = new Placement({
      name,
      resources: topology.resources,
      domain: topology.domain,
      vhost,
      holderOf: (part) => this.#parts.get(part) ?? this,
    });
    this.topology = topology;
    this.#parts = this.#makeParts(name, domain, { topology, placement });
    placement.create();
    const keys = handleKeys(domain, topology);
    this.topics = handles(keys.topics, (key) => placement.get<kafka.Topic>(key));
    this.consumerQueues = handles(keys.consumerQueues, (key) => placement.get<rabbitmq.Queue>(key));
    this.commandQueues = handles(keys.commandQueues, (key) => placement.get<rabbitmq.Queue>(key));
    this.sagas = this.#partsNamed<SagaTopology<D>>("saga/") as { [N in SagaNamesOf<D>]: SagaTopology<D> };
    this.deadLetters = this.#partsNamed<DeadLetterQueue<D>>("dead-letter/");
    this.registerOutputs({});
  }

  /**
   * The event store.
   *
   * @throws Error where the domain does without one
   */
  get store(): EventStoreDatabase<D> {
    const found = this.#parts.get("store");
    if (found === undefined)
      throw new Error(`the domain "${this.topology.domain}" has no store: it says store: "none"`);
    return found as EventStoreDatabase<D>;
  }

  #makeParts(name: string, domain: D, within: Within): ReadonlyMap<Part, pulumi.ComponentResource> {
    const opts = { parent: this };
    const make = (part: Part): pulumi.ComponentResource => {
      const [kind, of = ""] = part.split("/");
      const partName = childName(name, part);
      if (kind === "store") return new EventStoreDatabase(partName, { of: domain }, opts, within);
      if (kind === "saga") return new SagaTopology(partName, { of: domain, saga: of as SagaNamesOf<D> }, opts, within);
      return new DeadLetterQueue(partName, { of: domain, for: of }, opts, within);
    };
    return new Map(
      partsOf(within.topology)
        .filter((part) => part !== "domain")
        .map((part) => [part, make(part)]),
    );
  }

  #partsNamed<C>(prefix: string): { readonly [name: string]: C } {
    const named = [...this.#parts].filter(([part]) => part.startsWith(prefix));
    return Object.fromEntries(named.map(([part, component]) => [part.slice(prefix.length), component as C]));
  }
}
