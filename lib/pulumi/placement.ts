import * as pulumi from "@pulumi/pulumi";
import type { Deployment } from "../lock/deployment";
import type { Part, Resource } from "../topology/types";
import { release } from "./released";
import { rows, type Row, type Surroundings } from "./rows";

/** Where a topology's resources go. */
export interface Place {
  /** The name of the outermost component: the start of every resource's name. */
  readonly name: string;
  readonly deployment: Deployment;
  /** Who declares the tables: the domain's name. */
  readonly declaredBy: string;
  readonly vhost: pulumi.Input<string>;
  /** The component that holds a part. */
  readonly holderOf: (part: Part) => pulumi.ComponentResource;
  /** The component that held a part, which need not be there any more. */
  readonly formerHolderOf: (part: Part) => pulumi.ComponentResource | pulumi.Input<pulumi.URN>;
}

/** Creates a topology's resources, one after the other, and remembers them by key. */
export class Placement {
  readonly #place: Place;
  readonly #created = new Map<string, pulumi.CustomResource>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Creates everything, each resource after what it needs. */
  create(): void {
    for (const resource of this.#place.deployment.resources) {
      const { key, part, dependsOn } = resource;
      const replaceWith = rowOf(resource)
        .replacedWith(resource)
        .map((each) => this.get(each));
      const aliases = this.#aliasesOf(key);
      const created = this.#createOne(resource, {
        parent: this.#place.holderOf(part),
        dependsOn: dependsOn.map((each) => this.get(each)),
        ...(replaceWith.length > 0 ? { replaceWith } : {}),
        ...(aliases.length > 0 ? { aliases } : {}),
        ...rowOf(resource).options(resource),
      });
      this.#created.set(key, created);
    }
  }

  /**
   * Releases what is to be forgotten.
   *
   * @param owner - the outermost component
   * @throws DeclarationError when the stack's state cannot be read (PU503)
   */
  release(owner: pulumi.ComponentResource): Promise<void> {
    const { name, deployment } = this.#place;
    return release({
      owner,
      name: childName(name, "released"),
      forgotten: deployment.forgotten,
      identityOf: (resource) => `${rowOf(resource).type}::${childName(name, resource.key)}`,
      create: (resource, opts) => this.#createOne(resource, opts),
    });
  }

  /**
   * What was created for a key.
   *
   * @throws Error when there is no such key
   */
  get<R extends pulumi.CustomResource>(key: string): R {
    const found = this.#created.get(key);
    if (found === undefined) throw new Error(`nothing was created for "${key}" in "${this.#place.name}"`);
    return found as R;
  }

  #createOne(resource: Resource, opts: pulumi.CustomResourceOptions): pulumi.CustomResource {
    const { name, declaredBy, vhost } = this.#place;
    const around: Surroundings = { declaredBy, vhost, nameOf: (key) => this.#nameOf(key) };
    const row = rowOf(resource);
    return row.create(childName(name, resource.key), row.args(resource, around), opts);
  }

  /** Of what was created, the output; of what is only forgotten, the name that it has on the server. */
  #nameOf(key: string): pulumi.Output<string> {
    const created = this.#created.get(key) as Named | undefined;
    if (created !== undefined) return created.name;
    const former = this.#place.deployment.forgotten.find((each) => each.key === key);
    return pulumi.output(former !== undefined && "name" in former ? former.name : key);
  }

  /** Under which names a state may still have a resource, however far it is behind. */
  #aliasesOf(key: string): pulumi.Alias[] {
    const { name, deployment, formerHolderOf } = this.#place;
    const keys = new Set([key]);
    const found: pulumi.Alias[] = [];
    for (const { from, to } of [...deployment.moved].reverse()) {
      if (!keys.has(to)) continue;
      keys.add(from.key);
      found.push({ name: childName(name, from.key), parent: formerHolderOf(from.part) });
    }
    return found;
  }
}

type Named = pulumi.CustomResource & { readonly name: pulumi.Output<string> };

/** A row fits its kind's resources, which the type system cannot follow through the union. */
function rowOf(resource: Resource): Row<Resource> {
  return rows[resource.kind] as Row<Resource>;
}

/** A resource's Pulumi name: identity, from its key alone. */
export function childName(component: string, key: string): string {
  return `${component}-${key.replace(/\//g, "-")}`;
}
