/** A block as `terraform providers schema -json` has it. */
interface Block {
  readonly attributes?: Readonly<Record<string, AttributeSchema>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

interface AttributeSchema {
  /** `"string"`, `["map", "string"]`; absent where `nested_type` says it. */
  readonly type?: AttributeType;
  readonly nested_type?: { readonly nesting_mode: string; readonly attributes: Block["attributes"] };
  readonly required?: boolean;
  readonly computed?: boolean;
  readonly optional?: boolean;
}

type AttributeType = string | readonly [string, AttributeType];

export interface ProviderSchemas {
  readonly provider_schemas: Readonly<
    Record<
      string,
      {
        readonly provider: { readonly block: Block };
        readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
      }
    >
  >;
}

/** What Terraform itself takes on every resource. */
const META = new Set(["depends_on", "lifecycle", "provider", "count", "for_each", "//"]);

/** Everything that does not fit a schema: unknown or missing attributes, values of another type. */
export function misfits(block: Block, values: Readonly<Record<string, unknown>>, path: string): string[] {
  const { attributes = {}, block_types: blocks = {} } = block;
  const missing = Object.entries(attributes)
    .filter(([name, schema]) => schema.required === true && values[name] === undefined)
    .map(([name]) => `${path}.${name} is required`);
  return [
    ...missing,
    ...Object.entries(values).flatMap(([name, value]) => {
      const inner = blocks[name];
      if (META.has(name)) return [];
      if (inner !== undefined) return eachOf(value, `${path}.${name}`, (each, at) => misfits(inner.block, each, at));
      const schema = attributes[name];
      return schema === undefined ? [`${path}.${name} is unknown`] : misfit(schema, value, `${path}.${name}`);
    }),
  ];
}

function misfit(schema: AttributeSchema, value: unknown, path: string): string[] {
  if (schema.computed === true && schema.optional !== true) return [`${path} is the provider's own`];
  const nested = schema.nested_type;
  if (nested === undefined)
    return fits(schema.type ?? "dynamic", value) ? [] : [`${path} is not ${JSON.stringify(schema.type)}`];
  const block: Block = { attributes: nested.attributes ?? {} };
  if (nested.nesting_mode === "single") return misfits(block, value as Record<string, unknown>, path);
  return eachOf(value, path, (each, at) => misfits(block, each, at));
}

function eachOf(
  value: unknown,
  path: string,
  check: (each: Record<string, unknown>, at: string) => string[],
): string[] {
  if (!Array.isArray(value)) return [`${path} is not a list`];
  return value.flatMap((each, index) => check(each as Record<string, unknown>, `${path}[${index}]`));
}

function fits(type: AttributeType, value: unknown): boolean {
  // an expression is checked by Terraform itself, at validate
  if (typeof value === "string" && value.startsWith("${")) return true;
  if (typeof type !== "string") {
    const items = type[0] === "map" ? Object.values(value as object) : value;
    return Array.isArray(items) && items.every((each) => fits(type[1], each));
  }
  return typeof value === (type === "bool" ? "boolean" : type);
}
