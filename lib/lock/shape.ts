import type { ResourceKind } from "../topology/types";

export type Fields = Readonly<Record<string, unknown>>;

/** A value that is not what a lock has there. */
export interface WrongEntry {
  /** As a JSON Pointer. */
  readonly path: string;
  readonly received: unknown;
  readonly allowed: string;
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** What is wrong with a value, if anything, at paths from there. */
type Check = (value: unknown) => readonly WrongEntry[];

/** One list for everything that is as it should be: a lock has a hundred thousand values. */
const NOTHING: readonly WrongEntry[] = [];

function check(allowed: string, fits: (value: unknown) => boolean): Check {
  return (value) => (fits(value) ? NOTHING : [{ path: "", received: value, allowed }]);
}

/** What was found at a place, with the place before it. */
function below(name: string, found: readonly WrongEntry[]): readonly WrongEntry[] {
  return found.map((each) => ({ ...each, path: `/${pointer(name)}${each.path}` }));
}

const text = check("text", (value) => typeof value === "string");
const textOrNull = check("text or null", (value) => value === null || typeof value === "string");
const whole = check("a whole number", Number.isInteger);
const flag = check("true or false", (value) => typeof value === "boolean");
const scalar = check("text, a number, true or false", (value) =>
  ["string", "number", "boolean"].includes(typeof value),
);
const texts = check(
  "a list of texts",
  (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
);
const fields = check("an object", isFields);
const anything: Check = () => NOTHING;

function one(...allowed: readonly unknown[]): Check {
  return check(allowed.map((each) => JSON.stringify(each)).join(", "), (value) => allowed.includes(value));
}

/** An object with at least these members. */
function object(members: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(members);
  return (value) => {
    if (!isFields(value)) return fields(value);
    let wrong = NOTHING;
    for (const [name, each] of entries) {
      const found = each(value[name]);
      if (found.length > 0) wrong = [...wrong, ...below(name, found)];
    }
    return wrong;
  };
}

/** An object whose every member is such a one, under a name that fits. */
function recordOf(each: Check, named: RegExp = /^/): Check {
  return (value) => {
    if (!isFields(value)) return fields(value);
    const wrong: WrongEntry[] = [];
    for (const name of Object.keys(value)) {
      const found = named.test(name)
        ? each(value[name])
        : [{ path: "", received: name, allowed: `a name like ${named.source}` }];
      if (found.length > 0) wrong.push(...below(name, found));
    }
    return wrong;
  };
}

function listOf(each: Check): Check {
  const list = check("a list", Array.isArray);
  return (value) => {
    if (!Array.isArray(value)) return list(value);
    return value.flatMap((held, index) => below(String(index), each(held)));
  };
}

function pointer(name: string): string {
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}

const base = { path: text, part: text, protect: flag, dependsOn: texts };
const named = object({ name: text });
const inSchema = object({ schema: text, name: text });

/** What each kind of resource has, as far as anything reads it without looking. */
const KINDS: Readonly<Record<ResourceKind, Check>> = {
  "kafka-topic": object({ ...base, role: text, name: text, partitions: whole, replicationFactor: whole, config: recordOf(text), causes: recordOf(text) }), // prettier-ignore
  "rabbitmq-exchange": object({ ...base, name: text, type: one("topic", "direct", "fanout") }),
  "rabbitmq-queue": object({ ...base, role: text, name: text, arguments: recordOf(scalar) }),
  "rabbitmq-policy": object({ ...base, name: text, pattern: text, priority: whole, applyTo: one("queues", "exchanges"), definition: recordOf(text) }), // prettier-ignore
  "rabbitmq-binding": object({ ...base, source: text, sourceKey: text, destination: text, destinationKey: text, routingKey: text }), // prettier-ignore
  "postgres-schema": object({ ...base, definition: named }),
  "postgres-sequence": object({ ...base, definition: inSchema }),
  "postgres-function": object({ ...base, definition: object({ schema: text, name: text, arguments: listOf(named), body: texts }) }), // prettier-ignore
  "postgres-role": object({ ...base, definition: named }),
  "postgres-publication": object({ ...base, definition: object({ name: text, tables: listOf(object({ name: text, columns: texts, where: textOrNull })), schemas: texts, operations: texts, viaPartitionRoot: flag }) }), // prettier-ignore
  "postgres-grants": object({ ...base, definition: object({ schema: text, role: text, privileges: texts, tables: listOf(object({ name: text, privileges: texts, columns: listOf(object({ name: text, privileges: texts })) })), sequences: listOf(object({ name: text, privileges: texts })), functions: texts }) }), // prettier-ignore
  "postgres-table": object({ ...base, removal: one("refuse", "forget", "drop-if-empty"), definition: object({ schema: text, name: text, columns: listOf(object({ name: text, type: text, nullable: flag, default: textOrNull })), checks: listOf(named), indexes: listOf(named), triggers: listOf(named), storage: recordOf(text), partitioning: anything, primaryKey: anything }) }), // prettier-ignore
};

const resource: Check = (value) => {
  const kind = isFields(value) ? value["kind"] : undefined;
  const known = typeof kind === "string" && Object.hasOwn(KINDS, kind);
  return known ? KINDS[kind as ResourceKind](value) : below("kind", one(...Object.keys(KINDS))(kind));
};

const step = object({ command: text, success: text, failure: textOrNull, compensate: textOrNull });

const document = object({
  eventloom: one("lock"),
  format: one(1),
  domain: text,
  published: recordOf(recordOf(object({ upcast: flag, schema: anything }), /^[1-9][0-9]*$/), /^(event|command)\/./),
  resources: recordOf(resource),
  flows: listOf(object({ message: text, kind: one("event", "command", "reply"), from: text, to: text, via: text, through: texts })), // prettier-ignore
  sagas: recordOf(object({ startedBy: text, steps: listOf(step) })),
  retired: recordOf(text, /^(event|command|consumer|projection|saga|handler)\/./),
  retiredResources: recordOf(object({ reason: text, resource })),
  renamed: recordOf(texts, /^(aggregate|event|command|consumer|projection|saga)\/./),
  moved: recordOf(object({ kind: one(...Object.keys(KINDS)), part: text, to: text })),
  accepted: recordOf(text),
});

/** Everything in a document that a lock cannot have there. */
export function wrongEntries(value: unknown): readonly WrongEntry[] {
  return document(value);
}
