import { isRenaming } from "../../lock/column-phases";
import type { ColumnPhase } from "../../lock/profile";
import { type RenamedColumnReport, reportRenamedColumns } from "../column-phases";
import { step } from "./generation-steps";
import type { Change, DeployStep } from "./types";

/** How services get from a column's former name to the new one, after the deploy that has added it. */
export function columnSteps(domain: string, changes: readonly Change[]): readonly DeployStep[] {
  return changes.flatMap((change) => {
    const { from, to } = change;
    if (to === null || !isRenaming(to)) return [];
    const before = from !== null && isRenaming(from) ? from.renamedColumns : [];
    return reportRenamedColumns({ resources: [to] })
      .filter((each) => !before.some((known) => known.from === each.from && known.to === each.to))
      .flatMap((each) => walk(domain, each, change));
  });
}

function walk(domain: string, column: RenamedColumnReport, change: Change): readonly DeployStep[] {
  const { from, to, table } = column;
  const say = (phase: ColumnPhase, then: string): DeployStep =>
    step(
      "infrastructure",
      domain,
      `say columns: { ${JSON.stringify(column.name)}: "${phase}" } in the profile and deploy ${domain}: ${then}`,
      [change],
    );
  return [
    say("fill", `rows of ${table} from before get ${to} too`),
    step("service", domain, `deploy the services that read or write ${table}.${from}: they use ${to}`, [change]),
    say("switch", `${from} may be null`),
    say("retire", `nothing writes ${from} any more, and it stays with its values`),
  ];
}
