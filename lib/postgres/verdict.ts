import type { PostgresCode } from "./errors";

/** What is known of the server; a preview knows nothing. */
export interface Situation {
  /** Whether the table holds rows. */
  readonly rows: "none" | "some" | "unknown";
  /**
   * New partitions of which the default partition holds rows.
   * @default []
   */
  readonly strayRows?: readonly string[];
  /**
   * Whether anybody replicates from the database by a logical slot.
   * @default "unknown"
   */
  readonly readers?: "none" | "some" | "unknown";
  /**
   * The retired table that is in the way of this one.
   * @default null
   */
  readonly aside?: string | null;
}

/** What a change does, whether or not it is allowed. */
export interface ChangeFacts {
  /** Rows, or values in them, are gone afterwards. */
  readonly losesData: boolean;
  /** The object would have to be made anew. */
  readonly replaces: boolean;
  /** How writers are held up: not at all, for an instant, or for as long as all rows take. */
  readonly locksTable: "none" | "brief" | "long";
}

export interface Verdict {
  readonly allowed: boolean;
  /** The reason's code; null when allowed. */
  readonly code: PostgresCode | null;
  readonly facts: ChangeFacts;
  /** The attribute of the model that the change is about, or null for the whole object. */
  readonly attribute: string | null;
  /** The change in words: `drop column "note"`. */
  readonly change: string;
  /** Why it is refused and what to do instead; null when allowed. */
  readonly wayOut: string | null;
}

export const harmless: ChangeFacts = { losesData: false, replaces: false, locksTable: "none" };
export const brief: ChangeFacts = { ...harmless, locksTable: "brief" };
export const rewriting: ChangeFacts = { ...harmless, locksTable: "long" };
export const destroying: ChangeFacts = { losesData: true, replaces: false, locksTable: "brief" };
export const replacing: ChangeFacts = { losesData: true, replaces: true, locksTable: "long" };

export function allow(attribute: string | null, change: string, facts: ChangeFacts): Verdict {
  return { allowed: true, code: null, facts, attribute, change, wayOut: null };
}

export function refuse(
  code: PostgresCode,
  attribute: string | null,
  change: string,
  facts: ChangeFacts,
  wayOut: string,
): Verdict {
  return { allowed: false, code, facts, attribute, change, wayOut };
}

/** What a refusal that depends on rows says of them. */
export function rowsText(situation: Situation): string {
  return situation.rows === "some" ? "the table holds rows" : "the table may hold rows";
}
