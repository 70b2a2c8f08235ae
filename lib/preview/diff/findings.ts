import type { Facts, Finding, RiskClass } from "./types";
import { type Judged, words } from "../risks/rule";

const CLASSES: readonly RiskClass[] = ["safe", "risky", "refused"];

export function worstOf(classes: readonly RiskClass[]): RiskClass {
  let worst: RiskClass = "safe";
  for (const each of classes) if (CLASSES.indexOf(each) > CLASSES.indexOf(worst)) worst = each;
  return worst;
}

/** How much of a value stands in an id; the rest is told apart by a check sum. */
const LONGEST = 60;

/**
 * Judgements with their ids. An id holds both values, so that accepting one change never approves another.
 *
 * @param accepted - reasons by id
 */
export function findingsOf(
  key: string,
  judged: readonly Judged[],
  accepted: ReadonlyMap<string, string>,
): readonly Finding[] {
  return judged.map((each) => findingOf(key, each, accepted));
}

const NO_FACTS: Facts = {
  locks: [],
  losesData: false,
  breaksOrder: false,
  replaces: false,
  locksTable: "none",
  needsOrder: false,
  breaksConsumers: false,
};

function findingOf(key: string, judged: Judged, accepted: ReadonlyMap<string, string>): Finding {
  const { code, attribute, pointer, from, to, facts, title, happens, source, wayOut, acceptAs } = judged;
  const place = `${attribute === null ? "" : ` ${attribute}`}${pointer === undefined ? "" : ` ${pointer}`}`;
  const id = acceptAs === undefined ? `${key}${place} ${short(from)} -> ${short(to)}` : `${key} ${acceptAs}`;
  return {
    id,
    code,
    attribute,
    pointer: pointer ?? null,
    from,
    to,
    class: judged.class,
    facts: facts === undefined ? NO_FACTS : { ...NO_FACTS, ...facts },
    title,
    happens,
    source: source ?? null,
    wayOut: wayOut ?? null,
    // the rest of what is refused cannot be done, whoever accepts it
    acceptable: judged.class === "risky" || acceptAs !== undefined,
    accepted: judged.class === "risky" || acceptAs !== undefined ? (accepted.get(id) ?? null) : null,
  };
}

function short(value: unknown): string {
  const text = words(value);
  if (text.length <= LONGEST) return text;
  let sum = 5381;
  for (let index = 0; index < text.length; index++) sum = (Math.imul(sum, 33) ^ text.charCodeAt(index)) >>> 0;
  return `${text.slice(0, LONGEST)}…${sum.toString(16)}`;
}
