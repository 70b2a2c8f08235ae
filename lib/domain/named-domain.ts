import type { AnyDomain, EventNames } from "./types";

/* eslint-disable @typescript-eslint/no-explicit-any -- any domain, whatever it declares */

/** A domain with its names, as `defineDomain` gives it: what typed handles are made of. */
export interface NamedDomain extends AnyDomain {
  readonly consumers: { readonly [name: string]: any };
  readonly projections: { readonly [name: string]: any };
  readonly sagas: { readonly [name: string]: any };
}

export type EventNamesOf<D extends AnyDomain> = EventNames<D["~types"]["events"]>;
export type CommandNamesOf<D extends AnyDomain> = keyof D["~types"]["commands"] & string;
export type ConsumerNamesOf<D extends NamedDomain> = keyof D["consumers"] & string;
export type ProjectionNamesOf<D extends NamedDomain> = keyof D["projections"] & string;
export type SagaNamesOf<D extends NamedDomain> = keyof D["sagas"] & string;
/** The columns of a projection's read table. */
export type ColumnsOf<D extends NamedDomain, N extends ProjectionNamesOf<D>> = keyof D["~types"]["tables"][N] & string;
