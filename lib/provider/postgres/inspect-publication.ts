import { formatId } from "../../postgres/import-id";
import { splitMarker } from "../../postgres/marker";
import type { PublicationModel } from "../../postgres/publication-model";
import type { Situation } from "../../postgres/safety";
import type { Session } from "./connection";
import type { InspectedPublication } from "./inspected";
import { type PublicationRow, publicationsQuery, readersQuery } from "./publication-queries";

/** Reads the database's publications in one query. `names` null for all of them. */
export async function inspectPublications(
  session: Session,
  names: readonly string[] | null,
): Promise<InspectedPublication[]> {
  const rows = await session.query<PublicationRow & Record<string, unknown>>(publicationsQuery, [names]);
  return rows.map((row) => {
    const { comment, declaredBy } = splitMarker(row.comment);
    const model: PublicationModel = {
      name: row.name,
      tables: row.tables.map(({ schema, name, columns, where }) => ({
        name: formatId(schema, name),
        columns: columns ?? [],
        where,
      })),
      schemas: row.schemas,
      operations: row.operations as PublicationModel["operations"],
      viaPartitionRoot: row.via_root,
      comment,
    };
    const problems = row.all_tables ? ["it is of all tables of the database, which is for a superuser to say"] : [];
    return { kind: "publication", model, declaredBy, problems };
  });
}

/** Whether anybody may be reading a publication of the database. */
export async function readersOf(session: Session): Promise<NonNullable<Situation["readers"]>> {
  const [row] = await session.query<{ found: boolean }>(readersQuery);
  return row?.found === true ? "some" : "none";
}
