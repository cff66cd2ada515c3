/** `webhook_deliveries`, as the web writes them. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../../schema.ts";

/** Into so many the open work is divided; the table knows no share beyond. */
export const shares = 64;

export interface NewDelivery {
  provider: string;
  requestId: string;
  body: Buffer;
  /** Below `shares`; see `takeNext`. */
  share: number;
}

/**
 * Stores all of them and the wish for a job that takes them up: committed when this returns, or nothing is. Callers with
 * different numbers do not wait for each other.
 */
export async function storeDeliveries(
  db: Kysely<Schema>,
  caller: number,
  deliveries: NewDelivery[],
): Promise<void> {
  await sql`
    select app.accept_deliveries(${caller}, ${deliveries.map((one) => one.provider)}::text[],
                                 ${deliveries.map((one) => one.requestId)}::text[],
                                 ${deliveries.map((one) => one.body.byteLength)}::int[],
                                 ${Buffer.concat(deliveries.map((one) => one.body))}::bytea,
                                 ${deliveries.map((one) => one.share)}::smallint[])`.execute(db);
}
