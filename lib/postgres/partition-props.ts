import { plainPartition, plainPartitioning } from "./defaults";
import type { LeafModel, LevelModel, PartitioningModel, PartitionModel, RollingModel } from "./model";
import { quoteLiteral } from "./quote";

/** Below every value of a column: `from: [MINVALUE]`. */
export const MINVALUE = { bound: "MINVALUE" } as const;
/** Above every value of a column: `to: [MAXVALUE]`. */
export const MAXVALUE = { bound: "MAXVALUE" } as const;

/** A value of a partition's bound. Times without a zone are UTC. */
export type BoundLiteral = string | number | bigint | boolean;

/** What a list and a range have in common. */
interface AnyPartitionProps<Column extends string> {
  /**
   * Whether it takes the rows that no other partition takes. While there is one, Postgres looks through it whenever a partition is
   * added, and a partition whose rows are in it already can't be added at all.
   * @default false
   */
  readonly default?: boolean;
  /**
   * Why it is no longer to be attached. The plan takes it off and keeps it on the server, as a table of its own with its rows; once that
   * is done it may be left out of the declaration.
   * @default - it is attached
   */
  readonly detached?: string;
  /**
   * How its own rows are spread once more.
   * @default - it is a leaf
   */
  readonly partitioning?: SubPartitioningProps<Column>;
}

/** A partition of a list. */
export interface ListPartitionProps<Column extends string = string> extends AnyPartitionProps<Column> {
  /**
   * The values of its rows, each in one partition only; `null` for rows without one.
   * @default - none: it is the default
   */
  readonly values?: readonly (BoundLiteral | null)[];
}

/** A partition of a range: `from` is in it, `to` is not. */
export interface RangePartitionProps<Column extends string = string> extends AnyPartitionProps<Column> {
  /**
   * The first value that is in it, one for each column; {@link MINVALUE} for no lower end.
   * @default - none: it is the default
   */
  readonly from?: readonly (BoundLiteral | typeof MINVALUE | typeof MAXVALUE)[];
  /**
   * The first value that is above it, one for each column; {@link MAXVALUE} for no upper end.
   * @default - none: it is the default
   */
  readonly to?: readonly (BoundLiteral | typeof MINVALUE | typeof MAXVALUE)[];
}

/** Rows spread over a fixed number of leaves by the hash of some columns. */
export interface HashPartitioningProps<Column extends string = string> {
  readonly strategy: "hash";
  /** What is hashed: columns that are all in the primary key and in every unique index. */
  readonly columns: readonly Column[];
  /** How many leaves, 1 to 1024: fixed for ever, since rows do not move by themselves. */
  readonly modulus: number;
  /**
   * Storage options of the leaves: `{ fillfactor: "90" }`.
   * @default {}
   */
  readonly storage?: Readonly<Record<string, string>>;
}

/** Rows spread by the value of one column. */
export interface ListPartitioningProps<Column extends string = string> {
  readonly strategy: "list";
  /** One column, which is in the primary key and in every unique index. */
  readonly columns: readonly [Column];
  /** The partitions by the name of their tables, which are in the table's schema. One that is left out is refused: it holds rows. */
  readonly partitions: Readonly<Record<string, ListPartitionProps<Column>>>;
  /**
   * Storage options of the leaves: `{ fillfactor: "90" }`.
   * @default {}
   */
  readonly storage?: Readonly<Record<string, string>>;
}

/** Rows spread by ranges of one or more columns. */
export interface RangePartitioningProps<Column extends string = string> {
  readonly strategy: "range";
  /** Columns that are all in the primary key and in every unique index, compared from the left. */
  readonly columns: readonly Column[];
  /**
   * The partitions by the name of their tables, which are in the table's schema. One that is left out is refused: it holds rows.
   * @default {}
   */
  readonly partitions?: Readonly<Record<string, RangePartitionProps<Column>>>;
  /**
   * A rule by which leaves of time are made ahead. With one, leaves that aren't declared are the rule's and no difference. Where a plan
   * comes too late and nothing else makes them, inserts fail unless there is a default partition: leave it out for tables whose writers must
   * never stop.
   * @default - only declared partitions
   */
  readonly rolling?: RollingProps;
  /**
   * Storage options of the leaves: `{ fillfactor: "90" }`.
   * @default {}
   */
  readonly storage?: Readonly<Record<string, string>>;
}

