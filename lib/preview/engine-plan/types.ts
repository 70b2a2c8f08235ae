import type { Issue } from "../../domain/issues";
import type { Leaving } from "../../lock/leaving";
import type { Resource, ResourceKind, Topology } from "../../topology/types";

/** Who has made a plan. OpenTofu writes Terraform's format. */
export type PlanEngine = "terraform" | "pulumi";

/** What an engine is going to do. `move` changes its own books alone; `none` is there for drift that it leaves as it is. */
export type PlanAction = "create" | "update" | "replace" | "delete" | "forget" | "import" | "move" | "read" | "none";

/** One value that an engine is going to change. */
export interface PlannedAttribute {
  /** In the engine's own words: `config["retention.ms"]`, `policy[0].pattern`. */
  readonly attribute: string;
  /** As it is; {@link SECRET} for what the engine calls sensitive. */
  readonly from: unknown;
  /** As it will be; {@link UNKNOWN} for what only the deployment finds out. */
  readonly to: unknown;
}

/** Stands for a value that is not to be seen. */
export const SECRET = "(sensitive)";
/** Stands for a value that is not known before the deployment. */
export const UNKNOWN = "(known after apply)";

/** What an engine is going to do with one resource of a domain. */
export interface PlannedChange {
  /** The engine's own name of it: a Terraform address, a Pulumi URN. */
  readonly address: string;
  readonly kind: ResourceKind;
  /** The physical name, as the locks have it. */
  readonly name: string;
  /** The resource's key; null where no target has it. */
  readonly key: string | null;
  readonly domain: string | null;
  /** Where in the declaration it comes from. */
  readonly path: string | null;
  /**
   * What becomes of what the target has retired, in every environment when its turn comes: it is forgotten where it `stays` on the
   * server, deleted where it `goes`. Null where it is declared.
   */
  readonly leaving: Leaving | null;
  /** An update that only takes away what a role was granted on tables that the target has retired. */
  readonly losesRetiredOnly: boolean;
  /**
   * Whether it is a table of which a column is renamed: which phase an environment is in, and goes to, the locks do not say.
   * @default false
   */
  readonly inPhases?: boolean;
  readonly action: PlanAction;
  /** The address that it had before; null where that has not changed. */
  readonly movedFrom: string | null;
  /** What differs; empty where the whole thing comes or goes. */
  readonly attributes: readonly PlannedAttribute[];
  /** Statements that our table provider is going to execute. */
  readonly ddl: readonly string[];
  /** Somebody has changed it outside of the engine since the last deployment. */
  readonly drift: boolean;
}

/** Something that keeps the engine from its plan. */
export interface PlanError {
  /** Null where it concerns the plan as a whole. */
  readonly key: string | null;
  /** Our own codes, where the refusal is ours: `PG402`. */
  readonly codes: readonly string[];
}

/** What an engine is really going to do, in the words of the domain. Holds no value that the engine calls sensitive. */
export interface EnginePlan {
  readonly engine: PlanEngine;
  /** In the order of the plan, without what stays as it is. */
  readonly changes: readonly PlannedChange[];
  /** Keys by domain of all resources that the plan knows, those that stay as they are too. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  /** Resources of nobody's domain: counted and left alone. */
  readonly foreign: { readonly untouched: number; readonly changed: number };
  /** Not empty when the engine has given up: then the plan is incomplete. */
  readonly errors: readonly PlanError[];
}

/** What a plan is held against: a lock, or a topology that was just compiled. */
export interface PlanTarget {
  readonly topology: Pick<Topology, "domain" | "resources">;
  /**
   * What has left it and stays on the servers.
   * @default []
   */
  readonly retired?: readonly { readonly resource: Resource }[];
}

/** A plan that was read, or everything that is wrong with its file. */
export type ReadPlan =
  { readonly ok: true; readonly plan: EnginePlan } | { readonly ok: false; readonly issues: readonly Issue[] };
