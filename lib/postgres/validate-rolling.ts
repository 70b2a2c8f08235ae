import { bareType } from "./bound-value";
import type { PostgresIssue } from "./errors";
import type { RollingModel, TableModel } from "./model";
import { maxNameBytes, nameBytes } from "./names";
import { typedColumns } from "./partitions";
import { before, rolledNameBytes, rollingHours, rollingTypes } from "./rolling";
import { issue } from "./validate-parts";

/** The most leaves that are made ahead. */
export const maxAhead = 1000;

/** Why a rolling rule can't be followed. */
export function rollingIssues(table: TableModel): PostgresIssue[] {
  const { partitioning } = table;
  if (partitioning === null || partitioning.rolling === null) return [];
  const { rolling } = partitioning;
  return [
    ...columnIssues(table),
    ...intervalIssues(rolling),
    ...(Number.isInteger(rolling.ahead) && rolling.ahead >= 1 && rolling.ahead <= maxAhead
      ? []
      : [wrong("ahead", "the number of leaves ahead is out of range", String(rolling.ahead), `1 to ${maxAhead}`)]),
    ...retainIssues(rolling),
    ...nameIssues(table, rolling),
  ];
}

function columnIssues({ columns, partitioning }: TableModel): PostgresIssue[] {
  const { strategy, columns: keys, rolling } = partitioning!;
  if (strategy !== "range" || keys.length !== 1) {
    return [
      wrong("strategy", "only a range of one column rolls", `${strategy} (${keys.join(", ")})`, "range, one column"),
    ];
  }
  const type = bareType(typedColumns(keys, columns)[0]!.type).name;
  const known: readonly string[] = rollingTypes;
  if (!known.includes(type)) {
    return [wrong("columns", "the column holds no time", type, `${rollingTypes.join(", ")} (of version 7)`)];
  }
  const hourly = type === "date" && /hour/.test(rolling!.interval);
  return hourly ? [wrong("interval", "a date has no hours", rolling!.interval, "day, week, month")] : [];
}

function intervalIssues({ interval }: RollingModel): PostgresIssue[] {
  const hours = Number(/^(\d{1,2}) hours?$/.exec(interval)?.[1] ?? 0);
  if (["day", "week", "month"].includes(interval) || rollingHours.includes(hours)) return [];
  const allowed = `day, week, month, or hours that divide a day: ${rollingHours.map((each) => `${each} hours`).join(", ")}`;
  return [wrong("interval", "this is no interval that can roll", interval, allowed)];
}

function retainIssues({ retain }: RollingModel): PostgresIssue[] {
  if (retain === null) return [];
  const limit = before(0n, retain);
  if (limit !== null && limit < 0n) return [];
  return [wrong("retain", "this is no length of time", retain, "such as 48 hours, 90 days, 13 months or 2 years")];
}

function nameIssues({ name }: TableModel, rolling: RollingModel): PostgresIssue[] {
  const bytes = rolledNameBytes(rolling);
  if (nameBytes(name) > maxNameBytes || nameBytes(name) + bytes <= maxNameBytes) return [];
  return [
    issue(
      "PG420",
      "name",
      "the leaves' names would be too long",
      name,
      `at most ${maxNameBytes - bytes} bytes`,
      "shorten it",
    ),
  ];
}

function wrong(field: string, message: string, received: string, allowed: string): PostgresIssue {
  const path = field === "strategy" || field === "columns" ? `partitioning.${field}` : `partitioning.rolling.${field}`;
  return issue("PG433", path, message, received, allowed, "correct it, or leave rolling out");
}