/** How the rows of a table are spread. */
export type PartitioningProps<Column extends string = string> =
  HashPartitioningProps<Column> | ListPartitioningProps<Column> | RangePartitioningProps<Column>;

/** How the rows of a partition are spread: as those of a table, but not once more. */
export type SubPartitioningProps<Column extends string = string> =
  | Omit<HashPartitioningProps<Column>, "storage">
  | (Omit<ListPartitioningProps<Column>, "storage" | "partitions"> & {
      readonly partitions: Readonly<Record<string, Omit<ListPartitionProps<Column>, "partitioning">>>;
    })
  | (Omit<RangePartitioningProps<Column>, "storage" | "partitions" | "rolling"> & {
      readonly partitions: Readonly<Record<string, Omit<RangePartitionProps<Column>, "partitioning">>>;
    });

/** Leaves of time by a rule, for a range of one column: a date, a timestamp, or a UUID of version 7. */
export interface RollingProps {
  /** How long a leaf is, in UTC: `"day"`, `"week"` (from Monday), `"month"`, or hours that divide a day, as `"6 hours"`. */
  readonly interval: "day" | "week" | "month" | `${1 | 2 | 3 | 4 | 6 | 8 | 12} ${"hour" | "hours"}`;
  /** How many leaves are made ahead of the one of now, 1 to 1000. */
  readonly ahead: number;
  /**
   * How long a leaf stays after its end, as `"90 days"`. Then `eventloom maintain` detaches it; nothing drops it, and no plan detaches it.
   * @default - for ever
   */
  readonly retain?: `${number} ${"hour" | "day" | "week" | "month" | "year"}${"" | "s"}`;
}

/** What the props mean, everything said. */
export function partitioningModel(props: PartitioningProps): PartitioningModel {
  const rolling = props.strategy === "range" && props.rolling !== undefined ? rollingModel(props.rolling) : null;
  const { strategy, columns, storage = {} } = props;
  return {
    ...plainPartitioning,
    strategy,
    columns: [...columns],
    modulus: props.strategy === "hash" ? props.modulus : null,
    partitions: props.strategy === "hash" ? [] : Object.entries(props.partitions ?? {}).map(partitionModel),
    rolling,
    storage,
  };
}

function rollingModel({ interval, ahead, retain }: RollingProps): RollingModel {
  return { interval, ahead, retain: retain ?? null };
}

type AnyProps = ListPartitionProps & RangePartitionProps;

function partitionModel([name, props]: readonly [string, AnyProps]): PartitionModel {
  const { partitioning } = props;
  return { ...leafModel([name, props]), partitioning: partitioning === undefined ? null : levelModel(partitioning) };
}

function levelModel(props: SubPartitioningProps): LevelModel {
  return {
    strategy: props.strategy,
    columns: [...props.columns],
    modulus: props.strategy === "hash" ? props.modulus : null,
    partitions: props.strategy === "hash" ? [] : Object.entries(props.partitions).map(leafModel),
  };
}

function leafModel([name, props]: readonly [string, Omit<AnyProps, "partitioning">]): LeafModel {
  const { partitioning: _, ...plain } = plainPartition;
  return {
    ...plain,
    name,
    values: (props.values ?? []).map(literal),
    from: (props.from ?? []).map(literal),
    to: (props.to ?? []).map(literal),
    default: props.default ?? false,
    detached: props.detached ?? null,
  };
}

function literal(value: BoundLiteral | null | typeof MINVALUE | typeof MAXVALUE): string {
  if (value === null) return "NULL";
  if (typeof value === "object") return value.bound;
  return typeof value === "string" ? quoteLiteral(value) : String(value);
}
