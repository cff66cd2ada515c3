/** Rows that have outlived their purpose. */
import { sql } from "kysely";
import type { Db } from "../client.ts";

/** Removes states a month after they ended and records of deletion requests after three years. Answers how many rows. */
export async function forgetOutlived(db: Db): Promise<number> {
  const { rows } = await sql<{ gone: number }>`select app.forget_outlived() as gone`.execute(db);
  return rows[0]?.gone ?? 0;
}
