import * as pulumi from "@pulumi/pulumi";
import { compile } from "../topology/compile";
import { slice } from "../topology/slice";
import type { AnyDomain } from "../domain/types";
import type { Part, Topology } from "../topology/types";
import { DEFAULT_VHOST, withProviders, type ConnectionArgs } from "./connections";
import { Placement } from "./placement";

/** What a component that stands alone takes. */
export interface PartArgs<D extends AnyDomain> extends ConnectionArgs {
  /** The domain that it is a part of. */
  readonly of: D;
  /**
   * Copies of each Kafka partition: 1 to 32767.
   * @default 3
   */
  readonly replicationFactor?: number;
}

/** A component made by a larger one: the larger one creates its resources. */
export interface Within {
  readonly topology: Topology;
  readonly placement: Placement;
}

/**
 * A part of a domain. By itself it creates its resources and all that they need; within {@link EventDrivenDomain} it only holds
 * those that belong to it.
 */
export abstract class PartComponent extends pulumi.ComponentResource {
  /** What was compiled; this component holds a part of it. */
  readonly topology: Topology;
  protected readonly placement: Placement;

  protected constructor(
    type: string,
    name: string,
    args: PartArgs<AnyDomain>,
    parts: readonly Part[],
    opts: pulumi.ComponentResourceOptions,
    within: Within | undefined,
  ) {
    super(type, name, {}, withProviders(args.providers, opts));
    this.topology = within?.topology ?? compileFor(args);
    this.placement = within?.placement ?? this.#alone(name, args, parts);
    if (within === undefined) {
      this.placement.create();
      this.registerOutputs({});
    }
  }

  #alone(name: string, args: PartArgs<AnyDomain>, parts: readonly Part[]): Placement {
    const resources = slice(this.topology, parts);
    if (!resources.some((each) => parts.includes(each.part))) {
      const known = [...new Set(this.topology.resources.map((each) => each.part))].join(", ");
      throw new Error(`the domain "${this.topology.domain}" has no part "${parts[0] ?? ""}": allowed are ${known}`);
    }
    return new Placement({
      name,
      resources,
      domain: this.topology.domain,
      vhost: args.vhost ?? DEFAULT_VHOST,
      holderOf: () => this,
    });
  }
}

function compileFor({ of, replicationFactor }: PartArgs<AnyDomain>): Topology {
  return compile(of, replicationFactor === undefined ? {} : { replicationFactor });
}
