import type * as pulumi from "@pulumi/pulumi";
import type { Part, Resource } from "../topology/types";
import { rows, type Row, type Surroundings } from "./rows";

/** Where a topology's resources go. */
export interface Place {
  /** The name of the outermost component: the start of every resource's name. */
  readonly name: string;
  readonly resources: readonly Resource[];
  /** Who declares the tables: the domain's name. */
  readonly declaredBy: string;
  readonly vhost: pulumi.Input<string>;
  /** The component that holds a part. */
  readonly holderOf: (part: Part) => pulumi.ComponentResource;
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
    for (const resource of this.#place.resources) this.#created.set(resource.key, this.#createOne(resource));
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

  #createOne(resource: Resource): pulumi.CustomResource {
    // a row fits its kind's resources, which the type system cannot follow through the union
    const row = rows[resource.kind] as Row<Resource>;
    const { name, declaredBy, vhost, holderOf } = this.#place;
    const around: Surroundings = {
      declaredBy,
      vhost,
      nameOf: (key) => this.get<pulumi.CustomResource & { readonly name: pulumi.Output<string> }>(key).name,
    };
    const replaceWith = row.replacedWith(resource).map((key) => this.get(key));
    return row.create(childName(name, resource.key), row.args(resource, around), {
      parent: holderOf(resource.part),
      dependsOn: resource.dependsOn.map((key) => this.get(key)),
      ...(replaceWith.length > 0 ? { replaceWith } : {}),
      ...row.options(resource),
    });
  }
}

/** A resource's Pulumi name: identity, from its key alone. */
export function childName(component: string, key: string): string {
  return `${component}-${key.replace(/\//g, "-")}`;
}
