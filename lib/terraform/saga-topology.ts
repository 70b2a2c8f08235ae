import type { Construct } from "constructs";
import type { Engine } from "./engine";
import { QueueHandle } from "./handles";
import { handleKeys } from "../topology/handles";
import type { NamedDomain, SagaNamesOf } from "../domain/named-domain";
import { PartConstruct, type DomainProps } from "./part-construct";

/** What {@link SagaTopologyBase SagaTopology} takes. */
export interface SagaTopologyProps<D extends NamedDomain> extends DomainProps<D> {
  /** The saga, by its name in the domain. One that is retired, until every environment has forgotten it: `"Old" as never`. */
  readonly saga: SagaNamesOf<D>;
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class SagaTopologyBase<D extends NamedDomain> extends PartConstruct {
  readonly #queue: string;

  protected constructor(engine: Engine, scope: Construct, id: string, props: SagaTopologyProps<D>) {
    const named = { property: "saga", received: props.saga, prefix: "saga/" };
    super(engine, scope, id, props, `saga/${props.saga}`, named);
    this.#queue = handleKeys(props.domain, this.topology).replyQueues[props.saga] ?? "";
  }

  /** The queue on which the saga receives the replies to its commands. */
  get replyQueue(): QueueHandle {
    return new QueueHandle(this.placement.get(this.#queue));
  }
}
