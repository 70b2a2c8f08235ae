import { AssertionError } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { nearest } from "../domain/issues";

/** A value of which only some properties are said; lists are said as a whole. */
export type PartialDeep<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: PartialDeep<T[K]> }
    : T;

/** @throws AssertionError with the difference, where `actual` lacks something of `expected` or has it otherwise */
export function assertHas<T>(what: string, actual: T, expected: PartialDeep<T>): void {
  const found = sameShape(actual, expected);
  if (isDeepStrictEqual(found, expected)) return;
  const { message } = new AssertionError({ actual: found, expected, operator: "deepStrictEqual" });
  fail(`${what} is not as expected\n${message}`, found, expected);
}

/** @throws AssertionError always */
export function fail(message: string, actual: unknown, expected: unknown): never {
  throw new AssertionError({ message, actual, expected, operator: "eventloom" });
}

/** The one of a name. @throws AssertionError with the names that there are, the nearest first */
export function assertNamed<T>(kind: string, name: string, all: ReadonlyMap<string, T>): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const names = [...all.keys()];
  const near = nearest(name, names);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return fail(`there is no ${kind} "${name}"${hint}; there are: ${names.join(", ") || "none"}`, names, name);
}

/** @throws AssertionError where there is one of that name */
export function assertNotNamed(kind: string, name: string, all: ReadonlyMap<string, unknown>): void {
  if (all.has(name)) fail(`there is a ${kind} "${name}"`, [...all.keys()], name);
}

/** What `actual` has of the properties of `expected`. */
function sameShape(actual: unknown, expected: unknown): unknown {
  if (!isPlain(actual) || !isPlain(expected)) return actual;
  return Object.fromEntries(
    Object.keys(expected)
      .filter((key) => Object.hasOwn(actual, key))
      .map((key) => [key, sameShape(actual[key], expected[key])]),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
