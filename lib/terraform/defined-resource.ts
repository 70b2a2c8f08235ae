import type { Construct } from "constructs";
import type { Engine, MetaArguments, ProviderElement, ResourceElement } from "./engine";
import { noHcl } from "./errors";

/** An attribute's value as Terraform's JSON has it. `undefined` is left out. */
export type Attribute =
  string | number | boolean | undefined | readonly Attribute[] | { readonly [name: string]: Attribute };

export type Attributes = Readonly<Record<string, Attribute>>;

/** Everything about one resource of a stack. */
export interface ResourceDefinition {
  readonly type: string;
  readonly provider: ProviderElement | undefined;
  /** Where in the declaration it comes from: kept in the construct's metadata. */
  readonly path: string;
  readonly preventDestroy: boolean;
  readonly dependsOn: readonly ResourceElement[];
  readonly replaceTriggeredBy: readonly ResourceElement[];
  /** Asked for when the stack is written, so that addresses are final. */
  readonly attributes: () => Attributes;
}

/** The key under which a construct's metadata says where in the declaration it comes from. */
export const PATH_METADATA = "eventloom:path";

export type ResourceClass = new (scope: Construct, id: string, definition: ResourceDefinition) => ResourceElement;

/** One small class serves every kind of resource: `addOverride` on the engine's own takes three times as long. */
export function definedResource(engine: Engine): ResourceClass {
  return class DefinedResource extends engine.TerraformResource {
    readonly #definition: ResourceDefinition;

    constructor(scope: Construct, id: string, definition: ResourceDefinition) {
      const { type, provider, path } = definition;
      super(
        scope,
        id,
        provider === undefined ? { terraformResourceType: type } : { terraformResourceType: type, provider },
      );
      this.#definition = definition;
      this.node.addMetadata(PATH_METADATA, path);
    }

    override get terraformMetaArguments(): MetaArguments {
      return metaArguments(this.#definition, super.terraformMetaArguments);
    }

    /** In the place of the engine's own, whose command shows `path` beside the address of every resource. */
    get constructNodeMetadata(): object {
      const path = `${this.node.path}: ${this.#definition.path}`;
      return { metadata: { path, uniqueId: this.friendlyUniqueId } };
    }

    protected synthesizeAttributes(): Attributes {
      return this.#definition.attributes();
    }

    protected synthesizeHclAttributes(): Attributes {
      throw noHcl(this.node.path);
    }
  };
}

/** What a user has set on the resource itself stays, ours comes first. What is not set is left out: every key costs time. */
function metaArguments(definition: ResourceDefinition, theirs: MetaArguments): MetaArguments {
  const { preventDestroy, dependsOn, replaceTriggeredBy } = definition;
  const { dependsOn: others = [], lifecycle: set, ...rest } = theirs;
  const lifecycle = {
    ...(preventDestroy ? { preventDestroy } : {}),
    ...(replaceTriggeredBy.length > 0 ? { replaceTriggeredBy: replaceTriggeredBy.map(addressOf) } : {}),
    ...set,
  };
  const after = [...dependsOn.map(addressOf), ...others];
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(after.length > 0 ? { dependsOn: after } : {}),
    ...(Object.keys(lifecycle).length > 0 ? { lifecycle } : {}),
  };
}

/** As text, not as a token: all are in one stack, and resolving tokens is what synth spends its time on. */
export function addressOf(resource: ResourceElement): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
