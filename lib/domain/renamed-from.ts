/**
 * The names that a thing had before: one, or several, the oldest first. What is on a server is never renamed: its physical name
 * comes from the oldest name for ever. A name goes back to where it came from by standing first: `["Paid", "Settled"]` on `Paid`.
 */
export type RenamedFrom = string | readonly string[];
