import type { TableModel } from "../../postgres/model";
import { quoteName } from "../../postgres/quote";
import type { Session } from "./connection";

/**
 * Readers of a store's feed that have not read all of a leaf of its events: what is detached is in the feed no more, and would be skipped.
 * None for a table that is no store's.
 */
export async function readersBehind(
  session: Session,
  { schema, name }: TableModel,
  leaf: string,
): Promise<readonly string[]> {
  if (name !== "event_store") return [];
  const checkpoints = quoteName(schema, "checkpoints");
  const [found] = await session.query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [checkpoints]);
  if (found?.there !== true) return [];
  const rows = await session.query<{ processor: string }>(
    `SELECT DISTINCT c.processor FROM ${checkpoints} c
      WHERE c.status <> 'retired'
        AND EXISTS (SELECT FROM ${quoteName(schema, leaf)} e
                     WHERE (e.epoch, e.transaction_id, e.global_position) > (c.epoch, c.transaction_id, c.global_position))
      ORDER BY 1`,
  );
  return rows.map(({ processor }) => processor);
}
