import { fields } from "./plan-json";
import { type PlannedAttribute, SECRET, UNKNOWN } from "./types";

/** What the engine says about the parts of a value, each as a mask of the value's own shape: true where it holds. */
export interface Masks {
  readonly sensitiveBefore: unknown;
  readonly sensitiveAfter: unknown;
  readonly unknownAfter: unknown;
}

/** Nothing is sensitive or unknown. */
export const NO_MASKS: Masks = { sensitiveBefore: false, sensitiveAfter: false, unknownAfter: false };

/** Pulumi marks a secret by this key, of which the value says what kind of special value it is. */
const PULUMI_SIGNATURE = "4dabf18193072939515e22adb298388d";
const PULUMI_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Every value that differs, by its path. Goes through each value once. Null, an empty list, an empty object and an empty text
 * are the same: providers turn one into the other.
 */
export function attributeChanges(before: unknown, after: unknown, masks: Masks): readonly PlannedAttribute[] {
  const found: PlannedAttribute[] = [];
  collect("", before, after, masks, found);
  return found;
}

function collect(path: string, before: unknown, after: unknown, masks: Masks, found: PlannedAttribute[]): void {
  const secret = isSecret(before) || isSecret(after) || masks.sensitiveBefore === true || masks.sensitiveAfter === true;
  if (secret) {
    // whether it differs is nobody's business either, but that the engine changes it is
    if (JSON.stringify(before) !== JSON.stringify(after)) found.push({ attribute: path, from: SECRET, to: SECRET });
    return;
  }
  if (masks.unknownAfter === true || after === PULUMI_UNKNOWN) {
    found.push({ attribute: path, from: shown(before, masks.sensitiveBefore), to: UNKNOWN });
    return;
  }
  if (isEmpty(before) && isEmpty(after)) return;
  if (isNested(before) && isNested(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of keysOf(before, after, masks.unknownAfter)) {
      collect(pathOf(path, key, Array.isArray(before)), at(before, key), at(after, key), masksAt(masks, key), found);
    }
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  found.push({
    attribute: path,
    from: shown(before, masks.sensitiveBefore),
    to: shown(after, masks.sensitiveAfter),
  });
}

function keysOf(...values: readonly unknown[]): readonly string[] {
  return [...new Set(values.flatMap((value) => (isNested(value) ? Object.keys(value) : [])))].filter(
    (key) => key !== "__defaults",
  );
}

function masksAt({ sensitiveBefore, sensitiveAfter, unknownAfter }: Masks, key: string): Masks {
  return {
    sensitiveBefore: at(sensitiveBefore, key),
    sensitiveAfter: at(sensitiveAfter, key),
    unknownAfter: at(unknownAfter, key),
  };
}

/** A copy without anything that is sensitive in it. */
function shown(value: unknown, mask: unknown): unknown {
  if (mask === true || isSecret(value)) return SECRET;
  if (!isNested(value)) return value ?? null;
  if (Array.isArray(value)) return value.map((each, index) => shown(each, at(mask, String(index))));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(each, at(mask, key))]));
}

function isSecret(value: unknown): boolean {
  return value === "[secret]" || Object.hasOwn(fields(value), PULUMI_SIGNATURE);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (isNested(value) && Object.keys(value).length === 0);
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function at(value: unknown, key: string): unknown {
  return isNested(value) && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function pathOf(path: string, key: string, inList: boolean): string {
  if (inList) return `${path}[${key}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
