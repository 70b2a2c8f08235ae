import { postgresName } from "../../domain/names";
import { type GrantsModel, PUBLIC, type RoleModel, type TableGrantModel } from "../../postgres/access-model";
import { noGrants } from "../../postgres/grants";
import { formatFunctionId } from "../../postgres/import-id";
import type { FunctionModel } from "../../postgres/model";

/**
 * Who uses the store, each by a group role of its own (`<schema>_writer`, …): those who append and decide, those who only read, those
 * who keep read models, and the relay, which reads the feed and sends the outbox.
 */
export type StoreRole = "writer" | "reader" | "projector" | "relay";

export const STORE_ROLES: readonly StoreRole[] = ["writer", "reader", "projector", "relay"];

const WORK: Readonly<Record<StoreRole, string>> = {
  writer: "appends events, and decides by what it reads",
  reader: "reads events and read models",
  projector: "keeps read models",
  relay: "sends what is in the feed and in the outbox",
};

/** Who calls the functions around `event_store`; the others say it of themselves ({@link StoreFunction.roles}). */
const CALLERS: Readonly<Record<string, readonly StoreRole[]>> = {
  append_event: ["writer"],
  append_events: ["writer"],
  archive_aggregate: ["writer"],
  check_identity: STORE_ROLES,
  current_epoch: STORE_ROLES,
  lock_aggregates: ["writer"],
  read_aggregate: ["writer", "reader", "projector"],
  read_events: ["reader", "projector", "relay"],
  read_tenant_events: ["reader", "projector", "relay"],
  // for its owner, after a restore
  raise_epoch: [],
  // for a job of its owner
  clean_inbox: [],
  clean_timeouts: [],
  maintain: [],
  roll_event_store: [],
  // for triggers
  refuse_change: [],
};

/** What the read functions look at with the rights of who calls them, so that their plans hold the caller's conditions. */
const READ_BY_ALL: readonly string[] = ["event_store", "epochs"];

/** A function of the store and who calls it. */
export interface Callable {
  readonly definition: FunctionModel;
  readonly roles: readonly StoreRole[];
}

/**
 * The functions around `event_store` with who calls them.
 *
 * @throws Error for a function of which nobody has said who calls it
 */
export function calledBy(definitions: readonly FunctionModel[]): readonly Callable[] {
  return definitions.map((definition) => {
    const roles = CALLERS[definition.name];
    if (roles === undefined) throw new Error(`who calls ${definition.name}?`);
    return { definition, roles };
  });
}

/** The role's name in the cluster: with the schema's, since domains share it. */
export function storeRoleName(schema: string, role: StoreRole): string {
  return postgresName(`${schema}_${role}`);
}

export function storeRole(domain: string, schema: string, role: StoreRole): RoleModel {
  return { name: storeRoleName(schema, role), comment: `Of the domain ${domain}: who ${WORK[role]}.` };
}

/** All that a role may do: nobody writes events but by append_events, and of the other tables only read models are touched. */
export function storeGrants(
  schema: string,
  role: StoreRole,
  functions: readonly Callable[],
  readModels: readonly string[],
): GrantsModel {
  const called = functions.filter(({ roles }) => roles.includes(role)).map(({ definition }) => definition);
  return {
    schema,
    role: storeRoleName(schema, role),
    privileges: ["usage"],
    tables: [
      ...READ_BY_ALL.map((name): TableGrantModel => ({ name, privileges: ["select"], columns: [] })),
      ...readModels.flatMap((name) => readModelGrant(role, name)),
    ],
    sequences: [],
    functions: called.map(signatureOf).sort(),
  };
}

/** Nothing: also what Postgres lets everybody do with a function that is made. */
export function publicGrants(schema: string): GrantsModel {
  return noGrants({ schema, role: PUBLIC });
}

/** What a role may do with a read model's table. */
export function readModelGrant(role: StoreRole, name: string): readonly TableGrantModel[] {
  if (role === "reader") return [{ name, privileges: ["select"], columns: [] }];
  if (role !== "projector") return [];
  return [{ name, privileges: ["select", "insert", "update", "delete"], columns: [] }];
}

/** Without the schema. */
function signatureOf(definition: FunctionModel): string {
  return formatFunctionId({ ...definition, schema: "s" }).slice("s.".length);
}
