import { createHash } from "node:crypto";
import type { StorePartitioningDefinition } from "../../domain/definition";
import { plainPartition, plainPartitioning } from "../../postgres/defaults";
import type { ArgumentModel, ColumnModel, PartitioningModel, PartitionModel } from "../../postgres/model";
import { leafName } from "../../postgres/names";
import { quoteLiteral } from "../../postgres/quote";
import { lockKeyOf, lockOf } from "./aggregate-lock";
import { key } from "./columns";
import { given } from "./define-function";

/** What a way to spread the rows of `event_store` asks of the table and of the functions. */
export interface StoreLayout {
  readonly partitioning: PartitioningModel | null;
  /** Of the table itself: a partitioned one has none. */
  readonly storage: Readonly<Record<string, string>>;
  /** Columns that an aggregate has besides its id. */
  readonly columns: readonly ColumnModel[];
  /** What identifies an aggregate. */
  readonly aggregate: readonly string[];
  /** What has to be in every unique key beside what is unique: then it is no key of the whole. */
  readonly inKeys: readonly string[];
  /** Where appends write. */
  readonly appendsTo: string;
}

const EVENT_STORE = "event_store";

const LEAF_STORAGE = {
  autovacuum_analyze_scale_factor: "0.02",
  autovacuum_freeze_min_age: "0",
  autovacuum_vacuum_insert_scale_factor: "0.05",
  fillfactor: "100",
} as const;

const plainLayout = {
  storage: {},
  columns: [],
  aggregate: ["aggregate_id"],
  inKeys: [],
  appendsTo: EVENT_STORE,
} as const;

export function layoutOf(partitioning: StorePartitioningDefinition): StoreLayout {
  const spread = { ...plainPartitioning, storage: LEAF_STORAGE } as const;
  switch (partitioning.strategy) {
    case "none":
      return { ...plainLayout, partitioning: null, storage: LEAF_STORAGE };
    case "hash": {
      const { modulus } = partitioning;
      return {
        ...plainLayout,
        partitioning: { ...spread, strategy: "hash", columns: ["aggregate_id"], modulus },
        // With a single leaf the table need not be asked for it.
        appendsTo: modulus === 1 ? leafName(EVENT_STORE, 0, 1) : EVENT_STORE,
      };
    }
    case "list":
      return {
        ...plainLayout,
        columns: [key("tenant")],
        aggregate: ["tenant", "aggregate_id"],
        partitioning: { ...spread, strategy: "list", columns: ["tenant"], partitions: tenantLeaves(partitioning) },
      };
    case "range":
      return {
        ...plainLayout,
        inKeys: ["occurred_at"],
        partitioning: {
          ...spread,
          strategy: "range",
          columns: ["occurred_at"],
          // a run that is missed must not stop appends
          partitions: [fallback()],
          rolling: partitioning.rolling,
        },
      };
  }
}

/** What names an aggregate, as arguments of a function. */
export function aggregateArguments({ aggregate }: StoreLayout): readonly ArgumentModel[] {
  return aggregate.map((column) => given(`p_${column}`, "text"));
}

/** The same as values. */
export function aggregateNames({ aggregate }: StoreLayout): string {
  return aggregate.map((column) => `p_${column}`).join(", ");
}

/**
 * The condition that a row is of the aggregate that the arguments name.
 *
 * @param equals the operator, qualified where no path is set
 */
export function ofAggregate({ aggregate }: StoreLayout, row: string, equals = "="): string {
  return aggregate.map((column) => `${row}.${column} ${equals} p_${column}`).join(" AND ");
}

/** Takes the advisory lock of the aggregate that the arguments name: see {@link lockOf}. */
export function aggregateLock(layout: StoreLayout): string {
  return lockOf(lockedBy(layout, "p_aggregate_id"));
}

/** The key of that lock, for another id. */
export function aggregateLockKey(layout: StoreLayout, id: string): string {
  return lockKeyOf(lockedBy(layout, id));
}

function lockedBy({ aggregate }: StoreLayout, id: string): string {
  const and = "OPERATOR(pg_catalog.||)";
  return aggregate.length === 1 ? id : `p_tenant ${and} E'\\x1f' ${and} ${id}`;
}

/** The default leaf. */
export const REST_OF_EVENTS = `${EVENT_STORE}_rest`;

function fallback(): PartitionModel {
  return { ...plainPartition, name: REST_OF_EVENTS, default: true };
}

function tenantLeaves({
  tenants,
  detached,
}: Extract<StorePartitioningDefinition, { strategy: "list" }>): readonly PartitionModel[] {
  const leaves = tenants.map((tenant): PartitionModel => ({
    ...plainPartition,
    name: tenantLeaf(tenant),
    values: [quoteLiteral(tenant)],
    detached: Object.hasOwn(detached, tenant) ? detached[tenant]! : null,
  }));
  return [...leaves, fallback()];
}

/** What needs no hash to be a name that no other tenant's leaf has. */
const PLAIN_TENANT = /^[a-z][a-z0-9_]{0,30}$/;

/** `event_store_t_acme`; of any other text what can stand in a name, and a hash of the whole. */
function tenantLeaf(tenant: string): string {
  if (PLAIN_TENANT.test(tenant)) return `${EVENT_STORE}_t_${tenant}`;
  const slug = tenant
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 20);
  const hash = createHash("sha256").update(tenant).digest("hex").slice(0, 12);
  return `${EVENT_STORE}_x_${slug}_${hash}`;
}
