import type { SagaModel } from "../../topology/types";
import { same } from "../same";
import { type Judged, words } from "./rule";

const RUNNING = "instances that run keep the steps that they have done, and go on with the new ones";

/** What a change does to instances that are under way. */
export function judgeSaga(from: SagaModel, to: SagaModel): readonly Judged[] {
  return [
    ...(from.startedBy === to.startedBy ? [] : [startedBy(from, to)]),
    ...(same(from.steps.map(withoutTimeout), to.steps.map(withoutTimeout)) ? timeouts(from, to) : [steps(from, to)]),
  ];
}

function withoutTimeout({ timeoutMs: _, ...rest }: SagaModel["steps"][number]): unknown {
  return rest;
}

function startedBy(from: SagaModel, to: SagaModel): Judged {
  return {
    code: "SG803",
    attribute: "startedBy",
    from: from.startedBy,
    to: to.startedBy,
    class: "risky",
    facts: { needsOrder: true },
    title: `started by ${to.startedBy} instead of ${from.startedBy}`,
    happens: "what is between the two events when it is deployed is started twice or not at all",
    wayOut: "let no instance be started while it is deployed, or start the missing ones by hand",
  };
}

function steps(from: SagaModel, to: SagaModel): Judged {
  const sequence = (saga: SagaModel): string => saga.steps.map((each) => each.command).join(", ");
  const added = to.steps.length > from.steps.length && same(from.steps.map(withoutTimeout), to.steps.slice(0, from.steps.length).map(withoutTimeout)); // prettier-ignore
  return {
    code: "SG801",
    attribute: "steps",
    from: sequence(from),
    to: sequence(to),
    class: "risky",
    facts: { needsOrder: true },
    title: added
      ? `steps are added at the end: ${sequence(to)}`
      : `steps change from ${sequence(from)} to ${sequence(to)}`,
    happens: added ? `${RUNNING}: those that are at their last step do more than they were started for` : `${RUNNING}: a step that was inserted, moved or taken out before where one stands is skipped or done twice, and compensations go by the new list`, // prettier-ignore
    wayOut:
      "let the running instances end first (stop what starts new ones), or declare a new saga beside it and retire this one",
  };
}

function timeouts(from: SagaModel, to: SagaModel): readonly Judged[] {
  return to.steps.flatMap((step, index): readonly Judged[] => {
    const before = from.steps[index]?.timeoutMs ?? null;
    if (before === step.timeoutMs) return [];
    const shorter = step.timeoutMs !== null && (before === null || step.timeoutMs < before);
    return [
      {
        code: "SG802",
        attribute: `steps[${index}].timeout`,
        from: before,
        to: step.timeoutMs,
        class: shorter ? "risky" : "safe",
        title: `${step.command} is waited for ${words(step.timeoutMs)} ms instead of ${words(before)} ms`,
        happens: "timeouts that are already set stay as they are; new ones go by the new value",
        ...(shorter ? { wayOut: "see that the handler answers in that time also on a bad day" } : {}),
      },
    ];
  });
}
