import { grantsAttributes, publicationAttributes } from "./access-attributes";
import {
  boolean,
  comment,
  computed,
  defaulted,
  expression,
  map,
  number,
  objects,
  oneOf,
  optional,
  required,
  schemaName,
  strings,
  text,
  typeText,
  type AttributeSchemas,
} from "./schema-parts";

/**
 * The attributes of every resource type and of the provider itself, described once. Each protocol derives its own schema from
 * this: snake_case and nested attributes for Terraform, camelCase properties for Pulumi.
 */

export { attributeList, forEachAttribute } from "./schema-parts";
export type { AttributeSchema, AttributeSchemas, AttributeType, Presence, TextForm } from "./schema-parts";

export const kinds = ["schema", "sequence", "function", "table", "role", "grants", "publication"] as const;
export type Kind = (typeof kinds)[number];

/** Terraform's type names. */
export const terraformTypes: Readonly<Record<Kind, string>> = {
  schema: "eventloom_postgres_schema",
  sequence: "eventloom_postgres_sequence",
  function: "eventloom_postgres_function",
  table: "eventloom_postgres_table",
  role: "eventloom_postgres_role",
  grants: "eventloom_postgres_grants",
  publication: "eventloom_postgres_publication",
};

/** Pulumi's type tokens. */
export const pulumiTokens: Readonly<Record<Kind, string>> = {
  schema: "eventloom:postgres:Schema",
  sequence: "eventloom:postgres:Sequence",
  function: "eventloom:postgres:Function",
  table: "eventloom:postgres:Table",
  role: "eventloom:postgres:Role",
  grants: "eventloom:postgres:Grants",
  publication: "eventloom:postgres:Publication",
};

const shared = {
  declaredBy: required(
    text,
    "Who declares it, such as the domain's name; kept in the last line of the object's comment.",
  ),
  id: computed(text, "The import id."),
  ddl: computed(strings, "The statements of the planned change, or else of the last one."),
} satisfies AttributeSchemas;

const columnAttributes: AttributeSchemas = {
  name: required(text, "The column's name."),
  type: required(typeText, "The column's type."),
  nullable: defaulted(boolean, false, "Whether it may hold null."),
  default: optional(expression, "An SQL expression."),
  collation: optional(text, "A collation's name, such as C."),
  identity: optional(oneOf("always", "by-default"), "Whether a sequence of its own gives the value."),
  generated: optional(expression, "An SQL expression that is worked out and stored for every row."),
  compression: optional(oneOf("pglz", "lz4"), "How long values are compressed."),
  fill: optional(
    text,
    "An SQL expression over the row, for rows that are there and have no value: run in batches by the deploy that brings it, before NOT NULL.",
  ),
  comment,
};

const keyAttributes: AttributeSchemas = {
  column: optional(text, "The column, where no expression is indexed."),
  expression: optional(expression, "An SQL expression, where no column is indexed."),
  opclass: optional({ kind: "string", form: "opclass", allowed: null }, "An operator class."),
  collation: optional({ kind: "string", form: "collation", allowed: null }, "A collation's name, such as C."),
  descending: defaulted(boolean, false, "Whether it runs from high to low."),
  nulls: optional(oneOf("first", "last"), "Where nulls stand."),
};

const indexAttributes: AttributeSchemas = {
  name: required(text, "The index's name."),
  keys: required(objects(keyAttributes, true), "What is indexed, in order."),
  unique: defaulted(boolean, false, "Whether it forbids equal keys."),
  nullsNotDistinct: defaulted(boolean, false, "Whether a unique index forbids two nulls."),
  method: defaulted(oneOf("btree", "hash", "gin", "gist", "brin"), "btree", "The access method."),
  include: defaulted(strings, [], "Columns stored beside the keys."),
  where: optional(expression, "The condition of a partial index."),
  storage: defaulted(map, {}, "Storage options, values as text."),
};

const deferrable = defaulted(
  oneOf("no", "immediate", "deferred"),
  "no",
  "Whether it is checked with every statement, so unless a transaction defers it, or when the transaction ends.",
);

