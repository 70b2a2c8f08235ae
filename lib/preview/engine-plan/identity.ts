import type { Resource, ResourceKind } from "../../topology/types";
import { type Fields, text } from "./plan-json";
import type { PlanTarget } from "./types";

/** A resource of a domain, found again in a plan. */
export interface Owned {
  readonly domain: string;
  readonly resource: Resource;
  /** It has left the target that owns it, and stays on the servers. */
  readonly retired: boolean;
}

const TERRAFORM: Readonly<Record<string, ResourceKind>> = {
  kafka_topic: "kafka-topic",
  rabbitmq_exchange: "rabbitmq-exchange",
  rabbitmq_queue: "rabbitmq-queue",
  rabbitmq_policy: "rabbitmq-policy",
  rabbitmq_binding: "rabbitmq-binding",
  eventloom_postgres_schema: "postgres-schema",
  eventloom_postgres_sequence: "postgres-sequence",
  eventloom_postgres_function: "postgres-function",
  eventloom_postgres_table: "postgres-table",
  eventloom_postgres_role: "postgres-role",
  eventloom_postgres_grants: "postgres-grants",
  eventloom_postgres_publication: "postgres-publication",
};
const PULUMI: Readonly<Record<string, ResourceKind>> = {
  "kafka:index/topic:Topic": "kafka-topic",
  "rabbitmq:index/exchange:Exchange": "rabbitmq-exchange",
  "rabbitmq:index/queue:Queue": "rabbitmq-queue",
  "rabbitmq:index/policy:Policy": "rabbitmq-policy",
  "rabbitmq:index/binding:Binding": "rabbitmq-binding",
  "eventloom:postgres:Schema": "postgres-schema",
  "eventloom:postgres:Sequence": "postgres-sequence",
  "eventloom:postgres:Function": "postgres-function",
  "eventloom:postgres:Table": "postgres-table",
  "eventloom:postgres:Role": "postgres-role",
  "eventloom:postgres:Grants": "postgres-grants",
  "eventloom:postgres:Publication": "postgres-publication",
};

/** What we could have created, by the engine's type; null for any other type. */
export function kindOf(engine: "terraform" | "pulumi", type: string): ResourceKind | null {
  const kinds = engine === "terraform" ? TERRAFORM : PULUMI;
  return Object.hasOwn(kinds, type) ? (kinds[type] ?? null) : null;
}

/** The physical identity of what an engine describes; null as long as a part of it is unknown. */
export function nameInPlan(kind: ResourceKind, state: Fields): string | null {
  const parts = physicalParts(kind).map((part) => text(state[part]) ?? text(state[camelCase(part)]));
  return parts.every((part) => part !== null) ? joined(kind, parts) : null;
}

/** The physical identity of a resource, spelt as {@link nameInPlan} spells it. */
export function physicalName(resource: Resource): string {
  switch (resource.kind) {
    case "kafka-topic":
    case "rabbitmq-exchange":
    case "rabbitmq-queue":
    case "rabbitmq-policy":
      return resource.name;
    case "rabbitmq-binding":
      return joined(resource.kind, [resource.source, resource.destination, resource.routingKey]);
    case "postgres-schema":
    case "postgres-role":
    case "postgres-publication":
      return resource.definition.name;
    case "postgres-grants":
      return joined(resource.kind, [resource.definition.schema, resource.definition.role]);
    default:
      return joined(resource.kind, [resource.definition.schema, resource.definition.name]);
  }
}

function physicalParts(kind: ResourceKind): readonly string[] {
  if (kind === "rabbitmq-binding") return ["source", "destination", "routing_key"];
  if (kind === "postgres-grants") return ["schema", "role"];
  return kind === "postgres-sequence" || kind === "postgres-function" || kind === "postgres-table"
    ? ["schema", "name"]
    : ["name"];
}

function joined(kind: ResourceKind, parts: readonly string[]): string {
  const [first = "", second = "", third = ""] = parts;
  return kind === "rabbitmq-binding" ? `${first} -> ${second} (${third})` : parts.join(".");
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Finds the resources of some domains in a plan, each in constant time. */
export class Owners {
  readonly #byName = new Map<string, Owned>();
  readonly #byId = new Map<string, Owned | null>();
  readonly #retiredTables = new Set<string>();

  /** @param targets where two have the same physical thing, the first one owns it */
  constructor(targets: readonly PlanTarget[]) {
    for (const { topology, retired = [] } of targets) {
      const { domain, resources } = topology;
      for (const resource of resources) this.#add({ domain, resource, retired: false });
      for (const { resource } of retired) {
        this.#add({ domain, resource, retired: true });
        if (resource.kind === "postgres-table") this.#retiredTables.add(physicalName(resource));
      }
    }
  }

  #add(owned: Owned): void {
    const { kind, key } = owned.resource;
    const name = `${kind} ${physicalName(owned.resource)}`;
    if (!this.#byName.has(name)) this.#byName.set(name, owned);
    const id = `${kind} ${idInEngine(key)}`;
    const other = this.#byId.get(id);
    // an id that stands for two things tells nothing
    const same = other === undefined || (other?.domain === owned.domain && other.resource.key === key);
    this.#byId.set(id, same ? (other ?? owned) : null);
  }

  /** Tables that have left one of the targets and stay on the servers, as `schema.name`. */
  get retiredTables(): ReadonlySet<string> {
    return this.#retiredTables;
  }

  /**
   * @param name the physical name, or null where it is unknown
   * @param label the last part of the engine's own name, which ends in the key
   */
  find(kind: ResourceKind, name: string | null, label: string): Owned | null {
    if (name !== null) return this.#byName.get(`${kind} ${name}`) ?? null;
    for (const id of idsIn(label)) {
      const found = this.#byId.get(`${kind} ${id}`);
      if (found !== undefined) return found;
    }
    return null;
  }
}

/** Everything that the key at the end of an engine's name may be, the longest first. */
export function* idsIn(label: string): Generator<string> {
  const bare = label.replace(/_[0-9A-F]{8}$/, "");
  for (let at = 0; at >= 0; at = nextPart(bare, at)) yield bare.slice(at);
}

/** Where the next part of an engine's name begins: cdktf joins them by `_`, Pulumi by `-`; -1 after the last one. */
function nextPart(label: string, from: number): number {
  const found = label.slice(from).search(/[_-]/);
  return found < 0 ? -1 : from + found + 1;
}

/** A key as it ends the names in both engines: `constructId` of cdktf, without what cdktf drops from names. */
export function idInEngine(key: string): string {
  return key.replace(/\//g, "-").replace(/[^A-Za-z0-9_-]/g, "");
}
