import type { Resource } from "../../topology/types";
import type { PageSetting } from "./page-data";

/** What is shown elsewhere, or says the same again. */
const LEFT_OUT = new Set(["key", "path", "kind", "part", "causes", "sourceKey", "destinationKey", "body"]);

/** A resource's settings in the server's own words, one line each, with what each was before. */
export function settingsOf(resource: Resource | null, before: Resource | null): readonly PageSetting[] {
  if (resource === null) return [];
  const now = flat(resource);
  const then = before === null ? now : flat(before);
  return [...new Set([...now.keys(), ...then.keys()])].map((name) => {
    const [value, was] = [now.get(name) ?? "not set", then.get(name) ?? "not set"];
    return { name, value, before: value === was ? null : was };
  });
}

function flat(resource: Resource): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (name: string, value: unknown): void => {
    if (Array.isArray(value)) {
      if (value.every((each) => typeof each !== "object" || each === null)) {
        if (value.length > 0) found.set(name, value.join(", "));
      } else for (const [index, each] of value.entries()) visit(`${name} ${labelOf(each) ?? index + 1}`, each);
    } else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter(([field]) => name === "" || field !== "name");
      for (const [field, each] of entries)
        if (!LEFT_OUT.has(field)) visit(name === "" ? field : `${name} ${field}`, each);
    } else if (value !== null && value !== undefined)
      found.set(name.replace(/^(?:definition|config|arguments) /, ""), String(value));
  };
  visit("", resource);
  return found;
}

function labelOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && "name" in value ? String(value.name) : undefined;
}
