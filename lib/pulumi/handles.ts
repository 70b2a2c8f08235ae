import { nothingOfTheKind } from "./errors";

/** What was declared but has no resource in this domain: asking for it says why instead of giving `undefined`. */
export interface Absent {
  /** The component's name. */
  readonly component: string;
  /** The record's name: `topics`. */
  readonly what: string;
  readonly why: string;
}

/** Resources by the names of the declaration. Names without a resource are not listed, and say why when they are asked for. */
export function handles<N extends string, R>(
  declared: readonly string[],
  keys: Readonly<Record<string, string>>,
  get: (key: string) => R,
  absent: Absent,
): { readonly [X in N]: R } {
  const record = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, get(key)]));
  for (const name of declared.filter((each) => !(each in keys))) {
    const fail = (): never => {
      throw nothingOfTheKind(absent.component, `${absent.what}.${name}`, absent.why);
    };
    Object.defineProperty(record, name, { enumerable: false, get: fail });
  }
  // the names come from the declaration that the names' type was taken from
  return record as { readonly [X in N]: R };
}
