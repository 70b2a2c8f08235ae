import type { Domain } from "../domain/define-domain";
import type { EventNames } from "../domain/types";
import { addressesOf, type Addresses } from "../topology/addresses";
import { compile } from "../topology/compile";
import type { OlderGeneration } from "../topology/older-addresses";
import { approvedBeside } from "./approved-beside";
import type { OldGeneration } from "./generations";
import type { Profile } from "./profile";
import type { Lock } from "./types";

/** What {@link addresses} is told of the environment besides the domain. */
export interface AddressOptions {
  /**
   * The domain's lock: what came before a second generation is known from it alone.
   * @default - none; enough as long as everything is in its first generation
   */
  readonly lock?: Lock | null;
  /**
   * The same as the stack of this environment has.
   * @default {}
   */
  readonly profile?: Profile;
}

/**
 * The addresses of a domain for the services that run on it, by the same rules as {@link compile}: no name has to be typed twice.
 *
 * @param domain - from {@link defineDomain}
 * @throws DeclarationError where the lock forbids the declaration or the profile (LK61x, LK63x): all reasons at once
 */
export function addresses<Name extends string, A, C, K extends string, J, G extends string>(
  domain: Domain<Name, A, C, K, J, G>,
  { lock = null, profile = {} }: AddressOptions = {},
): Addresses<EventNames<A>, keyof C & string, K, keyof J & string, G> {
  const { old } = approvedBeside(compile(domain), lock, profile);
  return addressesOf(domain, old.filter(runs));
}

function runs(old: OldGeneration): old is OldGeneration & OlderGeneration {
  return old.phase !== "done";
}
