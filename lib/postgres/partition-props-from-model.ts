import type { LeafModel, LevelModel, PartitioningModel, PartitionModel } from "./model";
import type {
  BoundLiteral,
  ListPartitionProps,
  MAXVALUE,
  MINVALUE,
  PartitioningProps,
  RangePartitionProps,
  RollingProps,
  SubPartitioningProps,
} from "./partition-props";
import { tokenize } from "./tokens";

/** The props that a person would write for how a table is partitioned. */
export function propsFromPartitioning(model: PartitioningModel): PartitioningProps {
  const { rolling, storage } = model;
  const more = {
    ...(rolling === null ? {} : { rolling: rollingProps(rolling) }),
    ...(Object.keys(storage).length === 0 ? {} : { storage }),
  };
  // each strategy has what its type asks for
  return { ...levelProps(model, model.partitions.map(partitionProps)), ...more } as PartitioningProps;
}

type NamedProps = readonly [string, ListPartitionProps & RangePartitionProps];

function levelProps({ strategy, columns, modulus }: LevelModel, partitions: readonly NamedProps[]): object {
  if (strategy === "hash") return { strategy, columns, modulus };
  return { strategy, columns, ...(partitions.length === 0 ? {} : { partitions: Object.fromEntries(partitions) }) };
}

function rollingProps({ interval, ahead, retain }: NonNullable<PartitioningModel["rolling"]>): RollingProps {
  return { interval, ahead, ...(retain === null ? {} : { retain }) } as RollingProps;
}

function partitionProps({ partitioning, ...leaf }: PartitionModel): NamedProps {
  const [name, props] = leafProps(leaf);
  if (partitioning === null) return [name, props];
  const level = levelProps(partitioning, partitioning.partitions.map(leafProps)) as SubPartitioningProps;
  return [name, { ...props, partitioning: level }];
}

function leafProps({ name, values, from, to, default: isDefault, detached }: LeafModel): NamedProps {
  const bounds = { values: values.map(boundValue), from: from.map(boundEnd), to: to.map(boundEnd) };
  const said = Object.entries(bounds).filter(([, list]) => list.length > 0);
  return [
    name,
    {
      ...Object.fromEntries(said),
      ...(isDefault ? { default: true } : {}),
      ...(detached === null ? {} : { detached }),
    },
  ];
}

function boundEnd(sql: string): BoundLiteral | null | typeof MINVALUE | typeof MAXVALUE {
  return sql === "MINVALUE" || sql === "MAXVALUE"
    ? ({ bound: sql } as typeof MINVALUE | typeof MAXVALUE)
    : boundValue(sql);
}

/** What is written as this literal of SQL; as a text where a number would not keep all its digits. */
function boundValue(sql: string): BoundLiteral | null {
  if (sql.toUpperCase() === "NULL") return null;
  if (/^(true|false)$/i.test(sql)) return sql.toLowerCase() === "true";
  const [token, ...more] = tokenize(sql);
  if (token?.kind === "string" && more.length === 0) return token.text;
  return String(Number(sql)) === sql ? Number(sql) : sql;
}
