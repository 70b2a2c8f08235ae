import { Construct } from "constructs";
import { compile } from "../topology/compile";
import { partsOf, slice } from "../topology/slice";
import type { Part, Resource, Topology } from "../topology/types";
import type { AnyDomain } from "../domain/types";
import type { ConnectionProps } from "./connections";
import type { Engine } from "./engine";
import { unknownPart } from "./errors";
import { Placement } from "./placement";

/** What every construct of a domain takes. */
export interface DomainProps<D extends AnyDomain> extends ConnectionProps {
  /** What `defineDomain` gave. */
  readonly domain: D;
  /**
   * Copies of each Kafka partition: 1 to 32767. `min.insync.replicas` is one less, at least 1.
   * @default 3
   */
  readonly replicationFactor?: number;
}

/** Resources that a larger construct creates for its parts. */
export interface Shared {
  readonly topology: Topology;
  readonly placement: Placement;
}

/** Not exported by the package: only a larger construct hands its resources to its parts. */
export const SHARED = Symbol("eventloom.shared");

type PartProps = DomainProps<AnyDomain> & { readonly [SHARED]?: Shared };

/**
 * A part of a domain. By itself it creates its resources and all that they need; in an EventDrivenDomain it holds those that
 * belong to it.
 */
export abstract class PartConstruct extends Construct {
  /** What was compiled; this construct has a part of it. */
  readonly topology: Topology;
  /** @internal */
  protected readonly placement: Placement;

  protected constructor(engine: Engine, scope: Construct, id: string, props: PartProps, part: Part, named: NamedPart) {
    super(scope, id);
    const shared = props[SHARED];
    this.topology = shared?.topology ?? compileFor(props);
    this.placement = shared?.placement ?? new Placement(engine, this, this.topology.domain, props);
    if (shared === undefined) this.#createAlone(part, named);
  }

  /** The resources of a part, as they were compiled. */
  protected resourcesOf(part: Part): readonly Resource[] {
    return this.topology.resources.filter((each) => each.part === part);
  }

  #createAlone(part: Part, named: NamedPart): void {
    const known = partsOf(this.topology);
    if (!known.includes(part)) {
      const names = known
        .filter((each) => each.startsWith(named.prefix))
        .map((each) => each.slice(named.prefix.length));
      throw unknownPart(this.node.path, named.property, named.received, names);
    }
    for (const resource of slice(this.topology, [part])) this.placement.add(this, resource);
  }
}

/** How a part is chosen in a construct's props: for the message when there is none. */
export interface NamedPart {
  readonly property: string;
  readonly received: string;
  readonly prefix: string;
}

export function compileFor({ domain, replicationFactor }: DomainProps<AnyDomain>): Topology {
  return compile(domain, replicationFactor === undefined ? {} : { replicationFactor });
}
