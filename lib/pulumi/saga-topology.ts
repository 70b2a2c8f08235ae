import type * as pulumi from "@pulumi/pulumi";
import type * as rabbitmq from "@pulumi/rabbitmq";
import type { NamedDomain, SagaNamesOf } from "./names";
import { PartComponent, type PartArgs, type Within } from "./part-component";

export interface SagaTopologyArgs<D extends NamedDomain> extends PartArgs<D> {
  /** The saga. */
  readonly saga: SagaNamesOf<D>;
}

/** What a saga needs of RabbitMQ: its reply queue with policy and bindings, and where failed replies go. */
export class SagaTopology<D extends NamedDomain = NamedDomain> extends PartComponent {
  readonly #saga: string;

  /** @internal `within`: for {@link EventDrivenDomain} only */
  constructor(name: string, args: SagaTopologyArgs<D>, opts: pulumi.ComponentResourceOptions = {}, within?: Within) {
    super("eventloom:index:SagaTopology", name, args, [`saga/${args.saga}`, `dead-letter/${args.saga}`], opts, within);
    this.#saga = args.saga;
  }

  /** The queue that replies to the saga's commands come to. */
  get replyQueue(): rabbitmq.Queue {
    return this.placement.get(`queue/saga/${this.#saga}`);
  }
}
