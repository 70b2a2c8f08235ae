import type { DomainDefinition, ProjectionDefinition } from "../../domain/definition";
import type { FunctionModel, TableModel } from "../../postgres/model";
import { projectionId } from "../generation";
import type { Names } from "../names";
import type {
  PostgresFunction,
  PostgresGrants,
  PostgresRole,
  PostgresSchema,
  PostgresSequence,
  PostgresTableResource,
} from "../types";
import { accessResources } from "./access";
import { companionFunctions } from "./companion-functions";
import { companionTables, sagaTables } from "./companions";
import { ARCHIVINGS, archivedAggregatesTable } from "./archive";
import { EPOCH, epochsTable } from "./epochs";
import { eventStoreTable } from "./event-store";
import { earlyFunctions, storeFunctions } from "./functions";
import { layoutOf } from "./layout";
import { maintenanceFunctions } from "./maintenance";
import { projectionTable, renamedColumns } from "./projections";

type StoreResource =
  PostgresFunction | PostgresGrants | PostgresRole | PostgresSchema | PostgresSequence | PostgresTableResource;

/** What the functions' bodies name. */
const NAMED_BY_FUNCTIONS = [
  ...["table/archived_aggregates", "table/epochs", "table/event_store"],
  ...[`sequence/${EPOCH}`, `sequence/${ARCHIVINGS}`],
];
const NAMED_BY_MAINTENANCE = ["table/event_store", "table/inbox", "table/sagas", "table/timeouts"];
const PLACED = { part: "store", path: "store" } as const;

/** The event store's schema, sequences, functions and tables, the projections' tables, and the roles with what they may do. */
export function storeResources(domain: DomainDefinition, names: Names): readonly StoreResource[] {
  if (domain.store === "none") return [];
  const { schema } = names;
  const layout = layoutOf(domain.store.partitioning);
  const events = eventStoreTable(schema, layout, indexedTypes(domain, names));
  const early = earlyFunctions(schema);
  const core = storeFunctions(schema, layout);
  const companions = companionFunctions(schema, layout);
  const maintenance = maintenanceFunctions(schema, domain.store, events);
  const readModels = Object.values(domain.projections).map((each) => projectionResource(schema, each, names));
  return [
    schemaResource(schema, `Event store of the domain ${domain.name}, store format ${domain.store.format}.`),
    ...sequences(schema),
    ...early.map((each) => fn(each, ["schema"])),
    tableResource(archivedAggregatesTable(schema, layout), ["schema"]),
    tableResource(epochsTable(schema), ["schema"]),
    tableResource(events, ["sequence/global_position", "function/refuse_change"]),
    ...companionTables(schema, layout).map((each) =>
      tableResource(each, each.name === "outbox" ? ["sequence/outbox_position"] : ["schema"]),
    ),
    ...sagaTables(schema).map((each) => tableResource(each, ["schema"])),
    ...core.map((each) => fn(each, NAMED_BY_FUNCTIONS)),
    ...companions.map(({ definition, tables }) =>
      fn(
        definition,
        tables.map((table) => `table/${table}`),
      ),
    ),
    ...maintenance.map((each) => fn(each, NAMED_BY_MAINTENANCE)),
    ...readModels,
    ...accessResources(domain, schema, { core: [...early, ...core, ...maintenance], companions, readModels }),
  ];
}

function schemaResource(name: string, comment: string): PostgresSchema {
  return {
    kind: "postgres-schema",
    key: "schema",
    ...PLACED,
    protect: false,
    dependsOn: [],
    definition: { name, comment },
  };
}

function sequences(schema: string): readonly PostgresSequence[] {
  return [
    sequence(schema, "global_position", "Orders events within a transaction; has gaps."),
    sequence(schema, "outbox_position", "Orders what is to be sent."),
    sequence(schema, EPOCH, "The epoch that events are appended in, once it was raised. See raise_epoch."),
    sequence(schema, ARCHIVINGS, "How often an aggregate was archived: appends look for theirs once one was."),
  ];
}

function projectionResource(schema: string, projection: ProjectionDefinition, names: Names): PostgresTableResource {
  const renamed = renamedColumns(projection);
  return {
    kind: "postgres-table",
    key: projectionId(projection),
    path: `projections.${projection.name}.table`,
    part: "store",
    protect: false,
    dependsOn: ["schema"],
    definition: projectionTable(schema, projection, names),
    removal: projection.removal,
    ...(renamed.length === 0 ? {} : { renamedColumns: renamed }),
  };
}

function indexedTypes(domain: DomainDefinition, names: Names): readonly string[] {
  const indexed = Object.values(domain.events).filter((each) => each.indexed);
  return indexed.map(({ name }) => names.eventType(name)).sort();
}

function sequence(schema: string, name: string, comment: string): PostgresSequence {
  return {
    kind: "postgres-sequence",
    key: `sequence/${name}`,
    ...PLACED,
    protect: false,
    dependsOn: ["schema"],
    definition: { schema, name, cache: 1, comment },
  };
}

function fn(definition: FunctionModel, dependsOn: readonly string[]): PostgresFunction {
  return {
    kind: "postgres-function",
    key: `function/${definition.name}`,
    ...PLACED,
    protect: false,
    dependsOn,
    definition,
  };
}

function tableResource(definition: TableModel, dependsOn: readonly string[]): PostgresTableResource {
  return {
    kind: "postgres-table",
    key: `table/${definition.name}`,
    ...PLACED,
    protect: false,
    dependsOn,
    definition,
    removal: "refuse",
  };
}
