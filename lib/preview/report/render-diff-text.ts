import { printable } from "../printable";
import type { Action, Change, DeployStep, Finding, RiskClass, TopologyDiff } from "../diff/types";
import { plainStyle, renderTree, type TextStyle, type TreeNode } from "../tree";
import { count } from "../words";
import { acceptance, concerned, lossesOf } from "./wording";

/** What differs, as a tree for people: the worst first, then the order in which to deploy. Ends with a line feed. */
export function renderDiffText(diffs: readonly TopologyDiff[], style: TextStyle = plainStyle): string {
  return diffs.map((each) => renderTree(tree(each), style)).join("\n");
}

const HEADINGS: readonly (readonly [RiskClass, string])[] = [
  ["refused", "REFUSED: cannot be done this way"],
  ["risky", "RISKY: somebody has to think first"],
  ["safe", "safe"],
];

function tree(diff: TopologyDiff): TreeNode {
  if (diff.changes.length === 0) return { label: diff.domain, detail: "no changes" };
  const groups = HEADINGS.map(([risk, label]) => ({
    label,
    changes: diff.changes.filter((each) => each.class === risk),
  }));
  return {
    label: diff.domain,
    detail: countsOf(diff),
    children: [
      ...groups
        .filter(({ changes }) => changes.length > 0)
        .map(({ label, changes }): TreeNode => ({ label, children: changes.map(changeNode) })),
      ...(diff.steps.length === 0 ? [] : [{ label: "order to deploy", children: diff.steps.map(stepNode) }]),
      ...diff.staleAcceptances.map((each) => ({ label: "accepted, but there is no such change", detail: each })),
    ],
  };
}

/** What was done about so many. */
const DONE: Readonly<Record<Action, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  move: "renamed",
  forget: "kept on the server but left",
  destroy: "destroyed",
};

/** `1 refused, 2 risky, 1 accepted, 3 safe; 4 created, 2 updated`. */
export function countsOf(diff: TopologyDiff): string {
  return `${risksOf(diff)}; ${workOf(diff)}`;
}

/** `1 refused, 2 risky`, and before it whether the domain is new or leaves. */
export function risksOf({ classes, base, head }: TopologyDiff): string {
  const risks = (["refused", "risky", "accepted", "safe"] as const).filter((each) => classes[each] > 0);
  return [
    ...(base === "absent" ? ["a new domain"] : head === "absent" ? ["the domain leaves"] : []),
    risks.map((each) => `${classes[each]} ${each}`).join(", "),
  ].join("; ");
}

/** `4 created, 2 updated`. */
export function workOf({ actions }: TopologyDiff): string {
  const done = (Object.keys(DONE) as Action[]).filter((each) => actions[each] > 0);
  return done.map((each) => `${actions[each]} ${DONE[each]}`).join(", ");
}

/** What happens to what, in a few words: `topic orders.paid: partitions grow from 12 to 24`. */
export function headline(change: Change): string {
  const verb = change.kind === "rename" ? "rename" : change.action;
  return `${verb} ${object(change)}`;
}

/** `topic orders.paid`. */
export function object({ kind, name }: Change): string {
  if (kind === "rename") return name;
  return `${kind.replace(/^(kafka|rabbitmq|postgres)-/, "")} ${name}`;
}

function changeNode(change: Change): TreeNode {
  const { findings, path } = change;
  const plain = change.class === "safe" && findings.length === 1;
  const who = concerned(change);
  const label = headline(change);
  if (plain) return { label, detail: [findings[0]?.title, path].filter(Boolean).join("; ") };
  return {
    label,
    detail: path,
    children: [...findings.map(findingNode), ...(who === "" ? [] : [{ label: "concerns", detail: who }])],
  };
}

function findingNode({
  code,
  title,
  happens,
  wayOut,
  acceptable,
  accepted,
  facts,
  id,
  class: risk,
}: Finding): TreeNode {
  const losses = lossesOf(facts).map((each) => each.toUpperCase());
  const children: TreeNode[] = [{ label: "what happens", detail: happens }];
  if (wayOut !== null) children.push({ label: "the way out", detail: wayOut });
  if (accepted !== null) children.push({ label: "accepted", detail: accepted });
  else if (acceptable) children.push({ label: "to accept", detail: acceptance(id) });
  return { label: `${[...losses, code].join(" ")} ${printable(title)}`, children: risk === "safe" ? [] : children };
}

function stepNode({ sentence }: DeployStep, index: number): TreeNode {
  return { label: `${index + 1}. ${sentence}` };
}

/** `3 changes`. */
export function changeCount(diffs: readonly TopologyDiff[]): string {
  return count(
    diffs.reduce((sum, each) => sum + each.changes.length, 0),
    "change",
  );
}
