import type { Construct } from "constructs";
import { handleKeys } from "../topology/handles";
import type { StoreRole } from "../topology/postgres/store-roles";
import type { PostgresTableResource } from "../topology/types";
import type { Engine } from "./engine";
import { handles, RoleHandle, SchemaHandle, TableHandle } from "./handles";
import type { ColumnsOf, NamedDomain, ProjectionNamesOf } from "../domain/named-domain";
import { PartConstruct, type DomainProps } from "./part-construct";

/** What {@link EventStoreDatabaseBase EventStoreDatabase} takes. */
export type EventStoreDatabaseProps<D extends NamedDomain> = DomainProps<D>;

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class EventStoreDatabaseBase<D extends NamedDomain> extends PartConstruct {
  readonly #domain: D;

  protected constructor(engine: Engine, scope: Construct, id: string, props: EventStoreDatabaseProps<D>) {
    super(engine, scope, id, props, "store", { property: "domain.store", received: "none", prefix: "store" });
    this.#domain = props.domain;
  }

  /** The schema that everything is in. */
  get schema(): SchemaHandle {
    return new SchemaHandle(this.placement.get("schema"));
  }

  /** The table of events. */
  get eventStore(): TableHandle {
    return this.#table("table/event_store");
  }

  /** The read tables, by projection. */
  get projections(): { readonly [N in ProjectionNamesOf<D>]: TableHandle<ColumnsOf<D, N>> } {
    const { projections } = handleKeys(this.#domain, this.topology);
    const absent = { path: this.node.path, what: "projections", why: "the domain has no store" };
    return handles(Object.keys(projections), projections, (key) => this.#table(key), absent) as {
      readonly [N in ProjectionNamesOf<D>]: TableHandle<ColumnsOf<D, N>>;
    };
  }

  /** The event store's own tables, by their names: `event_store`, `outbox`, `sagas` and so on. */
  get tables(): { readonly [name: string]: TableHandle } {
    const own = this.resourcesOf("store").filter((each) => each.key.startsWith("table/"));
    return Object.fromEntries(own.map(({ key }) => [key.slice("table/".length), this.#table(key)]));
  }

  /** The group roles of those who use the store: make a service's login role a member of one. None with `store: { roles: false }`. */
  get roles(): { readonly [R in StoreRole]?: RoleHandle } {
    const own = this.resourcesOf("store").filter((each) => each.kind === "postgres-role");
    return Object.fromEntries(
      own.map(({ key }) => [key.slice("role/".length), new RoleHandle(this.placement.get(key))]),
    );
  }

  #table(key: string): TableHandle {
    const { definition } = this.topology.resources.find((each) => each.key === key) as PostgresTableResource;
    return new TableHandle(
      this.placement.get(key),
      definition.columns.map((each) => each.name),
    );
  }
}
