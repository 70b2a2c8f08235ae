import type { AnyDomain } from "../domain/types";
import { type Deployment, deploymentOf, partOf, type Profile } from "../lock/deployment";
import { compile } from "../topology/compile";
import { partsOf } from "../topology/slice";
import type { Part, Topology } from "../topology/types";
import { noticesOf } from "./notices";
import { readLock } from "./read-lock";

/** What every construct and component is told about its domain, whatever the engine. */
export interface DeployedDomainProps<D extends AnyDomain> {
  /** What `defineDomain` gave. */
  readonly domain: D;
  /**
   * Copies of each Kafka partition: 1 to 32767. `min.insync.replicas` is one less, at least 1.
   * @default 3
   */
  readonly replicationFactor?: number;
  /**
   * The domain's lock file, which `eventloom lock` writes: relative to the current folder, or absolute (`join(__dirname,
   * "orders.lock.json")`). With it, what has left the declaration is an error (LK612) until it is retired; what is retired is
   * forgotten by the engine and stays on the servers.
   * @default - no lock: what leaves the declaration is destroyed, or refused by the engine
   */
  readonly lock?: string;
  /**
   * What this environment has of its own: sizes and phases, never identity.
   * @default - as declared
   */
  readonly profile?: Profile;
}

/** A domain as one environment has it. */
export interface DeployedDomain {
  /** As compiled, with the resources that are deployed. */
  readonly topology: Topology;
  readonly deployment: Deployment;
  /** Whether it was held against a lock. */
  readonly locked: boolean;
  /** What somebody should know of it, one line each. */
  readonly notices: readonly string[];
}

/**
 * Compiles a domain and holds it against its lock.
 *
 * @throws DeclarationError when it cannot be compiled, or the lock cannot be read or forbids it (LK6xx)
 */
export function deployedDomain(props: DeployedDomainProps<AnyDomain>): DeployedDomain {
  const { domain, replicationFactor, lock: file, profile } = props;
  const compiled = compile(domain, replicationFactor === undefined ? {} : { replicationFactor });
  const lock = file === undefined ? null : { file, lock: readLock(file) };
  const deployment = deploymentOf(compiled, lock?.lock ?? null, profile);
  return {
    topology: Object.freeze({ ...compiled, resources: deployment.resources }),
    deployment,
    locked: lock !== null,
    notices: noticesOf({ domain, topology: compiled, lock }),
  };
}

/** What a part deploys that stands alone, or the parts that there are. One that has left is among them until it is forgotten. */
export function deployedPart(
  { topology, deployment, locked }: DeployedDomain,
  part: Part,
): Deployment | { readonly known: readonly Part[] } {
  const known = [...new Set([...partsOf(topology), ...deployment.forgotten.map((each) => each.part)])];
  if (!known.includes(part)) return { known };
  const alone = partOf(deployment, topology, part);
  return locked ? alone : { ...alone, forgotten: [] };
}
