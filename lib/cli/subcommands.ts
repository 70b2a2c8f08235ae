/* eslint-disable @typescript-eslint/no-require-imports -- each is loaded when it is asked for: `diff` loads no compiler */
import type * as Check from "./check";
import type * as Comment from "./comment";
import type * as Diff from "./diff";
import type * as Drained from "./drained/drained";
import type * as ReadCheckpoints from "./drained/read-checkpoints";
import type * as EnginePlan from "./engine-plan";
import type * as ExportGraph from "./export-graph";
import type * as ExportSql from "./export-sql";
import type * as PostComment from "./github/post-comment";
import type * as HtmlPage from "./html-page";
import type * as ImportPostgres from "./import/import-postgres";
import type * as ReadSchema from "./import/read-schema";
import type * as Lock from "./lock";
import type * as Maintain from "./maintain/maintain";
import type * as RunMaintenance from "./maintain/maintain-schema";
import type * as OnModules from "./on-modules";
import type * as Preview from "./preview";
import type * as Where from "./where";

/** What the subcommands do, each with all that it needs and nothing else. */
export const subcommands = {
  check: () => (require("./check") as typeof Check).check,
  comment: () => (require("./comment") as typeof Comment).comment,
  diff: () => (require("./diff") as typeof Diff).diff,
  diffWithPlan: () => (require("./engine-plan") as typeof EnginePlan).diffWithPlan,
  drained: () => (require("./drained/drained") as typeof Drained).drained,
  exportGraph: () => (require("./export-graph") as typeof ExportGraph).exportGraph,
  exportSql: () => (require("./export-sql") as typeof ExportSql).exportSql,
  htmlPage: () => (require("./html-page") as typeof HtmlPage).htmlPage,
  importPostgres: () => (require("./import/import-postgres") as typeof ImportPostgres).importPostgres,
  lock: () => (require("./lock") as typeof Lock).lock,
  maintain: () => require("./maintain/maintain") as typeof Maintain,
  /** Talks to GitHub; a bundle of its own. */
  postComment: () => (require("./github/post-comment") as typeof PostComment).postComment,
  preview: () => (require("./preview") as typeof Preview).preview,
  /** Talks to Postgres; a bundle of its own. */
  readCheckpoints: () => (require("./drained/read-checkpoints") as typeof ReadCheckpoints).readCheckpoints,
  /** Talks to Postgres; a bundle of its own. */
  readSchema: () => (require("./import/read-schema") as typeof ReadSchema).readSchema,
  /** Talks to Postgres; a bundle of its own. */
  runMaintenance: () => (require("./maintain/maintain-schema") as typeof RunMaintenance).runMaintenance,
  where: () => (require("./where") as typeof Where).where,
  whereIn: () => (require("./where") as typeof Where).whereIn,
  /** Loads and compiles modules; comes with a compiler for TypeScript. */
  onModules: () => (require("./on-modules") as typeof OnModules).onModules,
};
