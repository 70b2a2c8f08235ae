import type * as pulumi from "@pulumi/pulumi";
import { handleKeys } from "../topology/handles";
import type { StoreRole } from "../topology/postgres/store-roles";
import { handles } from "./handles";
import type { NamedDomain, ProjectionNamesOf } from "../domain/named-domain";
import { PartComponent, type DomainArgs } from "./part-component";
import type { Role, Schema, Table } from "./postgres";

/** What {@link EventStoreDatabase} takes. */
export type EventStoreDatabaseArgs<D extends NamedDomain> = DomainArgs<D>;

/** The event store in Postgres: its schema, sequences, functions and tables, and the projections' read tables. */
export class EventStoreDatabase<D extends NamedDomain = NamedDomain> extends PartComponent {
  readonly #name: string;
  readonly #domain: D;

  /** @throws DeclarationError when the domain has no store (PU501), or cannot be compiled */
  constructor(name: string, args: EventStoreDatabaseArgs<D>, opts: pulumi.ComponentResourceOptions = {}) {
    const named = { property: "domain.store", received: "none", prefix: "store" };
    super("eventloom:index:EventStoreDatabase", name, args, "store", named, opts);
    this.#name = name;
    this.#domain = args.domain;
  }

  /** The schema that everything is in. */
  get schema(): Schema {
    return this.placement.get("schema");
  }

  /** The table of events. */
  get eventStore(): Table {
    return this.placement.get("table/event_store");
  }

  /** The read tables, by projection. */
  get projections(): { readonly [N in ProjectionNamesOf<D>]: Table } {
    const keys = handleKeys(this.#domain, this.topology).projections;
    const absent = { component: this.#name, what: "projections", why: "the domain has no store" };
    return handles(Object.keys(keys), keys, (key) => this.placement.get<Table>(key), absent);
  }

  /** The group roles of those who use the store: make a service's login role a member of one. None with `store: { roles: false }`. */
  get roles(): { readonly [R in StoreRole]?: Role } {
    const own = this.resourcesOf("store").filter((each) => each.kind === "postgres-role");
    return Object.fromEntries(own.map(({ key }) => [key.slice("role/".length), this.placement.get<Role>(key)]));
  }

  /** The event store's own tables, by their names: `event_store`, `outbox`, `sagas` and so on. */
  get tables(): { readonly [name: string]: Table } {
    const own = this.resourcesOf("store").filter((each) => each.key.startsWith("table/"));
    return Object.fromEntries(own.map(({ key }) => [key.slice("table/".length), this.placement.get<Table>(key)]));
  }
}