const uniqueAttributes: AttributeSchemas = {
  name: required(text, "The constraint's name."),
  columns: required(strings, "Its columns."),
  include: defaulted(strings, [], "Columns stored beside them."),
  nullsNotDistinct: defaulted(boolean, false, "Whether it forbids two nulls."),
  deferrable,
};

const action = oneOf("no-action", "restrict", "cascade", "set-null", "set-default");

const foreignKeyAttributes: AttributeSchemas = {
  name: required(text, "The constraint's name."),
  columns: required(strings, "Its columns."),
  referencesSchema: required(text, "The schema of the table that it refers to."),
  referencesTable: required(text, "The table that it refers to."),
  referencesColumns: required(strings, "The columns there, in the order of its own."),
  match: defaulted(oneOf("simple", "full"), "simple", "Whether some of several columns may be null."),
  onUpdate: defaulted(action, "no-action", "What happens when the row is changed that it refers to."),
  onDelete: defaulted(action, "no-action", "What happens when the row is deleted that it refers to."),
  deferrable,
  validated: defaulted(boolean, true, "Whether the rows from before it are checked too."),
};

const exclusionAttributes: AttributeSchemas = {
  name: required(text, "The constraint's name."),
  method: required(oneOf("gist", "btree", "hash"), "The access method of its index."),
  elements: required(
    objects({ ...keyAttributes, operator: required(text, "What two rows may not both be.") }, true),
    "What is compared, in order.",
  ),
  where: optional(expression, "The rows that it is about."),
  deferrable,
};

const triggerAttributes: AttributeSchemas = {
  name: required(text, "The trigger's name."),
  timing: required(oneOf("before", "after"), "When it fires."),
  events: required(
    { kind: "strings", ordered: false, form: "plain" },
    "What it fires on: insert, update, delete, truncate.",
  ),
  level: defaulted(oneOf("row", "statement"), "row", "Whether it fires for each row or each statement."),
  functionSchema: required(text, "The schema of the function that it calls."),
  functionName: required(text, "The function that it calls."),
  enabled: defaulted(oneOf("origin", "always"), "origin", "Whether it also fires on replicated changes."),
};

const levelAttributes: AttributeSchemas = {
  strategy: required(oneOf("hash", "list", "range"), "How rows are spread."),
  columns: required(strings, "The columns that decide."),
  modulus: optional(number, "Of a hash, how many leaves; fixed for ever."),
};

const leafAttributes: AttributeSchemas = {
  name: required(text, "The partition's name as a table."),
  values: defaulted({ kind: "strings", ordered: false, form: "plain" }, [], "Of a list: SQL literals, or NULL."),
  from: defaulted(strings, [], "Of a range: the first value in it, an SQL literal for each column, or MINVALUE."),
  to: defaulted(strings, [], "Of a range: the first value above it, an SQL literal for each column, or MAXVALUE."),
  default: defaulted(boolean, false, "Whether it takes what no other one takes."),
  detached: optional(text, "Why it is no longer attached; it is kept on the server."),
};

const rollingAttributes: AttributeSchemas = {
  interval: required(text, "How long a leaf is: day, week, month, or hours such as 6 hours."),
  ahead: required(number, "How many leaves are made ahead of now."),
  retain: optional(text, "How long a leaf stays after its end, such as 90 days."),
};

const partitionAttributes: AttributeSchemas = {
  ...leafAttributes,
  partitioning: optional(
    {
      kind: "object",
      attributes: {
        ...levelAttributes,
        partitions: defaulted(objects(leafAttributes), [], "The partitions of a list or a range."),
      },
    },
    "How its own rows are spread once more.",
  ),
};

const partitioningAttributes: AttributeSchemas = {
  ...levelAttributes,
  partitions: defaulted(objects(partitionAttributes), [], "The partitions of a list or a range."),
  rolling: optional({ kind: "object", attributes: rollingAttributes }, "The rule by which leaves are made ahead."),
  storage: defaulted(map, {}, "Storage options of the leaves."),
};

const accept = optional(
  objects({
    change: required(text, "The change as its refusal names it."),
    reason: required(text, "Why it may be done."),
  }),
  "Changes that are refused by themselves, approved in writing: each by the deploy that brings it, and by no later one.",
);

