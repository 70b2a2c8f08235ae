/** The codes of the table provider. A code never changes its meaning. */
export const providerCodes = {
  PG450: "the provider's settings lack something or hold something wrong",
  PG451: "the server can't be reached",
  PG452: "the server refuses the login",
  PG453: "there is no such database",
  PG454: "the role lacks a right",
  PG455: "the connection can't be protected as asked",
  PG456: "the server is too old",
  PG457: "a lock could not be had in time",
  PG458: "another deploy is at work on the schema",
  PG459: "Postgres refused a statement",
  PG460: "stopped before it was done",
  PG461: "the object exists and nobody declared it",
  PG462: "the object is declared by somebody else",
  PG463: "the object exists and differs from its declaration",
  PG464: "the server is not as the plan saw it",
  PG465: "the object is in a state that can't be managed",
  PG466: "there is nothing to import",
  PG467: "the result is not what was asked for",
  PG468: "the object is kept, since others need it",
  PG469: "the server is not known yet",
  PG470: "an attribute is missing or of the wrong kind",
  PG471: "a lock was waited for",
  PG472: "readers of a store's feed have not read what is to be detached",
  PG479: "the state was written by a newer version",
} as const;

export type ProviderCode = keyof typeof providerCodes;
