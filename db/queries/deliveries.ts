/** `webhook_deliveries`, as the web writes them. */
import { type Kysely, sql } from "kysely";
import { enqueueDeliveries } from "../jobs.ts";
import type { Schema } from "../schema.ts";

export interface NewDelivery {
  provider: string;
  requestId: string;
  body: Uint8Array;
}

/** Stores all of them and enqueues one job for them, in one transaction: committed when this returns, or nothing is. */
export async function storeDeliveries(db: Kysely<Schema>, deliveries: NewDelivery[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const stored = await sql<{ id: string }>`
      insert into webhook_deliveries (provider, request_id, body)
      select * from unnest(${deliveries.map((one) => one.provider)}::text[],
                           ${deliveries.map((one) => one.requestId)}::text[],
                           ${deliveries.map((one) => Buffer.from(one.body))}::bytea[])
      returning id`.execute(trx);
    await enqueueDeliveries(
      trx,
      stored.rows.map((row) => row.id),
    );
  });
}
