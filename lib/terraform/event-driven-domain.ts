import { Construct } from "constructs";
import { deployedDomain } from "../deploy/deployed-domain";
import { definitionOf } from "../topology/compile";
import { handleKeys } from "../topology/handles";
import type { Part, Topology } from "../topology/types";
import type { DeadLetterQueueBase, DeadLetterQueueProps } from "./dead-letter-queue";
import type { Engine } from "./engine";
import { nothingOfTheKind } from "./errors";
import type { EventStoreDatabaseBase, EventStoreDatabaseProps } from "./event-store-database";
import { handles, lazyRecord, QueueHandle, TopicHandle } from "./handles";
import type { CommandNamesOf, ConsumerNamesOf, EventNamesOf, NamedDomain, SagaNamesOf } from "../domain/named-domain";
import { SHARED, type DomainProps, type Shared, announce } from "./part-construct";
import { constructId, Placement } from "./placement";
import type { SagaTopologyBase, SagaTopologyProps } from "./saga-topology";

/** What {@link EventDrivenDomainBase EventDrivenDomain} takes. */
export type EventDrivenDomainProps<D extends NamedDomain> = DomainProps<D>;

type PartClass<P, C> = new (scope: Construct, id: string, props: P) => C;

/** The classes of the parts, of the same engine. */
export interface PartClasses {
  readonly EventStoreDatabase: PartClass<EventStoreDatabaseProps<NamedDomain>, EventStoreDatabaseBase<NamedDomain>>;
  readonly SagaTopology: PartClass<SagaTopologyProps<NamedDomain>, SagaTopologyBase<NamedDomain>>;
  readonly DeadLetterQueue: PartClass<DeadLetterQueueProps<NamedDomain>, DeadLetterQueueBase<NamedDomain>>;
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class EventDrivenDomainBase<
  D extends NamedDomain,
  Store extends EventStoreDatabaseBase<D>,
  Saga extends SagaTopologyBase<D>,
  DeadLetter extends DeadLetterQueueBase<D>,
> extends Construct {
  /** What was compiled: everything that is created, as plain data. */
  readonly topology: Topology;
  readonly #domain: D;
  readonly #placement: Placement;
  readonly #parts = new Map<Part, Construct>();
  /** Bare constructs in the place of parts that the domain has no longer. */
  readonly #formerParts = new Map<Part, Construct>();

  protected constructor(
    engine: Engine,
    classes: PartClasses,
    scope: Construct,
    id: string,
    props: EventDrivenDomainProps<D>,
  ) {
    super(scope, id);
    this.#domain = props.domain;
    const deployed = deployedDomain(props);
    const { topology, deployment } = deployed;
    this.topology = topology;
    this.#placement = new Placement(engine, this, this.topology.domain, props);
    for (const resource of this.topology.resources) {
      this.#placement.add(this.#holder(resource.part, classes, props), resource);
    }
    this.#placement.depart(deployment, (part) => this.#formerHolder(part));
    announce(engine, this, deployed);
  }

  /** The events' topics. */
  get topics(): { readonly [N in EventNamesOf<D>]: TopicHandle } {
    return this.#handles(
      "topics",
      "events",
      "the domain does without Kafka",
      (key) => new TopicHandle(this.#placement.get(key)),
    );
  }

  /** The queues of the consumers that are via RabbitMQ. */
  get consumerQueues(): { readonly [N in ConsumerNamesOf<D>]: QueueHandle } {
    return this.#handles("consumerQueues", "consumers", "the consumer is via Kafka", (key) => this.#queue(key));
  }

  /** For each command, the queue of the service that handles it. */
  get commandQueues(): { readonly [N in CommandNamesOf<D>]: QueueHandle } {
    return this.#handles("commandQueues", "commands", "the domain does without RabbitMQ", (key) => this.#queue(key));
  }

  /** The sagas' parts, by saga. */
  get sagas(): { readonly [N in SagaNamesOf<D>]: Saga } {
    return this.#partsNamed<SagaNamesOf<D>, Saga>("saga/");
  }

  /** Where failed messages go, by consumer, saga, or service that handles commands. */
  get deadLetters(): { readonly [N in ConsumerNamesOf<D> | SagaNamesOf<D>]: DeadLetter } & {
    readonly [service: string]: DeadLetter;
  } {
    return this.#partsNamed<string, DeadLetter>("dead-letter/") as {
      readonly [N in ConsumerNamesOf<D> | SagaNamesOf<D>]: DeadLetter;
    } & { readonly [service: string]: DeadLetter };
  }

  /**
   * The event store.
   *
   * @throws DeclarationError (TF508) when the domain does without one
   */
  get store(): Store {
    const store = this.#parts.get("store");
    if (store !== undefined) return store as Construct as Store;
    throw nothingOfTheKind(this.node.path, "store", `the domain says store: "none"`);
  }

  #holder(part: Part, classes: PartClasses, props: EventDrivenDomainProps<D>): Construct {
    if (part === "domain") return this;
    const known = this.#parts.get(part);
    if (known !== undefined) return known;
    const shared: Shared = { topology: this.topology, placement: this.#placement };
    const made = makePart(part, classes, this, { ...props, [SHARED]: shared });
    this.#parts.set(part, made);
    return made;
  }

  #formerHolder(part: Part): Construct {
    if (part === "domain") return this;
    const known = this.#parts.get(part) ?? this.#formerParts.get(part);
    if (known !== undefined) return known;
    const made = new Construct(this, constructId(part));
    this.#formerParts.set(part, made);
    return made;
  }

  #queue(key: string): QueueHandle {
    return new QueueHandle(this.#placement.get(key));
  }

  #handles<N extends string, H>(
    what: "topics" | "consumerQueues" | "commandQueues",
    section: "events" | "consumers" | "commands",
    why: string,
    make: (key: string) => H,
  ): { readonly [X in N]: H } {
    const declared = Object.keys(definitionOf(this.#domain)[section]);
    const keys = handleKeys(this.#domain, this.topology)[what];
    return handles(declared, keys, make, { path: this.node.path, what, why });
  }

  #partsNamed<N extends string, C>(prefix: string): { readonly [X in N]: C } {
    const names = [...this.#parts.keys()]
      .filter((part) => part.startsWith(prefix))
      .map((part) => part.slice(prefix.length));
    return lazyRecord<N, C>(names, (name) => this.#parts.get(`${prefix}${name}` as Part) as unknown as C);
  }
}

function makePart(
  part: Exclude<Part, "domain">,
  classes: PartClasses,
  scope: Construct,
  props: DomainProps<NamedDomain> & { readonly [SHARED]: Shared },
): Construct {
  const id = constructId(part);
  if (part === "store") return new classes.EventStoreDatabase(scope, id, props);
  const name = part.slice(part.indexOf("/") + 1);
  return part.startsWith("saga/")
    ? new classes.SagaTopology(scope, id, { ...props, saga: name })
    : new classes.DeadLetterQueue(scope, id, { ...props, of: name });
}
