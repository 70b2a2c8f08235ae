import * as pulumi from "@pulumi/pulumi";
import { type DeployedDomain, deployedDomain, type DeployedDomainProps, deployedPart } from "../deploy/deployed-domain";
import type { AnyDomain } from "../domain/types";
import type { Part, Resource, Topology } from "../topology/types";
import { DEFAULT_VHOST, withProviders, type ConnectionArgs } from "./connections";
import { unknownPart } from "./errors";
import { Placement } from "./placement";

/** What every component of a domain takes. */
export interface DomainArgs<D extends AnyDomain> extends ConnectionArgs, DeployedDomainProps<D> {}

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
    const given = args[SHARED] ?? deployedDomain(args);
    this.topology = given.topology;
    this.placement = "placement" in given ? given.placement : this.#createAlone(name, args, given, part, named);
    if ("placement" in given) this.registerOutputs({});
    else announce(this, given);
  }

  /** The resources of a part, as they were compiled. */
  protected resourcesOf(part: Part): readonly Resource[] {
    return this.topology.resources.filter((each) => each.part === part);
  }

  #createAlone(name: string, args: PartArgs, domain: DeployedDomain, part: Part, named: NamedPart): Placement {
    const deployment = deployedPart(domain, part);
    if ("known" in deployment) {
      const names = deployment.known
        .filter((each) => each.startsWith(named.prefix))
        .map((each) => each.slice(named.prefix.length));
      throw unknownPart(name, named.property, named.received, names);
    }
    const placement = new Placement({
      name,
      deployment,
      declaredBy: domain.topology.domain,
      vhost: args.vhost ?? DEFAULT_VHOST,
      holderOf: () => this,
      formerHolderOf: () => this,
    });
    placement.create();
    this.registerOutputs(placement.release(this).then(() => ({})));
    return placement;
  }
}

/** Says at every run what somebody should know of a deployment; unit tests, which have no engine, deploy nothing. */
export function announce(component: pulumi.ComponentResource, { notices }: DeployedDomain): void {
  if (pulumi.runtime.getEngine() === undefined) return;
  for (const line of notices) void pulumi.log.warn(line, component);
}
