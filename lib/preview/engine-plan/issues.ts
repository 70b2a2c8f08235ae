import type { Issue } from "../../domain/issues";

/** What can be wrong with an engine's plan, and where it departs from what the locks say. A code never changes its meaning. */
export const planCodes = {
  PL901: { title: "not JSON, or cut off", fix: "write the file again, and let the engine finish" },
  PL902: {
    title: "a saved plan, which only Terraform can read",
    fix: "turn it into JSON: terraform show -json plan.bin > plan.json",
  },
  PL903: {
    title: "not a plan",
    fix: "write one by `terraform show -json plan.bin` or `pulumi preview --json`",
  },
  PL904: { title: "a plan of a newer format", fix: "install a newer version of this package" },
  PL905: { title: "a plan with something missing", fix: "write the file again; do not edit it" },
  PL906: { title: "cannot be read", fix: "name a file that is there, with the engine's plan as JSON" },
  PL910: {
    title: "the engine replaces or destroys what should stay",
    fix: "do not deploy; find out which attribute forces it, and undo that",
  },
  PL911: {
    title: "the engine changes what somebody has changed by hand",
    fix: "deploy to undo the change by hand, or put it into the declaration",
  },
  PL912: {
    title: "the engine changes what the locks do not",
    fix: "run `eventloom lock`, or compare with the lock of what was last deployed",
  },
  PL913: {
    title: "the engine leaves alone what the locks change",
    fix: "nothing to do where it is deployed already; else plan with the code of this lock",
  },
  PL914: {
    title: "nothing in the plan belongs to the domain",
    fix: "give the plan of the stack that deploys this domain",
  },
  PL915: { title: "the engine has given up, so its plan is incomplete", fix: "read what it printed, and plan again" },
  PL916: {
    title: "the engine does otherwise than the locks say",
    fix: "compare with the lock of what was last deployed",
  },
  PL917: {
    title: "the engine is going to do what is refused",
    fix: "do not deploy; take the way out that the refusal names",
  },
} as const satisfies Readonly<Record<string, { title: string; fix: string }>>;

/** A code of {@link planCodes}. */
export type PlanCode = keyof typeof planCodes;

/** @param path where in the file; `plan` for the whole of it */
export function planIssue(code: PlanCode, path: string, detail?: string): Issue {
  const { title, fix } = planCodes[code];
  return { code, path, message: detail === undefined ? title : `${title}: ${detail}`, fix };
}
