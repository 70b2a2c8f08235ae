import { Construct } from "constructs";
import { DeclarationError, show } from "../domain/issues";
import type { AcceptanceModel } from "../postgres/acceptance-model";
import type { PostgresIssue } from "../postgres/errors";
import { formatFunctionId, formatId, formatPart } from "../postgres/import-id";
import type { Resource } from "../topology/types";
import type { Providers } from "./connections";
import type { Engine } from "./engine";
import { Handle } from "./handles";
import { Placement } from "./placement";

/** What every construct of one Postgres object takes. */
export interface PostgresObjectProps {
  /**
   * Who declares it: kept in the last line of the object's comment. What somebody else has marked is not touched.
   * @default - the construct's path
   */
  readonly declaredBy?: string;
  /**
   * The database: `providers.eventloom`.
   * @default - the stack's provider `eventloom` without an alias
   */
  readonly providers?: Pick<Providers, "eventloom">;
}

/** A resource of one object, without where it is. */
type ObjectResource = Extract<
  Resource,
  {
    kind:
      | "postgres-schema"
      | "postgres-sequence"
      | "postgres-function"
      | "postgres-role"
      | "postgres-grants"
      | "postgres-publication";
  }
>;
type Definition<K extends ObjectResource["kind"]> = Extract<ObjectResource, { kind: K }>["definition"];

/** One object, what it is checked for, and what its identity in a stack is. */
export interface PostgresObject<K extends ObjectResource["kind"]> {
  readonly kind: K;
  readonly definition: Definition<K>;
  readonly issues: readonly PostgresIssue[];
  /** Changes that are refused by themselves, approved in writing. @default [] */
  readonly accept?: readonly AcceptanceModel[];
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresObjectBase<K extends ObjectResource["kind"]> extends Construct {
  /** What the props mean, as plain data. */
  readonly model: Definition<K>;
  readonly #handle: Handle;
  readonly #importId: string;

  protected constructor(
    engine: Engine,
    scope: Construct,
    id: string,
    props: PostgresObjectProps,
    { kind, definition, issues, accept = [] }: PostgresObject<K>,
  ) {
    super(scope, id);
    const { declaredBy = this.node.path, providers = {} } = props;
    this.model = definition;
    checkModel(engine, kind.slice("postgres-".length), this.node.path, issues);
    const resource = { kind, definition, ...(accept.length === 0 ? {} : { accept }) } as Pick<
      ObjectResource,
      "kind" | "definition"
    >;
    this.#importId = importIdOf(resource);
    const placement = new Placement(engine, this, declaredBy, { providers });
    const base = { part: "domain", path: this.node.path, protect: false, dependsOn: [] } as const;
    const placed = { ...base, ...resource, key: `${kind}/${this.#importId}` } as unknown as ObjectResource;
    this.#handle = new Handle(placement.add(this, placed, kind.slice("postgres-".length)));
  }

  /** The resource, for `dependsOn`. */
  get handle(): Handle {
    return this.#handle;
  }

  /**
   * Takes over what is there already, by an import block: the next deploy changes of it what is declared otherwise. Afterwards the
   * block does nothing.
   */
  importExisting(): void {
    this.#handle.resource.importFrom(asTemplate(this.#importId));
  }
}

/** A block's id is a template, as every text in Terraform's JSON. */
export function asTemplate(id: string): string {
  return id.replace(/([$%])(?=\{)/g, "$1$1");
}

function importIdOf({ kind, definition }: Pick<ObjectResource, "kind" | "definition">): string {
  if (kind === "postgres-function") return formatFunctionId(definition as Definition<"postgres-function">);
  if (kind === "postgres-grants") {
    const { schema, role } = definition as Definition<"postgres-grants">;
    return formatId(schema, role);
  }
  const { name } = definition as { readonly name: string };
  return "schema" in definition ? formatId(definition.schema, name) : formatPart(name);
}

/**
 * What is a token is known at plan only, and checked there by the provider.
 *
 * @throws DeclarationError with everything else that is wrong
 */
export function checkModel(engine: Engine, what: string, path: string, found: readonly PostgresIssue[]): void {
  const issues = found.filter((each) => !engine.Token.isUnresolved(each.received));
  if (issues.length === 0) return;
  throw new DeclarationError(
    `${what} ${show(path)}`,
    issues.map((each) => ({ ...each, message: `${each.message}, got ${each.received}; allowed: ${each.allowed}` })),
  );
}
