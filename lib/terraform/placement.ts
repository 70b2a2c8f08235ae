import type { Construct, IConstruct } from "constructs";
import type { Deployment } from "../lock/deployment";
import type { Part, Resource, ResourceKind } from "../topology/types";
import type { ConnectionProps, Providers } from "./connections";
import { DEFAULT_VHOST } from "./connections";
import { addressOf, definedResource, type ResourceClass } from "./defined-resource";
import { departures, type FormerResource } from "./departures";
import type { Engine, ProviderElement, ResourceElement } from "./engine";
import { wrongProvider } from "./errors";
import { stackOf } from "./guard";
import { rowFor, typeOf, type ProviderName, type Surroundings } from "./materialise";
import { registryOf } from "./stack-registry";

const classes = new WeakMap<Engine, ResourceClass>();

function resourceClass(engine: Engine): ResourceClass {
  const known = classes.get(engine);
  if (known !== undefined) return known;
  const made = definedResource(engine);
  classes.set(engine, made);
  return made;
}

/** Creates resources in a stack, one after the other, and remembers them by key. */
export class Placement {
  readonly #engine: Engine;
  readonly #owner: Construct;
  readonly #stack: IConstruct;
  readonly #declaredBy: string;
  readonly #providers: Providers;
  readonly #around: Surroundings;
  readonly #created = new Map<string, ResourceElement>();

  /**
   * @param owner - the outermost construct, which errors are about
   * @param declaredBy - who declares the tables: the domain's name
   * @throws DeclarationError when the stack belongs to another engine (TF501) or a provider is of another kind (TF503)
   */
  constructor(
    engine: Engine,
    owner: Construct,
    declaredBy: string,
    { vhost = DEFAULT_VHOST, providers = {} }: ConnectionProps,
  ) {
    this.#engine = engine;
    this.#owner = owner;
    this.#stack = stackOf(engine, owner);
    this.#declaredBy = declaredBy;
    this.#providers = checked(owner.node.path, providers);
    this.#around = { declaredBy, vhost, nameOf: (key) => `\${${addressOf(this.get(key))}.name}` };
  }

  /**
   * Creates a resource in a scope, after everything that it depends on.
   *
   * @param id - the construct's id: identity for ever, from the key alone; a changed id would replace the resource
   * @throws DeclarationError (TF504) when another construct of the stack has created it
   */
  add(scope: Construct, resource: Resource, id = constructId(resource.key)): ResourceElement {
    const { node } = this.#owner;
    registryOf(this.#engine, this.#stack).create(this.#declaredBy, resource.key, node.path);
    const row = rowFor(resource);
    const made = new (resourceClass(this.#engine))(scope, id, {
      type: row.type,
      provider: this.#provider(row.provider),
      path: resource.path,
      preventDestroy: resource.protect,
      dependsOn: resource.dependsOn.map((key) => this.get(key)),
      replaceTriggeredBy: row.replacedWith(resource).map((key) => this.get(key)),
      attributes: () => row.attributes(resource, this.#around),
    });
    this.#created.set(resource.key, made);
    return made;
  }

  /**
   * Tells the engine what it is to forget and what has moved, by the addresses that it has in its state.
   *
   * @param scopeOf - the construct that holds, or would hold, what belongs to a part
   */
  depart({ forgotten, moved }: Deployment, scopeOf: (part: Part) => Construct): void {
    const former = new Map<string, FormerResource>();
    const formerly = (kind: ResourceKind, key: string, part: Part): FormerResource => {
      const known = former.get(key);
      if (known !== undefined) return known;
      const element = new this.#engine.TerraformElement(scopeOf(part), constructId(key));
      const made = { address: () => `${typeOf(kind)}.${element.friendlyUniqueId}` };
      former.set(key, made);
      return made;
    };
    const removed = forgotten.map(({ kind, key, part }) => formerly(kind, key, part));
    const steps = moved.map(({ kind, from, to }) => ({ from: formerly(kind, from.key, from.part), to }));
    const moves = steps.map(({ from, to }) => ({ from, to: former.get(to) ?? present(this.get(to)) }));
    if (removed.length + moves.length > 0) departures(this.#engine, this.#owner, { removed, moves });
  }

  /** What was created for a key. */
  get(key: string): ResourceElement {
    const found = this.#created.get(key);
    if (found === undefined) throw new Error(`nothing was created for "${key}" by ${this.#owner.node.path}`);
    return found;
  }

  #provider(name: ProviderName): ProviderElement | undefined {
    const given = this.#providers[name];
    if (given === undefined) registryOf(this.#engine, this.#stack).useOwnProvider(name, this.#owner.node.path);
    return given;
  }
}

function present(resource: ResourceElement): FormerResource {
  return { address: () => addressOf(resource) };
}

/** A key or a part as a construct's id. */
export function constructId(key: string): string {
  return key.replace(/\//g, "-");
}

function checked(path: string, providers: Providers): Providers {
  for (const [name, provider] of Object.entries(providers) as [ProviderName, ProviderElement | undefined][]) {
    if (provider !== undefined && provider.terraformResourceType !== name) {
      throw wrongProvider(path, name, provider.terraformResourceType);
    }
  }
  return providers;
}
