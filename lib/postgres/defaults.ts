import type {
  ColumnModel,
  ExclusionElementModel,
  ExclusionModel,
  ForeignKeyModel,
  IndexKeyModel,
  IndexModel,
  LeafModel,
  LevelModel,
  PartitioningModel,
  PartitionModel,
  TableModel,
  UniqueModel,
} from "./model";

/** A column of which nothing is said but its name and type. */
export const plainColumn = {
  nullable: false,
  default: null,
  collation: null,
  identity: null,
  generated: null,
  compression: null,
  fill: null,
  comment: null,
} as const;

/** An index key of which nothing is said but its column. */
export const plainKey = { expression: null, opclass: null, collation: null, descending: false, nulls: null } as const;

/** An index of which nothing is said but its name and keys. */
export const plainIndex = {
  unique: false,
  nullsNotDistinct: false,
  method: "btree",
  include: [],
  where: null,
  storage: {},
} as const;

/** A partitioning of which nothing is said but its strategy and columns. */
export const plainPartitioning = { modulus: null, partitions: [], rolling: null, storage: {} } as const;

/** A partition of which nothing is said but its name. */
export const plainPartition = {
  values: [],
  from: [],
  to: [],
  default: false,
  detached: null,
  partitioning: null,
} as const;

/** A table of which nothing is said but its name and columns. */
export const plainTable = {
  primaryKey: null,
  uniques: [],
  foreignKeys: [],
  exclusions: [],
  checks: [],
  indexes: [],
  partitioning: null,
  triggers: [],
  storage: {},
  comment: null,
} as const;

/** Fields that were not there from the beginning, with what they are in a table that doesn't say. */
const LATER = {
  column: { identity: null, generated: null, compression: null, fill: null },
  key: { expression: null, opclass: null, collation: null, nulls: null },
  index: { nullsNotDistinct: false, storage: {} },
  table: { uniques: [], foreignKeys: [], exclusions: [] },
  unique: { include: [], nullsNotDistinct: false, deferrable: "no" },
  foreignKey: { match: "simple", onUpdate: "no-action", onDelete: "no-action", deferrable: "no", validated: true },
  element: { column: null, expression: null, opclass: null, collation: null, descending: false, nulls: null },
  exclusion: { where: null, deferrable: "no" },
  partitioning: { modulus: null, partitions: [], rolling: null },
  level: { modulus: null, partitions: [] },
  leaf: { values: [], from: [], to: [], default: false, detached: null },
  partition: plainPartition,
} as const;

type Later = typeof LATER;
type Without<T, D> = Omit<T, keyof D> & Partial<Pick<T, keyof D & keyof T>>;
type LeanIndex = Omit<Without<IndexModel, Later["index"]>, "keys"> & {
  readonly keys: readonly Without<IndexKeyModel, Later["key"]>[];
};
type LeanExclusion = Omit<Without<ExclusionModel, Later["exclusion"]>, "elements"> & {
  readonly elements: readonly Without<ExclusionElementModel, Later["element"]>[];
};

type LeanLeaf = Without<LeafModel, Later["leaf"]>;
interface LeanLevel extends Omit<LevelModel, keyof Later["level"]> {
  readonly modulus?: number | null;
  readonly partitions?: readonly LeanLeaf[];
}
interface LeanPartition extends LeanLeaf {
  readonly partitioning?: LeanLevel | null;
}
interface LeanPartitioning extends Omit<PartitioningModel, keyof Later["partitioning"]> {
  readonly modulus?: number | null;
  readonly partitions?: readonly LeanPartition[];
  readonly rolling?: PartitioningModel["rolling"];
}

