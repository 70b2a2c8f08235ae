import { printable } from "../printable";
import type { Change, DeployStep, Finding, RiskClass, TopologyDiff } from "../diff/types";
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

/** `1 refused, 2 risky (1 accepted), 3 safe; 4 created, 2 updated`. */
export function countsOf({ classes, actions, base, head }: TopologyDiff): string {
  const risks = (["refused", "risky", "accepted", "safe"] as const).filter((each) => classes[each] > 0);
  const words = {
    create: "created",
    update: "updated",
    replace: "replaced",
    forget: "kept on the server but left",
    destroy: "destroyed",
  };
  const done = (Object.keys(words) as (keyof typeof words)[]).filter((each) => actions[each] > 0);
  return [
    ...(base === "absent" ? ["a new domain"] : head === "absent" ? ["the domain leaves"] : []),
    risks.map((each) => `${classes[each]} ${each}`).join(", "),
    done.map((each) => `${actions[each]} ${words[each]}`).join(", "),
  ].join("; ");
}

/** What happens to what, in a few words: `topic orders.paid: partitions grow from 12 to 24`. */
export function headline({ kind, name, action }: Change): string {
  return `${action} ${kind.replace(/^(kafka|rabbitmq|postgres)-/, "")} ${name}`;
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

function findingNode({ code, title, happens, wayOut, accepted, facts, id, class: risk }: Finding): TreeNode {
  const losses = lossesOf(facts).map((each) => each.toUpperCase());
  const children: TreeNode[] = [{ label: "what happens", detail: happens }];
  if (wayOut !== null) children.push({ label: "the way out", detail: wayOut });
  if (accepted !== null) children.push({ label: "accepted", detail: accepted });
  else if (risk === "risky") children.push({ label: "to accept", detail: acceptance(id) });
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
