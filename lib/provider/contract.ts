import type { Issue } from "./issue";
import type { Kind } from "./schema";
import type { Attributes } from "./value";

/**
 * What both protocols ask of the provider. Nothing here knows of gRPC, messages or either engine. All calls report problems as
 * issues and never throw for what a user or a server did; values never hold a password.
 */

/** A resource as the engine stores it. */
export interface Stored {
  /** Every attribute of the kind's schema, camelCase; nothing unknown. */
  readonly attributes: Attributes;
  /**
   * What the provider needs to remember besides (JSON text, opaque): Terraform keeps it in its private data, Pulumi in an output
   * of its own. Null when the engine has none.
   */
  readonly private: string | null;
}

export interface Checked {
  readonly issues: readonly Issue[];
}

/** A read or an import: null when there is no such object, or when there are errors. */
export interface Found extends Checked {
  readonly stored: Stored | null;
}

/** What an apply of the plan would do. `later`: values are missing, so it will be decided at apply. */
export type Action = "none" | "create" | "adopt" | "update" | "forget" | "retire" | "drop" | "later";

export interface PlanRequest {
  /** Null for a create. As last read: run {@link Handlers.read} before, where the engine does not do so itself. */
  readonly prior: Stored | null;
  /** The attributes as the user wrote them (null where left out, {@link UNKNOWN} inside where not known), or null for a removal. */
  readonly config: Attributes | null;
}

export interface Planned extends Checked {
  readonly action: Action;
  /** Defaults filled in, spellings that mean the same as before kept; `ddl` and `id` set. Null for a removal or on errors. */
  readonly attributes: Attributes | null;
  /** To be handed to {@link Handlers.apply} as it is: what the plan saw. */
  readonly private: string | null;
  /** The exact statements, or null when they cannot be known yet. */
  readonly statements: readonly string[] | null;
  /** Top-level attributes whose planned value differs from the prior one. */
  readonly changed: readonly string[];
}

export interface ApplyRequest {
  /** Null for a create. */
  readonly prior: Stored | null;
  /** {@link Planned.attributes} with everything known, or null for a removal. */
  readonly planned: Attributes | null;
  /** {@link Planned.private}; null for a removal. */
  readonly private: string | null;
}

export interface Applied extends Checked {
  /** What to store from now on. Null: nothing (removed, or a create that failed and will be adopted by the next one). */
  readonly stored: Stored | null;
}

export interface Handlers {
  /** The provider's settings, before they are used. */
  validateProvider(config: Attributes): Checked;
  /** Takes the provider's settings; does not connect. */
  configure(config: Attributes): Checked;
  /** One resource's declaration by itself: no connection. */
  validate(kind: Kind, config: Attributes): Checked;
  /** What is on the server now, in the prior state's spelling where that means the same. */
  read(kind: Kind, stored: Stored): Promise<Found>;
  /** What an apply would do, or why it is refused. Changes nothing. */
  plan(kind: Kind, request: PlanRequest): Promise<Planned>;
  /** Does what was planned, after checking again that it is allowed and that the server is as the plan saw it. */
  apply(kind: Kind, request: ApplyRequest): Promise<Applied>;
  /** @param id `schema.name`, `name` for a schema, `schema.name(type,type)` for a function */
  import(kind: Kind, id: string): Promise<Found>;
  /** Stops waiting for locks and cancels what runs; running calls end with an issue. */
  stop(): void;
  /** Ends all connections. */
  close(): Promise<void>;
}
