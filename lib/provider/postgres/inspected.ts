import { createHash } from "node:crypto";
import { canonicalFunction, canonicalSequence, canonicalTable } from "../../postgres/canonical";
import { stable } from "../../postgres/diff";
import type { FunctionModel, SchemaModel, SequenceModel, TableModel } from "../../postgres/model";
import type { IndexObstacle } from "../../postgres/plan";

interface Base {
  /** Who the marker says declares it; null without a marker. */
  readonly declaredBy: string | null;
  /** Why it can't be managed as it stands; empty when it can. */
  readonly problems: readonly string[];
}

export interface InspectedTable extends Base {
  readonly kind: "table";
  readonly model: TableModel;
  /** The leaves' names, by remainder. */
  readonly leaves: readonly string[];
  /** Indexes and constraints that the model doesn't show: invalid, left over on a leaf, or with more than the model can say. */
  readonly obstacles: readonly IndexObstacle[];
  /** Checks and foreign keys that rows from before may break. */
  readonly unvalidated: readonly string[];
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

export type Inspected = InspectedTable | InspectedFunction | InspectedSequence | InspectedSchema;

/** Equal exactly when what was inspected is the same; `absent` for nothing. */
export function fingerprint(inspected: Inspected | null): string {
  if (inspected === null) return "absent";
  const canonical = { ...inspected, model: canonicalModel(inspected) };
  return createHash("sha256").update(stable(canonical)).digest("hex").slice(0, 32);
}

function canonicalModel(inspected: Inspected): Inspected["model"] {
  switch (inspected.kind) {
    case "table":
      return canonicalTable(inspected.model);
    case "function":
      return canonicalFunction(inspected.model);
    case "sequence":
      return canonicalSequence(inspected.model);
    case "schema":
      return inspected.model;
  }
}
