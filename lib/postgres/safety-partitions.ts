import type { TableChange } from "./diff";
import type { LeafModel, LevelModel, PartitionModel } from "./model";
import { levelOf } from "./partitions";
import { quoteIdent } from "./quote";
import { allow, brief, destroying, harmless, refuse, replacing, type Situation, type Verdict } from "./verdict";

type Of<K extends TableChange["kind"]> = Extract<TableChange, { kind: K }>;

/** What of a table's partitions may change. */
export function judgePartitionChange(
  change: Of<
    | "change-partitioning"
    | "add-partition"
    | "drop-partition"
    | "change-partition"
    | "detach-partition"
    | "finish-detach"
    | "drop-passing-check"
  >,
  situation: Situation,
): Verdict {
  switch (change.kind) {
    case "change-partitioning":
      return refuse(
        "PG406",
        "partitioning",
        `change the partitioning from ${levelText(change.from)} to ${levelText(change.to)}`,
        replacing,
        "rows do not move by themselves; keep it as it is, or declare a new table and copy the rows",
      );
    case "add-partition":
      return judgeNewPartition(change, situation);
    case "drop-partition":
      return judgeDroppedPartition(change);
    case "change-partition":
      return judgeChangedPartition(change);
    case "detach-partition":
      return allow(
        "partitioning",
        `detach partition "${change.partition.name}", which stays on the server as a table of its own (${change.partition.detached ?? ""})`,
        brief,
      );
    case "finish-detach":
      return allow("partitioning", `complete the detaching of partition "${change.partition}"`, brief);
    case "drop-passing-check":
      return allow("partitioning", `drop check "${change.check}" of "${change.on}"`, brief);
  }
}

function judgeNewPartition({ partition }: Of<"add-partition">, { strayRows = [] }: Situation): Verdict {
  const change = `add partition "${partition.name}" (${boundText(partition)})`;
  if (!strayRows.includes(partition.name)) return allow("partitioning", change, brief);
  return refuse(
    "PG431",
    "partitioning",
    change,
    harmless,
    `rows of it are in the default partition, and Postgres doesn't move them; move them by hand in one transaction (CREATE TABLE ${quoteIdent(partition.name)} (LIKE …), WITH moved AS (DELETE FROM the default partition … RETURNING *) INSERT INTO ${quoteIdent(partition.name)} …, ALTER TABLE … ATTACH PARTITION ${quoteIdent(partition.name)} …), and plan again; or leave the partition out`,
  );
}

function judgeChangedPartition({ from, to }: Of<"change-partition">): Verdict {
  return refuse(
    "PG419",
    "partitioning",
    `change partition "${to.name}" from ${boundText(from)} to ${boundText(to)}`,
    replacing,
    'its rows would have to move; keep it as it is and add another partition beside it, or detach it first (detached: "<why>") and declare new ones under other names',
  );
}

function judgeDroppedPartition({ partition, parent }: Of<"drop-partition">): Verdict {
  const name = quoteIdent(partition.name);
  return refuse(
    "PG418",
    "partitioning",
    `remove partition "${partition.name}" (${boundText(partition)})`,
    destroying,
    `its rows would be gone from the table; keep it in the declaration with detached: "<why>", which takes it off and keeps it on the server as a table of its own; or run ALTER TABLE ${quoteIdent(parent)} DETACH PARTITION ${name} CONCURRENTLY by hand, and then leave it out`,
  );
}

/** A level in a few words: `hash (id) modulus 8`. */
export function levelText(level: LevelModel | null): string {
  if (level === null) return "none";
  const { strategy, columns, modulus } = level;
  return `${strategy} (${columns.join(", ")})${modulus === null ? "" : ` modulus ${modulus}`}`;
}

/** A bound in a few words. */
export function boundText(partition: LeafModel | PartitionModel): string {
  const level = levelOf(partition);
  const below = level === null ? "" : `, then ${levelText(level)}`;
  const { values, from, to } = partition;
  const { detached } = partition;
  if (detached !== null) return `detached (${detached})`;
  if (partition.default) return `default${below}`;
  if (values.length > 0) return `in ${values.join(", ")}${below}`;
  return `from ${from.join(", ")} to ${to.join(", ")}${below}`;
}
