/** What the advisory lock of a schema is a hash of: whoever changes its tables holds it, for one change at a time. */
export function schemaLockKey(schema: string): string {
  return `eventloom:schema:${schema}`;
}
