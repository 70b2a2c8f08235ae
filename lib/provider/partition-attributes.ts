import { stable } from "../postgres/diff";
import type { ColumnModel, PartitioningModel, PartitionModel } from "../postgres/model";
import { canonicalPartitioning } from "../postgres/partitions";
import { isMap, type Attributes, type Value } from "./value";

/**
 * A table's partitioning among its attributes. What a bound means depends on the columns' types, so it is compared here rather than
 * attribute by attribute; and of a rolling rule the engine's state counts, not the copy in the table's comment.
 */

/** Whether both mean the same. */
export function samePartitioning(a: Attributes, b: Attributes): boolean {
  const [one, other] = [partitioningOf(a), partitioningOf(b)];
  if (one === null || other === null) return one === other;
  return stable(canonicalPartitioning(one, columnsOf(a))) === stable(canonicalPartitioning(other, columnsOf(b)));
}

/**
 * What is on the server, spelt and ordered as in the prior state wherever that means the same: without the leaves that the rule made,
 * and with those that are detached as was declared.
 */
export function respellPartitioning(live: Attributes, prior: Attributes): Value {
  const [now, before] = [partitioningOf(live), partitioningOf(prior)];
  if (now === null || before === null) return live["partitioning"] ?? null;
  const columns = columnsOf(live);
  const same = (a: PartitionModel, b: PartitionModel): boolean =>
    stable(canonicalPartitioning({ ...now, partitions: [a] }, columns)) ===
    stable(canonicalPartitioning({ ...now, partitions: [b] }, columns));
  const known = before.partitions.flatMap((each) => {
    const found = now.partitions.find(({ name }) => name === each.name);
    if (found === undefined) return each.detached === null ? [] : [each];
    return [same(found, each) ? each : found];
  });
  const names = new Set(before.partitions.map(({ name }) => name));
  const others = now.partitions.filter(({ name }) => !names.has(name));
  const strange = before.rolling === null ? others : others.filter((each) => each.default);
  const spelt = { ...now, partitions: [...known, ...strange], rolling: before.rolling };
  return spelt as unknown as Value;
}

function partitioningOf(attributes: Attributes): PartitioningModel | null {
  const value = attributes["partitioning"];
  return isMap(value) ? (value as unknown as PartitioningModel) : null;
}

function columnsOf(attributes: Attributes): readonly ColumnModel[] {
  return attributes["columns"] as unknown as readonly ColumnModel[];
}
