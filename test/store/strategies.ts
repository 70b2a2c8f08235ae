import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import {
  type AnyDomain,
  defineDomain,
  event,
  hash,
  jsonSchema,
  list,
  none,
  range,
  type StorePartitioning,
} from "eventloom";

/** Ways to spread the rows of `event_store`, by the name of the domain that has it. */
export const STRATEGIES: Readonly<Record<string, StorePartitioning>> = {
  hash1: hash(1),
  hash8: hash(8),
  plain: none(),
  list: list(["acme", "O'Brien & Söhne"]),
  range: range({ interval: "month", ahead: 2, retain: "1 year" }),
};

/** A store that is spread so. */
export function spread(name: string, partitioning = STRATEGIES[name]!): AnyDomain {
  const made = jsonSchema<{ id: string }>({ type: "object", properties: { id: { type: "string" } }, required: ["id"] }); // prettier-ignore
  return defineDomain(name, {
    store: { format: 1, partitioning },
    brokers: ["kafka"],
    aggregates: { Order: { id: "id", events: { OrderMade: event({ versions: { 1: made } }) } } },
  });
}

export interface Appended {
  readonly last_version: string;
  readonly last_position: string;
}

interface Append {
  readonly expected?: number | null;
  readonly ids?: readonly string[];
  readonly tenant?: string;
}

/** The functions of such a store, which take a tenant where it is spread by tenants. */
export class SpreadStore {
  constructor(
    readonly client: Client,
    readonly schema: string,
    readonly tenants = schema === "list",
  ) {}

  /** One event by the short way, several by the long one. */
  async append(id: string, { expected = null, ids = [randomUUID()], tenant = "acme" }: Append = {}): Promise<Appended> {
    const aggregate = [...(this.tenants ? [tenant] : []), id, "Order", expected];
    const [fill, plural] = ids.length === 1 ? [(value: unknown) => value, ""] : [(value: unknown) => ids.map(() => value), "s"]; // prettier-ignore
    const event = [ids.length === 1 ? ids[0] : ids, fill("OrderMade"), fill(1), fill("{}"), fill("{}")];
    const types = ["uuid", "text", "smallint", "jsonb", "jsonb"].map((type) => (plural === "" ? type : `${type}[]`));
    const values = [...aggregate, ...event];
    const places = values.map((_, n) => `$${n + 1}${n < aggregate.length ? "" : `::${types[n - aggregate.length]}`}`);
    const { rows } = await this.client.query<Appended>(
      `SELECT * FROM ${this.schema}.append_event${plural}(${places.join()})`,
      values,
    );
    return rows[0]!;
  }

  async read(id: string, tenant = "acme"): Promise<readonly number[]> {
    const who = this.tenants ? [tenant, id] : [id];
    const places = who.map((_, n) => `$${n + 1}`).join();
    const { rows } = await this.client.query<{ version: string }>(
      `SELECT version FROM ${this.schema}.read_aggregate(${places}, 0, 1000)`,
      who,
    );
    return rows.map(({ version }) => Number(version));
  }

  /** Saves a snapshot whose state is the tenant's name. */
  async save(id: string, version: number, tenant = "acme"): Promise<unknown> {
    const values = [...(this.tenants ? [tenant, id] : [id]), version, JSON.stringify(tenant)];
    const [who, [at, state]] = [values.slice(0, -2), [values.length - 1, values.length]];
    const places = who.map((_, n) => `$${n + 1}`).join();
    const { rows } = await this.client.query<{ saved: boolean }>(
      `SELECT ${this.schema}.save_snapshot(${places}, 'Order', 1::smallint, $${at}, $${state}) AS saved`,
      values,
    );
    return rows[0]?.saved;
  }

  /** The states of the snapshots of an aggregate: one or none. */
  async saved(id: string, tenant = "acme"): Promise<readonly unknown[]> {
    const who = this.tenants ? [tenant, id] : [id];
    const places = who.map((_, n) => `$${n + 1}`).join();
    const { rows } = await this.client.query<{ data: unknown }>(
      `SELECT data FROM ${this.schema}.load_snapshot(${places}, 'Order', 1::smallint)`,
      who,
    );
    return rows.map(({ data }) => data);
  }

  archive(id: string, tenant = "acme"): Promise<unknown> {
    const who = this.tenants ? [tenant, id] : [id];
    return this.client.query(`SELECT ${this.schema}.archive_aggregate(${who.map((_, n) => `$${n + 1}`).join()})`, who);
  }

  lock(ids: readonly string[], tenant = "acme"): Promise<unknown> {
    const who = this.tenants ? [tenant, ids] : [ids];
    return this.client.query(`SELECT ${this.schema}.lock_aggregates(${who.map((_, n) => `$${n + 1}`).join()})`, who);
  }
}

/** How it is refused; `none` where it is not. */
export async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return "none";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
