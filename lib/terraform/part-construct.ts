import { Construct } from "constructs";
import { type DeployedDomain, deployedDomain, type DeployedDomainProps, deployedPart } from "../deploy/deployed-domain";
import type { Part, Resource, Topology } from "../topology/types";
import type { AnyDomain } from "../domain/types";
import type { ConnectionProps } from "./connections";
import type { Engine } from "./engine";
import { unknownPart } from "./errors";
import { stackOf } from "./guard";
import { Placement } from "./placement";
import { registryOf } from "./stack-registry";

/** What every construct of a domain takes. */
export interface DomainProps<D extends AnyDomain> extends ConnectionProps, DeployedDomainProps<D> {}

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
    const given = props[SHARED] ?? deployedDomain(props);
    this.topology = given.topology;
    this.placement = "placement" in given ? given.placement : new Placement(engine, this, given.topology.domain, props);
    if ("placement" in given) return;
    this.#createAlone(given, part, named);
    announce(engine, this, given);
  }

  /** The resources of a part, as they were compiled. */
  protected resourcesOf(part: Part): readonly Resource[] {
    return this.topology.resources.filter((each) => each.part === part);
  }

  #createAlone(domain: DeployedDomain, part: Part, named: NamedPart): void {
    const deployment = deployedPart(domain, part);
    if ("known" in deployment) {
      const names = deployment.known
        .filter((each) => each.startsWith(named.prefix))
        .map((each) => each.slice(named.prefix.length));
      throw unknownPart(this.node.path, named.property, named.received, names);
    }
    for (const resource of deployment.resources) this.placement.add(this, resource);
    this.placement.depart(deployment, () => this);
  }
}

/** How a part is chosen in a construct's props: for the message when there is none. */
export interface NamedPart {
  readonly property: string;
  readonly received: string;
  readonly prefix: string;
}

/** Has the stack say at synth what somebody should know of a deployment. */
export function announce(engine: Engine, construct: Construct, { notices }: DeployedDomain): void {
  const registry = registryOf(engine, stackOf(engine, construct));
  for (const line of notices) registry.say(construct, line);
}
