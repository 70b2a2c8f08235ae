import type { CheckModel, Deferrable, ExclusionModel, ForeignKeyModel, TableModel, UniqueModel } from "./model";
import { quoteIdent, quoteName } from "./quote";
import { indexKey } from "./sql-index";
import { quoteList } from "./sql-parts";

/** All constraints of a table that is created, but for keys that stay NOT VALID, which `CREATE TABLE` can't say. */
export function constraintDefinitions(table: TableModel): readonly string[] {
  const { primaryKey } = table;
  return [
    ...(primaryKey === null
      ? []
      : [`CONSTRAINT ${quoteIdent(primaryKey.name)} PRIMARY KEY (${quoteList(primaryKey.columns)})`]),
    ...table.uniques.map(uniqueDefinition),
    ...table.exclusions.map(exclusionDefinition),
    ...table.checks.map((check) => `CONSTRAINT ${quoteIdent(check.name)} CHECK (${check.expression})`),
    ...table.foreignKeys.filter(({ validated }) => validated).map((each) => foreignKeyDefinition(each, each.name)),
  ];
}

/** Not checked against the rows that are there: {@link validateConstraint} does that without stopping writers. */
export function addCheckNotValid(schema: string, table: string, check: CheckModel): string {
  return (
    `ALTER TABLE ${quoteName(schema, table)} ADD CONSTRAINT ${quoteIdent(check.name)} ` +
    `CHECK (${check.expression}) NOT VALID`
  );
}

export function validateConstraint(schema: string, table: string, name: string): string {
  return `ALTER TABLE ${quoteName(schema, table)} VALIDATE CONSTRAINT ${quoteIdent(name)}`;
}

export function dropConstraint(schema: string, table: string, name: string): string {
  return `ALTER TABLE ${quoteName(schema, table)} DROP CONSTRAINT ${quoteIdent(name)}`;
}

/** On the partitioned table alone: its leaves' parts are built and attached one by one. */
export function addUniqueOnly(schema: string, table: string, unique: UniqueModel): string {
  return `ALTER TABLE ONLY ${quoteName(schema, table)} ADD ${uniqueDefinition(unique)}`;
}

/** Makes a constraint of a unique index that was built without stopping writers; they get one name. */
export function addUniqueUsing(schema: string, table: string, unique: UniqueModel, index: string): string {
  return (
    `ALTER TABLE ${quoteName(schema, table)} ADD CONSTRAINT ${quoteIdent(index)} ` +
    `UNIQUE USING INDEX ${quoteIdent(index)}${deferrableText(unique.deferrable)}`
  );
}

export function addForeignKey(schema: string, table: string, key: ForeignKeyModel, validated: boolean): string {
  const definition = foreignKeyDefinition(key, key.name);
  return `ALTER TABLE ${quoteName(schema, table)} ADD ${definition}${validated ? "" : " NOT VALID"}`;
}

export function deferForeignKey(schema: string, table: string, key: ForeignKeyModel): string {
  const text = key.deferrable === "no" ? " NOT DEFERRABLE" : deferrableText(key.deferrable);
  return `ALTER TABLE ${quoteName(schema, table)} ALTER CONSTRAINT ${quoteIdent(key.name)}${text}`;
}

export function addExclusion(schema: string, table: string, exclusion: ExclusionModel): string {
  return `ALTER TABLE ${quoteName(schema, table)} ADD ${exclusionDefinition(exclusion)}`;
}

/** A constraint in words that say all of it: `unique constraint "once" UNIQUE ("a", "b")`. */
export function constraintText(
  attribute: "uniques" | "foreignKeys" | "exclusions",
  constraint: UniqueModel | ForeignKeyModel | ExclusionModel,
): string {
  const definition = {
    uniques: (): string => uniqueDefinition(constraint as UniqueModel),
    foreignKeys: (): string => foreignKeyDefinition(constraint as ForeignKeyModel, constraint.name),
    exclusions: (): string => exclusionDefinition(constraint as ExclusionModel),
  }[attribute]();
  const word = { uniques: "unique constraint", foreignKeys: "foreign key", exclusions: "exclusion constraint" };
  return `${word[attribute]} ${quoteIdent(constraint.name)} ${definition.slice(`CONSTRAINT ${quoteIdent(constraint.name)} `.length)}`;
}

function uniqueDefinition(unique: UniqueModel): string {
  return (
    `CONSTRAINT ${quoteIdent(unique.name)} UNIQUE ${unique.nullsNotDistinct ? "NULLS NOT DISTINCT " : ""}` +
    `(${quoteList(unique.columns)})` +
    (unique.include.length === 0 ? "" : ` INCLUDE (${quoteList(unique.include)})`) +
    deferrableText(unique.deferrable)
  );
}

function foreignKeyDefinition(key: ForeignKeyModel, name: string): string {
  const action = (text: string): string => text.replace("-", " ").toUpperCase();
  return (
    `CONSTRAINT ${quoteIdent(name)} FOREIGN KEY (${quoteList(key.columns)}) ` +
    `REFERENCES ${quoteName(key.referencesSchema, key.referencesTable)} (${quoteList(key.referencesColumns)})` +
    (key.match === "full" ? " MATCH FULL" : "") +
    (key.onUpdate === "no-action" ? "" : ` ON UPDATE ${action(key.onUpdate)}`) +
    (key.onDelete === "no-action" ? "" : ` ON DELETE ${action(key.onDelete)}`) +
    deferrableText(key.deferrable)
  );
}

function exclusionDefinition(exclusion: ExclusionModel): string {
  const elements = exclusion.elements.map((each) => `${indexKey(each)} WITH ${operatorText(each.operator)}`);
  return (
    `CONSTRAINT ${quoteIdent(exclusion.name)} EXCLUDE USING ${exclusion.method} (${elements.join(", ")})` +
    (exclusion.where === null ? "" : ` WHERE (${exclusion.where})`) +
    deferrableText(exclusion.deferrable)
  );
}

function operatorText(operator: string): string {
  const dot = operator.lastIndexOf(".");
  return dot < 0 ? operator : `OPERATOR(${quoteIdent(operator.slice(0, dot))}.${operator.slice(dot + 1)})`;
}

function deferrableText(deferrable: Deferrable): string {
  return { no: "", immediate: " DEFERRABLE", deferred: " DEFERRABLE INITIALLY DEFERRED" }[deferrable];
}
