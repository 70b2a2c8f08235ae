import { generatedBy } from "../../topology/generation";
import type { Facts, RiskClass } from "../diff/types";
import { same } from "../same";
import type { RiskCode } from "./codes";

/** What a rule says of one difference. */
export interface Judged {
  readonly code: RiskCode;
  readonly attribute: string | null;
  readonly pointer?: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly class: RiskClass;
  readonly facts?: Partial<Facts>;
  readonly title: string;
  readonly happens: string;
  readonly source?: string;
  readonly wayOut?: string;
  /** How an acceptance names what is refused unless it is accepted. @default - what is refused can't be accepted */
  readonly acceptAs?: string;
}

/** What a rule may ask besides the two sides. */
export interface Around {
  /** The consumers that take messages through a resource, in the base or the head. */
  readonly consumersOf: (key: string) => readonly string[];
}

/** Attributes that say what a resource is on its server. */
export type Settings<R> = Exclude<keyof R, "kind" | "key" | "path" | "part" | "dependsOn">;

/** One rule for each setting: a setting without a rule does not compile. */
export type Rules<R> = {
  readonly [A in Settings<R>]: (from: R, to: R, around: Around) => readonly Judged[];
};

/** All that the rules find in two versions of a resource. */
export function judgeAll<R>(rules: Rules<R>, from: R, to: R, around: Around): readonly Judged[] {
  const found: Judged[] = [];
  for (const name of Object.keys(rules) as Settings<R>[]) {
    if (!same(from[name], to[name])) found.push(...rules[name](from, to, around));
  }
  return found;
}

/** What differs in two records, by name in order. */
export function differences<V>(
  from: Readonly<Record<string, V>>,
  to: Readonly<Record<string, V>>,
): readonly { readonly name: string; readonly from: V | null; readonly to: V | null }[] {
  const names = Object.keys(from).filter((name) => from[name] !== to[name]);
  for (const name of Object.keys(to)) if (!Object.hasOwn(from, name)) names.push(name);
  return names.sort().map((name) => ({ name, from: from[name] ?? null, to: to[name] ?? null }));
}

/** The guided way for what cannot change in place; null where there is none. */
export function nextGeneration(key: string): string | null {
  const generated = generatedBy(key);
  if (generated === null) return null;
  return `declare ${generated.of} with generation: ${generated.generation + 1}, beside the old one`;
}

export function words(value: unknown): string {
  return value === null || value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);
}

/** For what no declaration can change: only a lock that was changed by hand has it. */
export function fixedForEver(code: RiskCode, attribute: string, from: unknown, to: unknown, wayOut: string): Judged {
  return {
    code,
    attribute,
    from,
    to,
    class: "refused",
    facts: { replaces: true, losesData: true },
    title: `${attribute} changes from ${words(from)} to ${words(to)}`,
    happens: "it would have to be made anew, without what it holds",
    wayOut,
  };
}
