import { canonical, type Json } from "../contracts/json-schema";
import { documentOf } from "./layout";
import type { Lock } from "./types";

/** From here on a value that holds no other lists or objects stands on one line: a column, a binding, a step, a flow. */
const ONE_LINE_FROM = 2;

/**
 * The text of a lock file. The same lock gives the same text; what stands on a line of its own is decided by the layout alone,
 * never by a width, so that a change touches the lines of what has changed. Ends with a line feed.
 */
export function renderLock(lock: Lock): string {
  const { eventloom, format, domain, ...sections } = documentOf(lock);
  const head = { eventloom, format, domain };
  const entries = [...Object.entries(head), ...Object.entries(sections)];
  const lines = entries.map(([name, value]) => `  ${JSON.stringify(name)}: ${block(canonical(value), 1)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function block(value: Json, depth: number): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return open + close;
  if (depth >= ONE_LINE_FROM && isShallow(value)) return line(value);
  const indent = "  ".repeat(depth + 1);
  const parts = entries.map(([name, each]) => {
    const text = block(each as Json, depth + 1);
    return isList ? indent + text : `${indent}${JSON.stringify(name)}: ${text}`;
  });
  return `${open}\n${parts.join(",\n")}\n${"  ".repeat(depth)}${close}`;
}

/** Nothing in it but values, and lists of a few values; a list of texts is a text's lines. */
function isShallow(value: object): boolean {
  if (Array.isArray(value)) return value.every(isScalar) && !isLines(value);
  return Object.values(value).every((each) => isScalar(each) || (Array.isArray(each) && each.every(isScalar)));
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

const FEW = 8;

function isLines(list: readonly unknown[]): boolean {
  return list.length > FEW && list.every((each) => typeof each === "string");
}

function line(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((each) => line(each as Json)).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${line(each as Json)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
