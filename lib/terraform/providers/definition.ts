/** A provider's block and its entry in `required_providers`, the same for both engines. */
export interface ProviderDefinition {
  /** Its local name: `kafka`. */
  readonly name: string;
  readonly source: string;
  /** Asked for when the stack is written. */
  readonly version: () => string;
  readonly alias: string | undefined;
  /** The provider's settings in camelCase: the engines write them in snake_case. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Where a provider comes from, and under which name a stack has it. */
export interface ProviderOrigin {
  /**
   * A second provider of the kind in one stack needs a name.
   * @default - none: it is the stack's own, which constructs use unasked
   */
  readonly alias?: string;
  /**
   * Its address: `[host/]namespace/type`.
   * @default - the public registry's, see the class
   */
  readonly source?: string;
  /**
   * The version, as a constraint.
   * @default - the one that is tested with this package, see the class
   */
  readonly version?: string;
}
