import type { PublicationChange } from "./diff-publication";
import { formatPart } from "./import-id";
import { allow, type ChangeFacts, harmless, refuse, type Situation, type Verdict } from "./verdict";

/** What is not published is not sent later either: to a replica or a connector it never happened. */
const losing: ChangeFacts = { losesData: true, replaces: false, locksTable: "none" };

/**
 * A publication may send more to those who read it. To send less is refused as long as anybody reads from the database: the server
 * doesn't say which slot reads which publication.
 */
export function judgePublicationChange(change: PublicationChange, { readers = "unknown" }: Situation): Verdict {
  switch (change.kind) {
    case "create-publication":
      return allow(null, `create publication ${formatPart(change.publication.name)}`, harmless);
    case "comment-publication":
      return allow("comment", "change the comment", harmless);
    case "change-published-tables":
      return change.lost.length === 0 || readers === "none"
        ? allow("tables", "change what is published", harmless)
        : less("tables", `publish no longer ${change.lost.join(", ")}`);
    case "change-published-operations":
      return change.lost.length === 0 || readers === "none"
        ? allow("operations", "change which operations are published", harmless)
        : less("operations", `publish no longer ${change.lost.join(", ")}`);
    case "change-partition-root":
      return readers === "none"
        ? allow("viaPartitionRoot", "change whether rows of partitions are published as the table's", harmless)
        : less("viaPartitionRoot", "publish rows of partitions under other names");
    case "drop-publication":
      return readers === "none"
        ? allow(null, `drop publication ${formatPart(change.publication.name)}`, harmless)
        : less(null, `drop publication ${formatPart(change.publication.name)}`);
    case "rename-publication":
      return refuse(
        "PG410",
        "name",
        `rename ${formatPart(change.from.name)} to ${formatPart(change.to.name)}`,
        { ...harmless, replaces: true },
        `those who read it name it; keep the name, or declare ${formatPart(change.to.name)} beside it and move them over`,
      );
  }
}

/** Whether {@link judgePublicationChange} depends on whether anybody reads. */
export function dependsOnReaders(change: PublicationChange): boolean {
  switch (change.kind) {
    case "change-published-tables":
    case "change-published-operations":
      return change.lost.length > 0;
    case "change-partition-root":
    case "drop-publication":
      return true;
    default:
      return false;
  }
}

function less(attribute: string | null, change: string): Verdict {
  const wayOut =
    "who replicates from this database by a slot would lose changes for good, and not notice; declare a second publication, move them over and drop their slots, or do it by hand (ALTER PUBLICATION, DROP PUBLICATION) and then declare it so";
  return refuse("PG442", attribute, change, losing, wayOut);
}
