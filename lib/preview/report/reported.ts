import type { Change, Finding, RiskClass } from "../diff/types";
import { headline } from "./render-diff-text";
import { acceptance, concerned, lossesOf } from "./wording";

/** How loud a finding is told in lists of findings. */
export type Level = "error" | "warning" | "note";

const LEVELS: Readonly<Record<RiskClass, Level>> = { refused: "error", risky: "warning", safe: "note" };

/** What is accepted is told, but nobody has to look at it again. */
export function levelOf({ class: risk, accepted }: Finding): Level {
  return accepted === null ? LEVELS[risk] : "note";
}

/** All that is to be said of a finding, a sentence a line. */
export function reportLines(change: Change, finding: Finding): readonly string[] {
  const { title, happens, wayOut, accepted, facts, pointer, id, class: risk } = finding;
  const losses = lossesOf(facts).map((each) => `${each.toUpperCase()}: `);
  const who = concerned(change);
  return [
    `${losses.join("")}${headline(change)}: ${title}`,
    `What happens: ${happens}`,
    ...(pointer === null ? [] : [`Where in the payload: ${pointer}`]),
    ...(who === "" ? [] : [`Concerns: ${who}`]),
    ...(wayOut === null ? [] : [`The way out: ${wayOut}`]),
    ...(accepted === null ? [] : [`Accepted: ${accepted}`]),
    ...(accepted === null && risk === "risky" ? [`To accept exactly this: ${acceptance(id)}`] : []),
    `Declared at: ${change.path}`,
  ];
}