/** A table in which what came later is left out where it says nothing: as lock files and engines' programs hold it. */
export interface LeanTable extends Omit<TableModel, "columns" | "indexes" | "partitioning" | keyof Later["table"]> {
  readonly columns: readonly Without<ColumnModel, Later["column"]>[];
  readonly indexes: readonly LeanIndex[];
  readonly partitioning: LeanPartitioning | null;
  readonly uniques?: readonly Without<UniqueModel, Later["unique"]>[];
  readonly foreignKeys?: readonly Without<ForeignKeyModel, Later["foreignKey"]>[];
  readonly exclusions?: readonly LeanExclusion[];
}

/** Leaves out what {@link wholeTable} fills in. */
export function leanTable(table: TableModel): LeanTable {
  const { uniques, foreignKeys, exclusions, ...rest } = table;
  const constraints = {
    uniques: uniques.map((each) => lean(LATER.unique, each)),
    foreignKeys: foreignKeys.map((each) => lean(LATER.foreignKey, each)),
    exclusions: exclusions.map(({ elements, ...each }) => ({
      ...lean(LATER.exclusion, each),
      elements: elements.map((element) => lean(LATER.element, element)),
    })),
  };
  return {
    ...rest,
    ...lean(LATER.table, constraints),
    columns: table.columns.map((each) => lean(LATER.column, each)),
    indexes: table.indexes.map(({ keys, ...each }) => ({
      ...lean(LATER.index, each),
      keys: keys.map((key) => lean(LATER.key, key)),
    })),
    partitioning: table.partitioning && leanPartitioning(table.partitioning),
  };
}

function leanPartitioning({ partitions, ...rest }: PartitioningModel): LeanPartitioning {
  const each = partitions.map(({ partitioning, ...partition }): LeanPartition => ({
    ...lean(LATER.leaf, partition),
    ...(partitioning === null ? {} : { partitioning: leanLevel(partitioning) }),
  }));
  return lean(LATER.partitioning, { ...rest, partitions: each }) as LeanPartitioning;
}

function leanLevel({ partitions, ...rest }: LevelModel): LeanLevel {
  return lean(LATER.level, { ...rest, partitions: partitions.map((each) => lean(LATER.leaf, each)) }) as LeanLevel;
}

/** Fills in what a table that was written by an older version, or by {@link leanTable}, leaves out. */
export function wholeTable(table: LeanTable): TableModel {
  const { uniques = [], foreignKeys = [], exclusions = [] } = table;
  return {
    ...table,
    columns: table.columns.map((each) => ({ ...LATER.column, ...each })),
    uniques: uniques.map((each) => ({ ...LATER.unique, ...each })),
    foreignKeys: foreignKeys.map((each) => ({ ...LATER.foreignKey, ...each })),
    exclusions: exclusions.map((each) => ({
      ...LATER.exclusion,
      ...each,
      elements: each.elements.map((element) => ({ ...LATER.element, ...element })),
    })),
    indexes: table.indexes.map((each) => ({
      ...LATER.index,
      ...each,
      keys: each.keys.map((key) => ({ ...LATER.key, ...key })),
    })),
    partitioning: table.partitioning && wholePartitioning(table.partitioning),
  };
}

function wholePartitioning({ partitions = [], ...rest }: LeanPartitioning): PartitioningModel {
  return {
    ...LATER.partitioning,
    ...rest,
    partitions: partitions.map(({ partitioning = null, ...each }): PartitionModel => ({
      ...LATER.partition,
      ...each,
      partitioning: partitioning && wholeLevel(partitioning),
    })),
  };
}

function wholeLevel({ partitions = [], ...rest }: LeanLevel): LevelModel {
  return { ...LATER.level, ...rest, partitions: partitions.map((each) => ({ ...LATER.leaf, ...each })) };
}

function lean<D extends object, T extends object>(defaults: D, whole: T): Without<T, D> {
  const says = ([name, value]: [string, unknown]): boolean =>
    !Object.hasOwn(defaults, name) || JSON.stringify(defaults[name as keyof D]) !== JSON.stringify(value);
  return Object.fromEntries(Object.entries(whole).filter(says)) as Without<T, D>;
}
