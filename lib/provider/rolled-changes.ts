import type { Change, TableChange } from "../postgres/diff";
import type { PartitionModel, TableModel } from "../postgres/model";
import { strayRowsQuery, withoutNewDefaults } from "../postgres/plan";
import { rollPartitions } from "../postgres/rolling";
import type { Decide } from "./decision";

/** The changes of an object together with those that its rolling rule asks for. */
export interface WithRolled {
  readonly changes: readonly Change[];
  /** Leaves of the rule; of a table that is made, they are made with it. */
  readonly rolled: readonly PartitionModel[];
  /** New partitions of which the default one holds rows. */
  readonly strays: readonly string[];
  /** Leaves of the rule that are such partitions. */
  readonly postponed: readonly TableChange[];
}

export async function withRolled(found: readonly Change[], asked: Decide): Promise<WithRolled> {
  const { present, wanted, now, holds } = asked;
  if (wanted.kind !== "table") return { changes: found, rolled: [], strays: [], postponed: [] };
  const { model } = wanted;
  const rolled = rollPartitions(model, now, present?.memory.ranges ?? []).create;
  // A table that is spread otherwise is refused as a whole.
  const otherwise = found.some(({ kind }) => kind === "change-partitioning");
  const added = present === null || otherwise ? [] : rolled.map((partition) => leafOfRule(partition, model));
  const all = [...(found as readonly TableChange[]), ...added];
  const strays = await strayRows(all, model, holds);
  const postponed = added.filter(({ partition }) => strays.includes(partition.name));
  return { changes: all.filter((each) => !postponed.some((other) => other === each)), rolled, strays, postponed };
}

type AddPartition = Extract<TableChange, { kind: "add-partition" }>;

function leafOfRule(partition: PartitionModel, { name }: TableModel): AddPartition {
  return { kind: "add-partition", partition, parent: name, rolled: true };
}

async function strayRows(
  changes: readonly TableChange[],
  table: TableModel,
  holds: Decide["holds"],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const change of changes) {
    if (change.kind !== "add-partition") continue;
    const query = strayRowsQuery(change, withoutNewDefaults(table, changes));
    if (query !== null && (await holds(query.from, query.where))) found.push(change.partition.name);
  }
  return found;
}
