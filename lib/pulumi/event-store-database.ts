import type * as pulumi from "@pulumi/pulumi";
import { handleKeys } from "../topology/handles";
import type { NamedDomain, ProjectionNamesOf } from "./names";
import { PartComponent, type PartArgs, type Within } from "./part-component";
import type { Schema, Table } from "./postgres";

export type EventStoreDatabaseArgs<D extends NamedDomain> = PartArgs<D>;

/** The event store in Postgres: its schema, sequences, functions and tables, and the projections' read tables. */
export class EventStoreDatabase<D extends NamedDomain = NamedDomain> extends PartComponent {
  readonly #projections: Readonly<Record<string, string>>;

  /** @internal `within`: for {@link EventDrivenDomain} only */
  constructor(
    name: string,
    args: EventStoreDatabaseArgs<D>,
    opts: pulumi.ComponentResourceOptions = {},
    within?: Within,
  ) {
    super("eventloom:index:EventStoreDatabase", name, args, ["store"], opts, within);
    this.#projections = handleKeys(args.of, this.topology).projections;
  }

  /** The schema that everything is in. */
  get schema(): Schema {
    return this.placement.get("schema");
  }

  /** The table of events. */
  get eventStore(): Table {
    return this.placement.get("table/event_store");
  }

  /** The read tables by projection. */
  get projections(): { readonly [N in ProjectionNamesOf<D>]: Table } {
    return handles(this.#projections, (key) => this.placement.get<Table>(key));
  }
}

/** What was created, by the names of the declaration. */
export function handles<N extends string, R>(
  keys: Readonly<Record<string, string>>,
  get: (key: string) => R,
): { readonly [X in N]: R } {
  // the keys come from the domain that the names' type was taken from
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, get(key)])) as { [X in N]: R };
}
