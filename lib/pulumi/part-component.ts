import * as pulumi from "@pulumi/pulumi";
import { compile } from "../topology/compile";
import { partsOf, slice } from "../topology/slice";
import type { AnyDomain } from "../domain/types";
import type { Part, Resource, Topology } from "../topology/types";
import { DEFAULT_VHOST, withProviders, type ConnectionArgs } from "./connections";
import { unknownPart } from "./errors";
import { Placement } from "./placement";

/** What every component of a domain takes. */
export interface DomainArgs<D extends AnyDomain> extends ConnectionArgs {
  /** What `defineDomain` gave. */
  readonly domain: D;
  /**
   * Copies of each Kafka partition: 1 to 32767. `min.insync.replicas` is one less, at least 1.
   * @default 3
   */
  readonly replicationFactor?: number;
}

/** Resources that a larger component creates for its parts. */
export interface Shared {
  readonly topology: Topology;
  readonly placement: Placement;
}

/** Not exported by the package: only a larger component hands its resources to its parts. */
export const SHARED = Symbol("eventloom.shared");

type PartArgs = DomainArgs<AnyDomain> & { readonly [SHARED]?: Shared };

/** How a part is chosen in a component's arguments: for the message when there is none. */
export interface NamedPart {
  readonly property: string;
  readonly received: string;
  readonly prefix: string;
}

/**
 * A part of a domain. By itself it creates its resources and all that they need; in an {@link EventDrivenDomain} it holds those
 * that belong to it.
 */
export abstract class PartComponent extends pulumi.ComponentResource {
  /** What was compiled; this component has a part of it. */
  readonly topology: Topology;
  /** @internal */
  protected readonly placement: Placement;

  protected constructor(
    type: string,
    name: string,
    args: PartArgs,
    part: Part,
    named: NamedPart,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, withProviders(args.providers, opts));
    const shared = args[SHARED];
    this.topology = shared?.topology ?? compileFor(args);
    this.placement = shared?.placement ?? this.#createAlone(name, args, part, named);
    this.registerOutputs({});
  }

  /** The resources of a part, as they were compiled. */
  protected resourcesOf(part: Part): readonly Resource[] {
    return this.topology.resources.filter((each) => each.part === part);
  }

  #createAlone(name: string, args: PartArgs, part: Part, named: NamedPart): Placement {
    const known = partsOf(this.topology);
    if (!known.includes(part)) {
      const names = known
        .filter((each) => each.startsWith(named.prefix))
        .map((each) => each.slice(named.prefix.length));
      throw unknownPart(name, named.property, named.received, names);
    }
    const placement = new Placement({
      name,
      resources: slice(this.topology, [part]),
      declaredBy: this.topology.domain,
      vhost: args.vhost ?? DEFAULT_VHOST,
      holderOf: () => this,
    });
    placement.create();
    return placement;
  }
}

export function compileFor({ domain, replicationFactor }: DomainArgs<AnyDomain>): Topology {
  return compile(domain, replicationFactor === undefined ? {} : { replicationFactor });
}
