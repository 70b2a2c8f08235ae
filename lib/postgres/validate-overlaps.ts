import { type BoundColumn, compareValues, readLiteral } from "./bound-value";
import type { PostgresIssue } from "./errors";
import type { LeafModel, LevelModel } from "./model";
import { attached, boundValue, canonicalBound } from "./partitions";
import { issue } from "./validate-parts";

/** Partitions of one level that would hold the same row, two defaults, and ranges that hold no row. Gaps are allowed. */
export function overlapIssues(level: LevelModel, path: string, columns: readonly BoundColumn[]): PostgresIssue[] {
  const living = attached(level.partitions);
  const bounded = living.filter((each) => !each.default);
  return [
    ...living
      .filter((each) => each.default)
      .slice(1)
      .map(({ name }) =>
        issue("PG432", path, "there are two default partitions", name, "one", "give one of them bounds"),
      ),
    ...(level.strategy === "list" ? doubledValues(bounded, path, columns[0]) : rangeOverlaps(bounded, path, columns)),
  ];
}

function doubledValues(
  partitions: readonly LeafModel[],
  path: string,
  column: BoundColumn | undefined,
): PostgresIssue[] {
  const owners = new Map<string, string>();
  return partitions.flatMap(({ name, values }) =>
    values.flatMap((sql) => {
      const value = canonicalBound(sql, column);
      const owner = owners.get(value);
      owners.set(value, owner ?? name);
      if (owner === undefined) return [];
      const where = owner === name ? `twice in "${name}"` : `in "${owner}" and in "${name}"`;
      return [issue("PG432", path, `a value is ${where}`, sql, "each once", "leave it out of one")];
    }),
  );
}

function rangeOverlaps(
  partitions: readonly LeafModel[],
  path: string,
  columns: readonly BoundColumn[],
): PostgresIssue[] {
  const whole = partitions.filter(({ from, to }) => from.length === columns.length && to.length === columns.length);
  const empty = whole.filter(({ from, to }) => atOrAfter(from, to, columns));
  const sound = whole.filter((each) => !empty.includes(each));
  return [
    ...empty.map(({ from, to }) =>
      issue(
        "PG432",
        path,
        "the range holds no row",
        `${from.join(", ")} to ${to.join(", ")}`,
        "from below to, which is not in it",
        "exchange them, or raise to",
      ),
    ),
    ...sound.flatMap((one, at) =>
      sound
        .slice(at + 1)
        .filter((other) => before(one.from, other.to, columns) && before(other.from, one.to, columns))
        .map((other) =>
          issue(
            "PG432",
            path,
            `"${one.name}" and "${other.name}" overlap`,
            `${other.from.join(", ")} to ${other.to.join(", ")}`,
            `outside ${one.from.join(", ")} to ${one.to.join(", ")}`,
            "move one of the bounds",
          ),
        ),
    ),
  ];
}

function atOrAfter(a: readonly string[], b: readonly string[], columns: readonly BoundColumn[]): boolean {
  const order = compareBounds(a, b, columns);
  return order !== null && order >= 0;
}

function before(a: readonly string[], b: readonly string[], columns: readonly BoundColumn[]): boolean {
  const order = compareBounds(a, b, columns);
  return order !== null && order < 0;
}

/** Below, at or above 0; null where only the server knows the order. */
export function compareBounds(
  a: readonly string[],
  b: readonly string[],
  columns: readonly BoundColumn[],
): number | null {
  for (const [at, column] of columns.entries()) {
    const [one, other] = [end(a[at]), end(b[at])];
    if (one !== other) return one - other;
    if (one !== 0) return 0;
    const [left, right] = [boundValue(a[at] ?? "", column), boundValue(b[at] ?? "", column)];
    const order = left === null || right === null ? null : compareValues(left, right);
    if (order === null || order !== 0) return order;
  }
  return 0;
}

function end(sql: string | undefined): -1 | 0 | 1 {
  const kind = readLiteral(sql ?? "")?.kind;
  return kind === "minvalue" ? -1 : kind === "maxvalue" ? 1 : 0;
}
