import type { Construct } from "constructs";
import type { Element, Engine } from "./engine";

/** Where the state has, or had, a resource. Asked for when the stack is written, so that addresses are final. */
export interface FormerResource {
  readonly address: () => string;
}

/** What leaves a stack's state without anything being done on a server. */
export interface Departures {
  /** Forgotten: kept on the server. */
  readonly removed: readonly FormerResource[];
  readonly moves: readonly { readonly from: FormerResource; readonly to: FormerResource }[];
}

/** Writes `removed` and `moved` blocks. Neither does anything where the state has no such address. */
export function departures(engine: Engine, owner: Construct, { removed, moves }: Departures): Element {
  const written = (): object => ({
    ...(removed.length > 0
      ? { removed: removed.map(({ address }) => ({ from: address(), lifecycle: { destroy: false } })) }
      : {}),
    ...(moves.length > 0 ? { moved: moves.map(({ from, to }) => ({ from: from.address(), to: to.address() })) } : {}),
  });
  return new (class extends engine.TerraformElement {
    override toTerraform(): object {
      return written();
    }
  })(owner, "departures");
}
