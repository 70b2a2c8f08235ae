import type { CheckModel, ExclusionModel, ForeignKeyModel, TableModel } from "./model";
import { clearObstacles } from "./plan-index";
import type { PlanContext } from "./plan-table";
import { passingCheckName } from "./plan-partition";
import { quoteIdent } from "./quote";
import { setColumnNotNull } from "./sql";
import * as sql from "./sql-constraint";
import { alone, inside, type Statement } from "./statement";

/** Constraints that hold for new rows at once, and are validated for the others while writers go on. */

export function addCheck(check: CheckModel, table: TableModel): Statement[] {
  return [
    inside(sql.addCheckNotValid(table.schema, table.name, check), {
      lock: "ACCESS EXCLUSIVE",
      table,
      comment: `add check ${check.name} for new rows`,
    }),
    validateCheck(check, table),
  ];
}

export function validateCheck({ name }: CheckModel, table: TableModel): Statement {
  return validate(`check ${name}`, name, table.name, table);
}

export function addForeignKey(key: ForeignKeyModel, table: TableModel, context: PlanContext): Statement[] {
  if (table.partitioning !== null) return addForeignKeyByLeaf(key, table, context);
  return [
    inside(sql.addForeignKey(table.schema, table.name, key, false), {
      ...locks(key, table.schema, table.name),
      comment: `add foreign key ${key.name} for new rows`,
    }),
    ...(key.validated ? [validateForeignKey(key, table)] : []),
  ];
}

export function validateForeignKey({ name }: ForeignKeyModel, table: TableModel): Statement {
  return validate(`foreign key ${name}`, name, table.name, table);
}

/**
 * Postgres believes a check that holds, and looks at no row then ([ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html),
 * SET NOT NULL). A row without a value is found while writers go on, and then the check goes again.
 */
export function setNotNull(column: string, table: TableModel): Statement[] {
  const { schema, name } = table;
  const check = { name: passingCheckName(name, column), expression: `${quoteIdent(column)} IS NOT NULL` };
  const locked = { lock: "ACCESS EXCLUSIVE", table, group: `not null ${column}` } as const;
  const dropCheck = sql.dropConstraint(schema, name, check.name);
  const [added, validated] = [
    alone(sql.addCheckNotValid(schema, name, check), {
      ...({ lock: "ACCESS EXCLUSIVE", table } as const),
      comment: `new rows have a ${column}`,
    }),
    { ...validate(`that all rows have a ${column}`, check.name, name, table), undo: dropCheck },
  ];
  return [
    added,
    validated,
    alone(setColumnNotNull(schema, name, column), { ...locked, comment: `${column} is NOT NULL, by that check` }),
    alone(dropCheck, { ...locked, comment: "the check has done its work" }),
  ];
}

/** Postgres adds none to a partitioned table without a look at all rows, but takes one over that all leaves have already. */
function addForeignKeyByLeaf(key: ForeignKeyModel, table: TableModel, context: PlanContext): Statement[] {
  const { schema, name } = table;
  const onLeaves = { ...context, obstacles: context.obstacles.filter((each) => each.constraintOf !== null) };
  return [
    ...clearObstacles([key.name], table, onLeaves),
    ...context.leaves.map((leaf) =>
      alone(sql.addForeignKey(schema, leaf, key, false), {
        ...locks(key, schema, leaf),
        comment: `add foreign key ${key.name} for new rows of ${leaf}`,
      }),
    ),
    ...context.leaves.map((leaf) => validate(`foreign key ${key.name}`, key.name, leaf, table)),
    alone(sql.addForeignKey(schema, name, key, true), {
      ...locks(key, schema, name),
      comment: `add foreign key ${key.name}, which its leaves have`,
    }),
  ];
}

export function deferForeignKey(key: ForeignKeyModel, table: TableModel): Statement {
  return inside(sql.deferForeignKey(table.schema, table.name, key), {
    lock: "ACCESS EXCLUSIVE",
    table,
    comment: `when foreign key ${key.name} is checked`,
  });
}

export function addExclusion(exclusion: ExclusionModel, table: TableModel): Statement {
  return inside(sql.addExclusion(table.schema, table.name, exclusion), {
    lock: "ACCESS EXCLUSIVE",
    table,
    scans: true,
    comment: `add exclusion ${exclusion.name}`,
  });
}

function locks(key: ForeignKeyModel, schema: string, name: string): Pick<Statement, "lock" | "table" | "alsoLocks"> {
  const to = { schema: key.referencesSchema, name: key.referencesTable };
  return { lock: "SHARE ROW EXCLUSIVE", table: { schema, name }, alsoLocks: [to] };
}

function validate(what: string, constraint: string, on: string, { schema }: TableModel): Statement {
  return alone(sql.validateConstraint(schema, on, constraint), {
    lock: "SHARE UPDATE EXCLUSIVE",
    table: { schema, name: on },
    scans: true,
    comment: `validate ${what} for the rows that are there`,
  });
}
