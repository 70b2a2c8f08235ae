import type * as pulumi from "@pulumi/pulumi";
import type * as rabbitmq from "@pulumi/rabbitmq";
import { handleKeys } from "../topology/handles";
import type { NamedDomain, SagaNamesOf } from "../domain/named-domain";
import { PartComponent, type DomainArgs } from "./part-component";

/** What {@link SagaTopology} takes. */
export interface SagaTopologyArgs<D extends NamedDomain> extends DomainArgs<D> {
  /** The saga, by its name in the domain. */
  readonly saga: SagaNamesOf<D>;
}

/** What a saga needs of RabbitMQ: its reply queue with policy and bindings. */
export class SagaTopology<D extends NamedDomain = NamedDomain> extends PartComponent {
  readonly #queue: string;

  /** @throws DeclarationError when the domain has no such saga (PU501), or cannot be compiled */
  constructor(name: string, args: SagaTopologyArgs<D>, opts: pulumi.ComponentResourceOptions = {}) {
    const named = { property: "saga", received: args.saga, prefix: "saga/" };
    super("eventloom:index:SagaTopology", name, args, `saga/${args.saga}`, named, opts);
    this.#queue = handleKeys(args.domain, this.topology).replyQueues[args.saga] ?? "";
  }

  /** The queue on which the saga receives the replies to its commands. */
  get replyQueue(): rabbitmq.Queue {
    return this.placement.get(this.#queue);
  }
}
