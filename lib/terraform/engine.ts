import type { Construct, IConstruct } from "constructs";

/** A value that is known only when the stack is written, as both engines define it. */
export interface Resolvable {
  readonly creationStack: string[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each engine has a context type of its own
  resolve(context: any): any;
  toString(): string;
}

/** A provider that a stack has: one of ours, a prebuilt one, or one that `cdktf get` made. */
export interface ProviderElement extends IConstruct {
  /** The provider's local name: `kafka`. */
  readonly terraformResourceType: string;
  readonly fqn: string;
  /**
   * Tells providers of one kind apart.
   * @default - the stack's default provider of its kind
   */
  readonly alias?: string | undefined;
}

/** A resource in a stack; can be used in `dependsOn`. */
export interface ResourceElement extends IConstruct {
  /** Its type: `kafka_topic`. */
  readonly terraformResourceType: string;
  /** Its name in the stack: with the type, its address. */
  readonly friendlyUniqueId: string;
  readonly fqn: string;
  /** A reference to one of its attributes. */
  getStringAttribute(attribute: string): string;
  /** Writes an import block. */
  importFrom(id: string): void;
}

/** Anything that has a place in a stack and may write something into it. */
export interface Element extends IConstruct {
  /** Its name in the stack, from its place alone. */
  readonly friendlyUniqueId: string;
  toTerraform(): unknown;
}

/** Meta arguments as an engine gives them to a resource. */
export interface MetaArguments {
  readonly dependsOn?: readonly string[] | undefined;
  readonly lifecycle?: Readonly<Record<string, unknown>> | undefined;
}

export interface ResourceConfig {
  readonly terraformResourceType: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the engine's own provider class, which the guard has checked
  readonly provider?: any;
}

/** What of an engine's `TerraformResource` is built on. */
export type ResourceBase = new (
  scope: Construct,
  id: string,
  config: ResourceConfig,
) => ResourceElement & { get terraformMetaArguments(): MetaArguments };

/**
 * The classes of one engine. The engines share their sources but not their classes: everything that is made in a stack has to
 * come from the copy that the stack itself comes from.
 */
export interface Engine {
  readonly name: "cdktf" | "cdktn";
  readonly TerraformResource: ResourceBase;
  readonly TerraformElement: new (scope: Construct, id: string) => Element;
  readonly Annotations: { of(construct: IConstruct): { addWarning(message: string): void } };
  readonly TerraformStack: (abstract new (...args: never[]) => IConstruct) & { of(construct: IConstruct): IConstruct };
  readonly TerraformProvider: { isTerraformProvider(value: unknown): boolean };
  readonly Token: { isUnresolved(value: unknown): boolean };
}

/** One run of synth: where it writes. */
export interface SynthesisSession {
  readonly outdir: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- takes the engine's own stack class
  readonly manifest: { forStack(stack: any): { readonly workingDirectory: string } };
}