const argumentAttributes: AttributeSchemas = {
  name: required(text, "The argument's name."),
  type: required(typeText, "The argument's type."),
  mode: defaulted(oneOf("in", "out", "inout", "variadic", "table"), "in", "Which way it goes."),
  default: optional(expression, "An SQL expression."),
};

/** The attributes of each resource type, in the order in which they are best read. */
export const resourceSchemas: Readonly<Record<Kind, AttributeSchemas>> = {
  schema: { name: required(text, "The schema's name."), comment, ...shared },
  sequence: {
    schema: schemaName,
    name: required(text, "The sequence's name."),
    cache: defaulted(number, 1, "How many numbers a session reserves at once."),
    comment,
    ...shared,
  },
  function: {
    schema: schemaName,
    name: required(text, "The function's name."),
    arguments: defaulted(objects(argumentAttributes, true), [], "The arguments, in order."),
    returns: optional(typeText, "The result type; left out where OUT or TABLE arguments give it."),
    language: required(oneOf("sql", "plpgsql"), "The language of the body."),
    volatility: defaulted(oneOf("immutable", "stable", "volatile"), "volatile", "What the planner may assume."),
    parallel: defaulted(oneOf("unsafe", "restricted", "safe"), "unsafe", "Whether it may run in parallel."),
    strict: defaulted(boolean, false, "Whether a null argument gives null without a call."),
    securityDefiner: defaulted(boolean, false, "Whether it runs with its owner's rights."),
    settings: defaulted({ kind: "map", form: "setting" }, {}, "Settings during a call, such as search_path."),
    body: required(text, "The function's body."),
    comment,
    ...shared,
  },
  table: {
    schema: schemaName,
    name: required(text, "The table's name."),
    columns: required(objects(columnAttributes), "The columns."),
    primaryKey: optional(
      {
        kind: "object",
        attributes: { name: required(text, "The constraint's name."), columns: required(strings, "Its columns.") },
      },
      "The primary key.",
    ),
    uniques: defaulted(objects(uniqueAttributes), [], "The unique constraints."),
    foreignKeys: defaulted(objects(foreignKeyAttributes), [], "The foreign keys."),
    exclusions: defaulted(objects(exclusionAttributes), [], "The exclusion constraints."),
    checks: defaulted(
      objects({
        name: required(text, "The constraint's name."),
        expression: required(expression, "An SQL condition."),
      }),
      [],
      "Conditions that every row keeps.",
    ),
    indexes: defaulted(objects(indexAttributes), [], "The indexes besides the primary key's."),
    partitioning: optional({ kind: "object", attributes: partitioningAttributes }, "How the table is partitioned."),
    triggers: defaulted(objects(triggerAttributes), [], "The triggers."),
    storage: defaulted(map, {}, "Storage options, values as text."),
    comment,
    removal: defaulted(
      oneOf("refuse", "forget", "retire", "drop-if-empty"),
      "refuse",
      "What happens when it leaves the configuration: refused, forgotten (it stays as it is), retired (nobody may use it, and it is moved aside), or dropped when empty.",
    ),
    accept,
    ...shared,
  },
  role: { name: required(text, "The role's name."), comment, ...shared },
  grants: { ...grantsAttributes, id: shared.id, ddl: shared.ddl },
  publication: { ...publicationAttributes, comment, accept, ...shared },
};

/** The provider's own settings. What is left out comes from the PG* environment variable named in the description. */
export const providerSchema: AttributeSchemas = {
  host: optional(text, "The server's name or address, or the directory of its socket (PGHOST)."),
  port: optional(number, "The server's port, 5432 when left out (PGPORT)."),
  database: optional(text, "The database (PGDATABASE)."),
  username: optional(text, "The role to connect as (PGUSER)."),
  password: { ...optional(text, "Its password (PGPASSWORD)."), sensitive: true },
  sslmode: optional(
    oneOf("disable", "require", "verify-full"),
    "How the connection is protected, verify-full when left out (PGSSLMODE).",
  ),
  sslRootCert: optional(text, "The certificate authority's certificate as PEM text (PGSSLROOTCERT names a file)."),
  lockTimeout: optional(
    number,
    "Seconds to wait for a lock per try at most, 3 when left out; the first tries wait for less.",
  ),
};
