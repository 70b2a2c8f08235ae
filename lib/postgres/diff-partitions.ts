import type { TableChange } from "./diff";
import { equal, match } from "./diff-parts";
import type { LeafModel, LevelModel, PartitioningModel, PartitionModel, TableModel } from "./model";
import { levelOf } from "./partitions";

/** What rows are spread by, and how their leaves are stored; both tables are canonical. */
export function diffPartitioning(from: PartitioningModel | null, to: PartitioningModel | null): TableChange[] {
  if (from === null && to === null) return [];
  if (from === null || to === null || !equal(keyOf(from), keyOf(to)))
    return [{ kind: "change-partitioning", from, to }];
  if (equal(from.storage, to.storage)) return [];
  return [{ kind: "change-leaf-storage", from: from.storage, to: to.storage }];
}

/**
 * The partitions, matched by name. Those that a rolling rule is there for are its own: which of them there are changes with the time,
 * and is no difference.
 */
export function diffPartitions(
  { partitioning: from }: TableModel,
  { name, partitioning: to }: TableModel,
): TableChange[] {
  if (from === null || to === null || !equal(keyOf(from), keyOf(to))) return [];
  const changes = diffLevel(from, to, { parent: name, rolling: to.rolling !== null });
  // A bound that is to be used again has to be free, and a default partition is not in the way of what comes before it.
  const rank = (change: TableChange): number => {
    if (change.kind !== "add-partition") return 0;
    return change.partition.default ? 2 : 1;
  };
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

function diffLevel(
  from: LevelModel,
  to: LevelModel,
  { parent, rolling }: { readonly parent: string; readonly rolling: boolean },
): TableChange[] {
  return match<LeafModel | PartitionModel, TableChange>(from.partitions, to.partitions, {
    added: (partition) =>
      partition.detached === null ? [{ kind: "add-partition", partition, parent, rolled: false }] : [],
    dropped: (partition) =>
      partition.detached !== null || (rolling && !partition.default)
        ? []
        : [{ kind: "drop-partition", partition, parent }],
    both: (a, b) => diffPartition(a, b, parent),
  });
}

function diffPartition(
  from: LeafModel | PartitionModel,
  to: LeafModel | PartitionModel,
  parent: string,
): TableChange[] {
  if (from.detached !== null && to.detached !== null) return [];
  // One that was detached is attached again by hand only: what has become of its rows is not known.
  if (from.detached !== null) return [{ kind: "change-partition", from, to }];
  if (to.detached !== null) return [{ kind: "detach-partition", partition: to, parent }];
  const [a, b] = [levelOf(from), levelOf(to)];
  const bounds = ({ values, from: low, to: high, default: other }: LeafModel): unknown => [values, low, high, other];
  if (!equal(bounds(from), bounds(to)) || !equal(a && keyOf(a), b && keyOf(b))) {
    return [{ kind: "change-partition", from, to }];
  }
  return a === null || b === null ? [] : diffLevel(a, b, { parent: to.name, rolling: false });
}

function keyOf({ strategy, columns, modulus }: LevelModel): unknown {
  return [strategy, columns, modulus];
}
