import { createHash } from "node:crypto";
import { canonicalFunction, canonicalSequence, canonicalTable } from "../../postgres/canonical";
import { stable } from "../../postgres/diff";
import type { GrantsModel, RoleModel } from "../../postgres/access-model";
import { canonicalGrants, isEmptyGrants } from "../../postgres/grants";
import type { PublicationModel } from "../../postgres/publication-model";
import type { FunctionModel, SchemaModel, SequenceModel, TableModel } from "../../postgres/model";
import type { Branch } from "../../postgres/partitions";
import type { IndexObstacle, TableSize } from "../../postgres/plan";

/** A check that is there only while a partition is attached, and the partition that it is on. */
export interface PassingCheck {
  readonly check: string;
  readonly on: string;
}

interface Base {
  /** Who the marker says declares it; null without a marker. */
  readonly declaredBy: string | null;
  /** Why it can't be managed as it stands; empty when it can. */
  readonly problems: readonly string[];
}

export interface InspectedTable extends Base {
  readonly kind: "table";
  readonly model: TableModel;
  /** The leaves' names, of a hash by remainder. */
  readonly leaves: readonly string[];
  /** Partitions that are partitioned themselves. */
  readonly branches: readonly Branch[];
  /** Partitions whose detaching broke off. */
  readonly leaving: readonly { readonly partition: string; readonly parent: string }[];
  /** Checks that an attaching left which broke off. */
  readonly passingChecks: readonly PassingCheck[];
  /** Indexes and constraints that the model doesn't show: invalid, left over on a leaf, or with more than the model can say. */
  readonly obstacles: readonly IndexObstacle[];
  /** Checks and foreign keys that rows from before may break. */
  readonly unvalidated: readonly string[];
  /** By name, of the table and its partitions. */
  readonly sizes: Readonly<Record<string, TableSize>>;
}
export interface InspectedFunction extends Base {
  readonly kind: "function";
  readonly model: FunctionModel;
}
export interface InspectedSequence extends Base {
  readonly kind: "sequence";
  readonly model: SequenceModel;
}
export interface InspectedSchema extends Base {
  readonly kind: "schema";
  readonly model: SchemaModel;
}

export interface InspectedRole extends Base {
  readonly kind: "role";
  readonly model: RoleModel;
}
/** There as soon as role and schema are. */
export interface InspectedGrants extends Base {
  readonly kind: "grants";
  readonly model: GrantsModel;
}
export interface InspectedPublication extends Base {
  readonly kind: "publication";
  readonly model: PublicationModel;
}

export type Inspected =
  | InspectedTable
  | InspectedFunction
  | InspectedSequence
  | InspectedSchema
  | InspectedRole
  | InspectedGrants
  | InspectedPublication;

/** Equal exactly when what was inspected is the same, however large it is; `absent` for nothing. */
export function fingerprint(inspected: Inspected | null): string {
  // what nothing is granted to yet may come into being between a plan and its apply
  if (inspected === null || (inspected.kind === "grants" && isEmptyGrants(inspected.model))) return "absent";
  return hash({ ...inspected, model: canonicalModel(inspected), sizes: {} });
}

/**
 * As {@link fingerprint}, of a table that rolls: which leaves there are is not looked at, since they come and go between a plan and
 * its apply.
 */
export function rollingFingerprint(inspected: Inspected | null): string {
  if (inspected?.kind !== "table" || isPlain(inspected)) return fingerprint(inspected);
  const model = canonicalTable(inspected.model);
  const partitioning = model.partitioning && { ...model.partitioning, partitions: [], storage: {} };
  return hash({ ...inspected, model: { ...model, partitioning }, leaves: [], branches: [], sizes: {} });
}

/** Both, worked out once where they are the same: a plan of many tables does little else. */
export function fingerprints(inspected: Inspected | null): {
  readonly fingerprint: string;
  readonly rollingFingerprint: string;
} {
  // prettier-ignore
  const whole = fingerprint(inspected);
  const same = inspected?.kind !== "table" || isPlain(inspected);
  return { fingerprint: whole, rollingFingerprint: same ? whole : rollingFingerprint(inspected) };
}

function isPlain({ model, leaves, branches }: InspectedTable): boolean {
  return model.partitioning === null && leaves.length === 0 && branches.length === 0;
}

function hash(canonical: object): string {
  return createHash("sha256").update(stable(canonical)).digest("hex").slice(0, 32);
}

function canonicalModel(inspected: Inspected): object {
  switch (inspected.kind) {
    case "table":
      return canonicalTable(inspected.model);
    case "function":
      return canonicalFunction(inspected.model);
    case "sequence":
      return canonicalSequence(inspected.model);
    case "grants":
      return canonicalGrants(inspected.model);
    case "schema":
    case "role":
    case "publication":
      return inspected.model;
  }
}
