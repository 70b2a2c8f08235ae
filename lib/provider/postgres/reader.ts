import { idOf, schemaOf, type Declared } from "../objects";
import type { Kind } from "../schema";
import type { Database, Session } from "./connection";
import { inspectGrants, inspectRoles } from "./inspect-access";
import { inspectPublications } from "./inspect-publication";
import { inspectFunctions, inspectSchema, inspectSequences, inspectTables } from "./inspect";
import type { Inspected } from "./inspected";
import type { SchemaLocks } from "./schema-lock";

/**
 * Milliseconds for which a schema that was read once is taken to be as it was: as long as one plan takes, of many tables on a busy
 * machine too. While it is asked for again and again it is the same plan that asks.
 */
const FRESH_MS = { sinceAsked: 10_000, sinceRead: 60_000 };

interface Snapshot {
  readonly at: number;
  asked: number;
  readonly objects: Promise<Map<string, Inspected>>;
}

/** Which object: its kind, schema and name (of grants, the role's), and for a function the id that also names its argument types. */
export interface ObjectReference {
  readonly kind: Kind;
  readonly schema: string;
  readonly name: string;
  readonly id: string;
}

export function referenceTo(declared: Declared): ObjectReference {
  const name = declared.kind === "grants" ? declared.model.role : declared.model.name;
  return { kind: declared.kind, schema: schemaOf(declared), name, id: idOf(declared) };
}

/**
 * What is on the server. Plans read a whole schema at once and share it; an apply reads its one object anew, and what it finds
 * goes into the shared snapshot, so that a thousand applies don't read the schema a thousand times.
 */
export class CatalogReader {
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(
    private readonly database: Database,
    private readonly locks: SchemaLocks,
  ) {}

  async find(reference: ObjectReference): Promise<Inspected | null> {
    return (await this.snapshot(reference)).get(reference.id) ?? null;
  }

  /** Reads one object now. */
  async fresh(session: Session, reference: ObjectReference): Promise<Inspected | null> {
    const objects = await inspect(session, reference.kind, reference.schema, [reference.name]);
    const found = objects.get(reference.id) ?? null;
    const known = await this.snapshots.get(snapshotKey(reference))?.objects;
    if (found === null) known?.delete(reference.id);
    else known?.set(reference.id, found);
    return found;
  }

  private snapshot(reference: ObjectReference): Promise<Map<string, Inspected>> {
    const key = snapshotKey(reference);
    const known = this.snapshots.get(key);
    const now = Date.now();
    if (known !== undefined && now - known.asked < FRESH_MS.sinceAsked && now - known.at < FRESH_MS.sinceRead) {
      known.asked = now;
      return known.objects;
    }
    const objects = this.database.use(async (session) => {
      await this.locks.settled(session, reference.schema);
      return inspect(session, reference.kind, reference.schema, null);
    });
    this.snapshots.set(key, { at: now, asked: now, objects });
    // A failure is told to whoever asked; the next one asks the server again.
    objects.catch(() => this.snapshots.delete(key));
    return objects;
  }
}

function snapshotKey(reference: ObjectReference): string {
  return `${reference.kind} ${reference.schema}`;
}

async function inspect(
  session: Session,
  kind: Kind,
  schema: string,
  names: readonly string[] | null,
): Promise<Map<string, Inspected>> {
  const objects = await inspectKind(session, kind, schema, names);
  return new Map(objects.map((object) => [idOf(object), object]));
}

function inspectKind(
  session: Session,
  kind: Kind,
  schema: string,
  names: readonly string[] | null,
): Promise<Inspected[]> {
  switch (kind) {
    case "schema":
      return inspectSchema(session, schema);
    case "sequence":
      return inspectSequences(session, schema, names);
    case "function":
      return inspectFunctions(session, schema, names);
    case "table":
      return inspectTables(session, schema, names);
    case "role":
      return inspectRoles(session, names);
    case "publication":
      return inspectPublications(session, names);
    case "grants":
      return inspectGrants(session, schema, names);
  }
}
