/**
 * The job catalogue: every job's name and payload, and how each is asked for.
 *
 * Asking is a database write in the caller's own transaction, so a job exists exactly when what it is about does.
 * Payloads carry ids, never bodies or credentials. The functions behind stand in migration 0004.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { z } from "zod";
import type { TenantDb } from "./client.ts";
import type { Schema } from "./schema.ts";

/** A bigint of PostgreSQL as text: it may pass 2^53. */
const rowId = z.string().regex(/^\d{1,19}$/);
/** Of PostgreSQL, which takes any 128 bits and not only the versions that an RFC names. */
const uuid = z.guid();
const requestId = z.string().max(200);

/** Names are those of the SQL functions; payloads are parsed again by whoever runs the job. */
export const jobPayloads = {
  process_deliveries: z.object({ deliveryIds: z.array(rowId).min(1) }),
  subscribe_waba: z.object({ tenantId: uuid, connectionId: uuid, requestId }),
  stop_deliveries: z.object({ tenantId: uuid, teardownId: uuid, requestId }),
  /** Asked for by the clock, not by a caller. */
  reconcile_deliveries: z.object({}),
} as const;

export type JobName = keyof typeof jobPayloads;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobPayloads)[Name]>;

/** One job for all of `deliveryIds`. Roles app_web and app_ingest. No ids, no job. */
export async function enqueueDeliveries(
  trx: Kysely<Schema> | Transaction<Schema>,
  deliveryIds: string[],
): Promise<void> {
  if (deliveryIds.length === 0) return;
  await sql`select app.enqueue_deliveries(${deliveryIds}::bigint[])`.execute(trx);
}

/** Makes Meta deliver a connection's events to us. Asking again while a request still waits replaces it. */
export async function enqueueSubscription(
  tdb: TenantDb,
  { tenantId, connectionId, requestId }: JobPayload<"subscribe_waba">,
): Promise<void> {
  await sql`select app.enqueue_subscription(${tenantId}::uuid, ${connectionId}::uuid, ${requestId})`.execute(
    tdb,
  );
}

/** Makes Meta stop after a disconnect. Asking again while a request still waits replaces it. */
export async function enqueueTeardown(
  tdb: TenantDb,
  { tenantId, teardownId, requestId }: JobPayload<"stop_deliveries">,
): Promise<void> {
  await sql`select app.enqueue_teardown(${tenantId}::uuid, ${teardownId}::uuid, ${requestId})`.execute(tdb);
}
