/**
 * Values as both engines' protocols carry them, once decoded: plain data, attribute names in camelCase, `null` where nothing
 * was written, and {@link UNKNOWN} where the engine will know the value only later.
 */

/** A value that the engine doesn't know yet: the output of a resource that is still to be made. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

export type Value = null | boolean | number | string | Unknown | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [name: string]: Value;
}

/** A resource's attributes by name, every one of its schema present. */
export type Attributes = ValueMap;

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether the value is, or holds anywhere inside, something not known yet. */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isMap(value) && Object.values(value).some(hasUnknown);
}

/** Whether two values are the same data; the order of map keys does not count. */
export function sameValue(a: Value, b: Value): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i] ?? null));
  if (!isMap(a)) return a === b;
  if (!isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameValue(a[key]!, b[key]!));
}
