import { assertHas, assertNamed, assertNotNamed, fail } from "./assertion";

/** A stack of cdktf or cdktn, of either copy. */
export interface TestedStack {
  toTerraform(): unknown;
  runAllValidations(): void;
}

/** A resource as a stack writes it. References are written as Terraform has them: `${kafka_topic.orders_….name}`. */
export interface WrittenResource {
  /** `kafka_topic`. */
  readonly type: string;
  /** Type and name in the stack: `kafka_topic.orders_topic-OrderCreated_75F48618`. */
  readonly address: string;
  /** What the provider gets, in its own words. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Whether `prevent_destroy` guards it. */
  readonly protect: boolean;
  /** Addresses of what it comes after. */
  readonly dependsOn: readonly string[];
  /** Addresses of the resources whose replacement replaces it. */
  readonly replaceTriggeredBy: readonly string[];
}

interface Written {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/**
 * What a stack of cdktf or cdktn becomes, for a test: `terraformOf(stack).expectResource("kafka_topic", "orders.created")
 * .toHave({ partitions: 12 })`. Works in every test runner; needs no server, and writes nothing.
 *
 * @param stack the stack; aspects are not run
 * @throws Error where the stack is not valid, as synth would
 */
export function terraformOf(stack: TestedStack): TerraformExpectations {
  stack.runAllValidations();
  // what an engine writes is JSON, of this shape
  return new TerraformExpectations(stack.toTerraform() as Written);
}

/** A written stack, and what a test may expect of it. Every expectation throws node's AssertionError with the difference. */
export class TerraformExpectations {
  /** Every resource of the stack. */
  readonly resources: readonly WrittenResource[];
  readonly #providers: NonNullable<Written["provider"]>;

  /** @internal */
  constructor({ resource = {}, provider = {} }: Written) {
    this.#providers = provider;
    this.resources = Object.entries(resource).flatMap(([type, each]) =>
      Object.entries(each).map(([id, attributes]) => writtenResource(type, id, attributes)),
    );
  }

  /** Expects a resource of a type whose `name` is this. */
  expectResource(type: string, name: string): WrittenResourceExpectation {
    return new WrittenResourceExpectation(assertNamed(type, name, this.#named(type)));
  }

  /** Expects that no resource of a type has this `name`. */
  expectNoResource(type: string, name: string): this {
    assertNotNamed(type, name, this.#named(type));
    return this;
  }

  /** Expects so many resources of a type. */
  expectCount(type: string, amount: number): this {
    const addresses = this.resources.filter((each) => each.type === type).map((each) => each.address);
    if (addresses.length !== amount) {
      const all = addresses.join(", ") || "none";
      fail(`there are ${addresses.length} of ${type}, not ${amount}: ${all}`, addresses.length, amount);
    }
    return this;
  }

  /** Expects these settings of a provider, in its own words; with an alias, of the one that has it. */
  expectProvider(name: string, settings: Readonly<Record<string, unknown>>, alias?: string): this {
    const known = new Map((this.#providers[name] ?? []).map((each) => [String(each["alias"] ?? name), each]));
    assertHas(`provider ${name}`, assertNamed("provider", alias ?? name, known), settings);
    return this;
  }

  #named(type: string): ReadonlyMap<string, WrittenResource> {
    const typed = this.resources.filter((each) => each.type === type);
    return new Map(typed.map((each) => [String(each.attributes["name"] ?? each.address), each]));
  }
}

/** One resource that a test has found, and what it may expect of it. */
export class WrittenResourceExpectation {
  /** The resource itself, for what is not here. */
  readonly resource: WrittenResource;

  /** @internal */
  constructor(resource: WrittenResource) {
    this.resource = resource;
  }

  /** Expects these attributes, in the provider's own words; lists as a whole. */
  toHave(attributes: Readonly<Record<string, unknown>>): this {
    assertHas(this.resource.address, this.resource.attributes, attributes);
    return this;
  }

  /** Expects that `prevent_destroy` guards it. */
  toBeProtected(): this {
    if (!this.resource.protect) fail(`${this.resource.address} is not protected`, false, true);
    return this;
  }

  /** Expects that it is created after another one, directly. */
  toComeAfter(other: WrittenResourceExpectation): this {
    const { address, attributes, dependsOn } = this.resource;
    const wanted = other.resource.address;
    if (dependsOn.includes(wanted) || JSON.stringify(attributes).includes(`\${${wanted}.`)) return this;
    return fail(
      `${address} does not come after ${wanted}, but after: ${dependsOn.join(", ") || "nothing"}`,
      dependsOn,
      wanted,
    );
  }
}

function writtenResource(type: string, id: string, written: Readonly<Record<string, unknown>>): WrittenResource {
  const { "//": _metadata, depends_on: dependsOn = [], lifecycle = {}, ...attributes } = written;
  const { prevent_destroy: protect = false, replace_triggered_by: triggers = [] } = lifecycle as Record<
    string,
    unknown
  >;
  return {
    type,
    address: `${type}.${id}`,
    attributes,
    protect: protect === true,
    dependsOn: dependsOn as readonly string[],
    replaceTriggeredBy: triggers as readonly string[],
  };
}
