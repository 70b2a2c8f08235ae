import { count, counts } from "../words";
import { groupBy } from "../group-by";
import { printable } from "../printable";
import type { PlanComparison, PlanFinding } from "./compare-plan";
import type { PlannedAttribute, PlannedChange } from "./types";

const MARKS: Readonly<Record<PlannedChange["action"], string>> = {
  create: "+",
  update: "~",
  replace: "-/+",
  delete: "-",
  forget: ".",
  import: "<",
  move: ">",
  read: "?",
  none: " ",
};

/** The plan and what is to say about it, for a terminal or a log. Ends with a line feed. */
export function renderPlanText(comparison: PlanComparison): string {
  const { plan, findings } = comparison;
  const lines = [
    `${engineName(comparison)} plan: ${summary(comparison)}`,
    ...plan.changes.flatMap((change) => [
      `  ${MARKS[change.action]} ${change.action} ${change.key ?? change.address} (${change.name})${change.drift ? ", changed by hand" : ""}`,
      ...change.attributes.map((each) => `      ${attributeLine(each)}`),
      ...change.ddl.map((each) => `      ${each}`),
    ]),
    ...findings.map((each) => `${LOUD[each.severity]}${findingLine(each)}`),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join("");
}

/** The same as a section of a comment. */
export function renderPlanMarkdown(comparison: PlanComparison): string {
  const { plan, findings } = comparison;
  const rows = plan.changes.map(
    (change) =>
      `| ${change.action} | ${code(change.key ?? change.address)} | ${code(change.name)} | ${change.attributes.map((each) => code(attributeLine(each))).join("<br>")} |`,
  );
  return [
    `### What ${engineName(comparison)} is going to do`,
    "",
    `${summary(comparison)}.`,
    ...(findings.length === 0
      ? []
      : ["", ...findings.map((each) => `- ${EMPHASIS[each.severity](code(findingLine(each)))}`)]),
    ...(rows.length === 0 ? [] : ["", "| action | resource | name | values |", "|---|---|---|---|", ...rows]),
    "",
  ].join("\n");
}

/** The same for programs. */
export function renderPlanJson({ plan, findings, agreed }: PlanComparison): object {
  const { engine, changes, foreign, errors } = plan;
  return { engine, changes, foreign, errors, findings, agreed };
}

const LOUD: Readonly<Record<PlanFinding["severity"], string>> = { stop: "STOP  ", look: "look  ", note: "note  " };
const EMPHASIS: Readonly<Record<PlanFinding["severity"], (text: string) => string>> = {
  stop: (text) => `**STOP** ${text}`,
  look: (text) => text,
  note: (text) => text,
};

function engineName({ plan }: PlanComparison): string {
  return plan.engine === "pulumi" ? "Pulumi" : "Terraform";
}

function summary({ plan, agreed }: PlanComparison): string {
  const { changes, foreign } = plan;
  const actions = [...groupBy(changes, ({ action }) => action)].map(([action, all]) => `${all.length} to ${action}`);
  const others = counts([
    [foreign.changed, "foreign change"],
    [foreign.untouched, "foreign resource"],
  ]);
  return [
    actions.length === 0 ? "no changes" : actions.join(", "),
    `${count(agreed, "change")} as the locks say`,
    ...(others === "" ? [] : [`${others} left alone`]),
  ].join("; ");
}

function findingLine({ code: name, message, fix }: PlanFinding): string {
  return `${name} ${message} (fix: ${fix})`;
}

function attributeLine({ attribute, from, to }: PlannedAttribute): string {
  return `${attribute}: ${short(from)} -> ${short(to)}`;
}

const LONGEST_VALUE = 120;

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, " "));
}

/** As code, in which Markdown and HTML have no meaning, in a table too. */
function code(text: string): string {
  const escaped = oneLine(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[|`*_[\]\\~@#:]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<code>${escaped}</code>`;
}
