import type { ColumnModel } from "./model";
import { isConstantExpression } from "./normalise";
import { allow, brief, refuse, rewriting, rowsText, type Situation, type Verdict } from "./verdict";

/** Whether a new column fills every row by itself, in which case the rows that are there make a difference. */
export function fillsRows(column: ColumnModel): boolean {
  if (column.identity !== null || column.generated !== null) return true;
  if (column.fill !== null) return false;
  return column.default === null ? !column.nullable : !isConstantExpression(column.default);
}

export function judgeNewColumn(column: ColumnModel, situation: Situation): Verdict {
  const change = `add column "${column.name}"`;
  if (!fillsRows(column) || situation.rows === "none") return allow("columns", change, brief);
  const rows = rowsText(situation);
  if (column.identity !== null || column.generated !== null) {
    return refuse(
      "PG413",
      "columns",
      `${change}, which ${column.identity === null ? "is generated" : "is an identity"}`,
      rewriting,
      `${rows}, and all of them would be rewritten while writers wait; add it as a plain nullable column and fill it in batches, or declare a new table and copy the rows`,
    );
  }
  return column.default === null
    ? refuse(
        "PG404",
        "columns",
        `${change} NOT NULL without a default`,
        brief,
        `${rows}, which would have no value for it; make it nullable, give it a constant default, or say by fill what they get`,
      )
    : refuse(
        "PG413",
        "columns",
        `${change} with the default ${column.default}`,
        rewriting,
        `${rows}, and all of them would be rewritten while writers wait; say by fill what they get, or add it nullable and without a default, apply that, and then set the default`,
      );
}

/** Readers of a column that was never empty need not know what to do with nothing. */
export function judgeNullable({ name, nullable }: ColumnModel): Verdict {
  if (!nullable) return allow("columns", `make column "${name}" NOT NULL`, brief);
  const wayOut = "keep it NOT NULL, or add a nullable column beside it";
  return refuse("PG403", "columns", `make column "${name}" nullable`, rewriting, wayOut);
}

const identityText = { always: "always an identity", "by-default": "an identity by default" } as const;

/** A looser identity is fine; a new one counts from 1, below the values that are there. */
export function judgeIdentity(from: ColumnModel, to: ColumnModel, situation: Situation): Verdict {
  const text = (column: ColumnModel): string => (column.identity === null ? "plain" : identityText[column.identity]);
  const change = `make column "${to.name}", which is ${text(from)}, ${text(to)}`;
  if (from.identity === "always" && to.identity === "by-default") return allow("columns", change, brief);
  if (to.identity !== null && situation.rows === "none") return allow("columns", change, brief);
  if (to.identity === null) {
    const wayOut =
      "inserts that rely on it would fail; keep it, or drop the identity by hand once no writer relies on it, and then leave it out";
    return refuse("PG414", "columns", change, brief, wayOut);
  }
  const wayOut =
    from.identity === null
      ? `${rowsText(situation)}, and its sequence would begin at 1; add the identity by hand, set its sequence behind the highest value, and then declare it`
      : "inserts that give a value of their own would fail; keep it by-default, or change it by hand once no writer gives one, and then declare it";
  return refuse("PG414", "columns", change, brief, wayOut);
}

export function judgeGenerated(from: ColumnModel, to: ColumnModel): Verdict {
  const text = ({ generated }: ColumnModel): string => (generated === null ? "nothing" : `(${generated})`);
  return refuse(
    "PG414",
    "columns",
    `change what column "${to.name}" is generated from: ${text(from)} to ${text(to)}`,
    rewriting,
    "every row would be worked out anew while writers wait, or go stale; keep it, and add a column beside it",
  );
}
