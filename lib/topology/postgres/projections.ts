import type { ProjectionDefinition } from "../../domain/definition";
import { postgresName } from "../../domain/names";
import type { ColumnType } from "../../domain/projection-input";
import type { TableModel } from "../../postgres/model";
import type { Names } from "../names";
import type { RenamedColumn } from "../types";
import { column, index, primaryKey, table } from "./columns";
import { readIndexName, withFormerColumns } from "./renamed-columns";

/** As Postgres writes it back. */
const TYPES: Readonly<Record<ColumnType, string>> = {
  text: "text",
  uuid: "uuid",
  integer: "integer",
  bigint: "bigint",
  numeric: "numeric",
  date: "date",
  timestamptz: "timestamp with time zone",
  jsonb: "jsonb",
  boolean: "boolean",
};

/** A projection's read table; its comment names events by what they are stored as. */
export function projectionTable(schema: string, projection: ProjectionDefinition, names: Names): TableModel {
  const name = names.projectionTable(projection.name);
  const declared = table(schema, name, {
    comment: `Read model made of ${projection.from.map((each) => names.eventType(each)).join(", ")}.`,
    columns: projection.columns.map((each) =>
      column(each.name, TYPES[each.type], { nullable: each.nullable, default: each.default }),
    ),
    primaryKey: { ...primaryKey(name, ...projection.key), name: postgresName(`${name}_pkey`) },
    indexes: projection.indexes.map((each) => index(readIndexName(name, each), each.columns, { unique: each.unique })),
  });
  const renamed = renamedColumns(projection);
  return renamed.length === 0 ? declared : withFormerColumns(declared, renamed);
}

export function renamedColumns({ columns }: ProjectionDefinition): readonly RenamedColumn[] {
  return columns.flatMap(({ name, renamedFrom }) => (renamedFrom === null ? [] : [{ from: renamedFrom, to: name }]));
}
