import { COLUMN_PRIVILEGES, SCHEMA_PRIVILEGES, SEQUENCE_PRIVILEGES, TABLE_PRIVILEGES } from "../postgres/access-model";
import {
  boolean,
  defaulted,
  expression,
  objects,
  optional,
  required,
  schemaName,
  text,
  type AttributeSchemas,
  type AttributeType,
} from "./schema-parts";

const privileges = (words: readonly string[], of: string): AttributeSchemas => ({
  privileges: defaulted(unordered, [], `What it may do with ${of}: ${words.join(", ")}.`),
});
const unordered: AttributeType = { kind: "strings", ordered: false, form: "plain" };

const columnAttributes: AttributeSchemas = {
  name: required(text, "The column's name."),
  ...privileges(COLUMN_PRIVILEGES, "the column"),
};

const tableAttributes: AttributeSchemas = {
  name: required(text, "The table's or view's name."),
  ...privileges(TABLE_PRIVILEGES, "the table"),
  columns: defaulted(objects(columnAttributes), [], "Columns with more than the table's own privileges."),
};

const sequenceAttributes: AttributeSchemas = {
  name: required(text, "The sequence's name."),
  ...privileges(SEQUENCE_PRIVILEGES, "the sequence"),
};

/** All that one role may do in one schema. */
export const grantsAttributes: AttributeSchemas = {
  schema: schemaName,
  role: required(text, "A role's name, or public for everybody."),
  ...privileges(SCHEMA_PRIVILEGES, "the schema"),
  tables: defaulted(objects(tableAttributes), [], "What it may do with tables and views."),
  sequences: defaulted(objects(sequenceAttributes), [], "What it may do with sequences."),
  functions: defaulted(
    { kind: "strings", ordered: false, form: "function" },
    [],
    "What it may call, with argument types: append_events(text,bigint).",
  ),
};

const publishedTableAttributes: AttributeSchemas = {
  name: required(text, "The table with its schema: orders.outbox."),
  columns: defaulted(unordered, [], "The columns that are published, or none for all."),
  where: optional(expression, "The rows that are published: an SQL condition."),
};

/** What a publication gives to those who read it. */
export const publicationAttributes: AttributeSchemas = {
  name: required(text, "The publication's name."),
  tables: defaulted(objects(publishedTableAttributes), [], "The tables that are published."),
  schemas: defaulted(unordered, [], "Schemas of which every table is published."),
  operations: required(unordered, "What is published: insert, update, delete, truncate."),
  viaPartitionRoot: defaulted(boolean, false, "Whether rows of partitions are published as the partitioned table's."),
};
