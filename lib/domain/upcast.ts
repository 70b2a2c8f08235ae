import { upcastPayload } from "../contracts/upcast";
import { isDomain } from "./define-domain";
import type { AnyDomain, EventNameOf, EventOf } from "./types";

/**
 * A stored event's payload as its latest version: what every reader of the store and every consumer should work on.
 *
 * @param version - the version that it was written with
 * @throws RangeError for an event or a version that the domain does not declare
 */
export function upcast<D extends AnyDomain, N extends EventNameOf<D>>(
  domain: D,
  event: N,
  version: number,
  payload: unknown,
): EventOf<D, N> {
  const found = isDomain(domain) ? domain.definition.events[event] : undefined;
  if (!found) throw new RangeError(`the domain ${domain.name} has no event ${event}`);
  return upcastPayload(event, found.versions, version, payload) as EventOf<D, N>;
}
