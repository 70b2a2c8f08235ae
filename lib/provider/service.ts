import type { Issue } from "./issue";
import { remember, type Memory } from "./memory";
import { idOf, type Declared } from "./objects";
import type { Present } from "./decision";
import { Database, type Session } from "./postgres/connection";
import type { Inspected } from "./postgres/inspected";
import { CatalogReader } from "./postgres/reader";
import { SchemaLocks } from "./postgres/schema-lock";
import { describeError } from "./postgres/server-error";
import type { ConnectionSettings } from "./postgres/settings";
import { hasRowsQuery } from "./postgres/rows";
import type { Situation } from "../postgres/safety";
import { resourceSchemas, type Kind } from "./schema";
import { UNKNOWN, type Attributes, type Value } from "./value";

/** One server, as the handlers use it: connections, the catalog, the locks, and what this process itself made. */
export class Service {
  readonly database: Database;
  readonly catalog: CatalogReader;
  readonly locks: SchemaLocks;
  /** Ids of what this process created or adopted: the same run must not remove it again. */
  readonly made = new Set<string>();

  /** @param now - the clock: milliseconds since 1970 */
  constructor(
    readonly settings: ConnectionSettings,
    readonly now: () => number,
  ) {
    this.database = new Database(settings);
    this.locks = new SchemaLocks(this.database);
    this.catalog = new CatalogReader(this.database, this.locks);
  }

  describe(error: unknown, doing: string | null): Issue {
    return describeError(error, this.settings, doing);
  }
}

/** Whether a table holds a row; stops at the first. */
export async function rowsOf(session: Session, declared: Declared): Promise<Situation["rows"]> {
  if (declared.kind !== "table") return "unknown";
  const found = await session.query<{ found: boolean }>(hasRowsQuery(declared.model.schema, declared.model.name));
  return found[0]?.found === true ? "some" : "none";
}

/** What was inspected, as the decision wants it. */
export function presentFrom(inspected: Inspected | null, spellings: Memory["spellings"]): Present | null {
  if (inspected === null) return null;
  const { kind, model, declaredBy } = inspected;
  return {
    declared: { kind, model } as Declared,
    declaredBy: declaredBy ?? "",
    memory: remember(inspected, { spellings, owner: declaredBy }),
  };
}

/** What a state has of an object beside what is on the server. */
export type Beside = Readonly<Record<"removal" | "accept" | "ddl", Value>>;

export function keptBeside({ removal, accept, ddl }: Attributes): Beside {
  return { removal: removal ?? null, accept: accept ?? null, ddl: ddl ?? [] };
}

/** The attributes of an object on the server, in the server's spelling. */
export function attributesOf(inspected: Inspected, kept: Beside): Attributes {
  const { kind, model, declaredBy } = inspected;
  const all: Record<string, unknown> = {
    ...model,
    declaredBy: declaredBy ?? "",
    ...kept,
    id: idOf({ kind, model } as Declared),
  };
  return Object.fromEntries(names(kind).map((name) => [name, all[name] as Value]));
}

export function names(kind: Kind): readonly string[] {
  return Object.keys(resourceSchemas[kind]);
}

export function textAttribute(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === "string" ? value : "";
}

export function isKnown(value: Value | undefined): boolean {
  return value !== UNKNOWN && value !== undefined;
}
