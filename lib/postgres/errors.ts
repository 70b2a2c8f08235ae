/**
 * The codes of the Postgres model: changes that are refused (PG40x, PG41x), mistakes in a declaration (PG42x, PG432, PG433), ids (PG430),
 * rows in the way (PG431), roles, grants and publications (PG44x).
 * A code never changes its meaning.
 */
export const postgresCodes = {
  PG401: "a column would be dropped",
  PG402: "a column's type or collation would change",
  PG403: "whether a column may be null would change",
  PG404: "a NOT NULL column without a default would be added to a table that may hold rows",
  PG405: "the primary key would change",
  PG406: "the partitioning would change",
  PG407: "a trigger would be removed or weakened",
  PG408: "a check would be removed or changed",
  PG409: "a function's signature would change",
  PG410: "an object would be renamed or moved to another schema",
  PG411: "the removal is refused",
  PG412: "the table holds rows",
  PG413: "a column with a computed value would be added to a table that may hold rows",
  PG414: "how a column gets its value would change",
  PG415: "the server lacks what is asked for",
  PG416: "a unique, foreign key or exclusion constraint would be removed or changed",
  PG417: "an exclusion constraint would be added to a table that may hold rows",
  PG418: "a partition would be removed",
  PG419: "a partition's bounds would change",
  PG420: "a name is empty, too long or holds a zero byte",
  PG421: "a column is named that the table doesn't have",
  PG422: "a name is used twice",
  PG423: "a key of a partitioned table lacks a partition column",
  PG424: "a value is out of range",
  PG425: "a type or setting can't be used here",
  PG426: "a trigger combines what Postgres doesn't allow",
  PG427: "a column combines what Postgres doesn't allow",
  PG428: "a constraint combines what Postgres doesn't allow",
  PG429: "a partition's bounds are not ones that the table can have",
  PG430: "an import id is malformed",
  PG431: "the default partition holds rows of a new one",
  PG432: "partitions overlap",
  PG433: "a rolling rule can't be followed",
  PG440: "a privilege is not one that can be granted",
  PG441: "the role that deploys may not make roles",
  PG442: "a publication would send less to those who read it",
  PG443: "a publication names what can't be published",
  PG444: "an acceptance says too little",
  PG445: "a change that is refused was accepted",
} as const;

export type PostgresCode = keyof typeof postgresCodes;

/** A mistake in a declared object. */
export interface PostgresIssue {
  readonly code: PostgresCode;
  /** Where in the model: `columns[2].type`. */
  readonly path: string;
  readonly message: string;
  readonly received: string;
  readonly allowed: string;
  readonly fix: string;
}
