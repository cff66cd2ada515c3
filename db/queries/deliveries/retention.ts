/** Rows that have outlived their purpose: deliveries, and of all nouns what the night removes in one go. */
import { sql } from "kysely";
import type { Db } from "../../client.ts";

/**
 * Removes states a month after they ended, records of deletion requests after three years, sessions past their end, old counts of tries, and
 * what was mailed to people about their accounts after a month. Returns how many rows. Role app_clock.
 */
export async function forgetOutlived(db: Db): Promise<number> {
  const { rows } = await sql<{
    gone: number;
  }>`select app.forget_outlived() + app.forget_past_access() as gone`.execute(db);
  return rows[0]?.gone ?? 0;
}

/**
 * Drops up to `most` processed deliveries that were received more than `days` ago (at least 8), and as many whose items
 * in quarantine were replayed that long ago. Open ones, and those with an item still in quarantine, stay. Cheap however
 * many stay and however large the table is. Returns how many went, and whether there are more. Role app_ingest.
 */
export async function dropDeliveries(
  db: Db,
  days: number,
  most: number,
): Promise<{ dropped: number; more: boolean }> {
  const { rows } = await sql<{ dropped: number; more: boolean }>`
    select dropped, more from app.drop_deliveries(${days} * interval '1 day', ${most})`.execute(db);
  return rows[0] ?? { dropped: 0, more: false };
}
