import type { DomainDefinition } from "./definition";
import { DeclarationError, type Issue, show } from "./issues";
import { resolveDomain } from "./resolve";
import type { AnyDomain, DomainInput, EventHandle, EventNames, Model, PayloadsOf } from "./types";

/* eslint-disable @typescript-eslint/no-empty-object-type -- {} is "no commands", as hover shows it */

/** A checked domain. `definition` is its data; the rest are typed names. */
export interface Domain<Name extends string, A, C, K extends string, J, G extends string> {
  readonly name: Name;
  /** Everything that was declared, defaults filled in. */
  readonly definition: DomainDefinition;
  /** What may be declared so, but somebody should know of: `eventloom check` shows them, and so do the engines' previews. */
  readonly warnings: readonly Issue[];
  readonly events: { readonly [N in EventNames<A>]: EventHandle<N, PayloadsOf<A, N>> };
  readonly commands: { readonly [N in keyof C & string]: { readonly name: N } };
  readonly consumers: { readonly [N in K]: { readonly name: N } };
  readonly projections: {
    readonly [N in keyof J & string]: { readonly name: N; readonly columns: { readonly [X in keyof J[N]]: X } };
  };
  readonly sagas: { readonly [N in G]: { readonly name: N } };
  /** Types only: there is nothing here at run time. */
  readonly "~types": Model<A, C, J>;
}

/**
 * Declares a domain: its aggregates with their events, its commands, who consumes what, its projections and sagas. Pure data is
 * all that comes of it; {@link compile} turns it into topics, queues and tables.
 *
 * @param name - kebab-case, at most 50 characters: the start of every topic's and queue's name, and the Postgres schema
 * @param input - the declaration
 * @throws DeclarationError with every mistake at once: code, path, value received, values allowed, the fix
 */
export function defineDomain<
  const Name extends string,
  A,
  C = {},
  K extends string = never,
  J = {},
  G extends Record<string, readonly string[]> = {},
>(name: Name, input: DomainInput<A, C, K, J, G>): Domain<Name, A, C, K, J, keyof G & string> {
  const { definition, issues, warnings } = resolveDomain(name, input);
  if (issues.length > 0) throw new DeclarationError(`domain ${show(name)}`, issues);
  const named = (record: object): Record<string, { name: string }> =>
    Object.fromEntries(Object.keys(record).map((each) => [each, { name: each }]));
  const domain = {
    name,
    definition,
    warnings,
    events: Object.fromEntries(
      Object.values(definition.events).map((each) => [each.name, { name: each.name, latest: each.versions.length }]),
    ),
    commands: named(definition.commands),
    consumers: named(definition.consumers),
    projections: Object.fromEntries(
      Object.values(definition.projections).map((each) => [
        each.name,
        { name: each.name, columns: Object.fromEntries(each.columns.map((column) => [column.name, column.name])) },
      ]),
    ),
    sagas: named(definition.sagas),
  };
  // the type carries names and payloads that run-time values cannot prove; `resolveDomain` has checked the values
  return deepFreeze(domain) as unknown as Domain<Name, A, C, K, J, keyof G & string>;
}

/** Whether a value is a domain, also one that another copy of this package made. */
export function isDomain(value: unknown): value is AnyDomain & { readonly definition: DomainDefinition } {
  const definition = (value as { definition?: Partial<DomainDefinition> } | null | undefined)?.definition;
  return (
    typeof definition?.name === "string" &&
    typeof definition.aggregates === "object" &&
    Array.isArray(definition.brokers)
  );
}

/** A domain's warnings; none for one of a version of this package that had none yet. */
export function warningsOf(domain: AnyDomain): readonly Issue[] {
  const { warnings } = domain as { readonly warnings?: unknown };
  return Array.isArray(warnings) ? (warnings as readonly Issue[]) : [];
}

export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
