/**
 * A change that is refused, approved in writing: exactly that one, of one table, once. What would make a table anew, or take rows
 * with it, nobody can accept.
 */
export interface AcceptanceModel {
  /** The change as its refusal names it, with the table and both values. */
  readonly change: string;
  /** Why it may be done, in a sentence. */
  readonly reason: string;
}
