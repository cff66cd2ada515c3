/**
 * The job catalogue: every job's name and payload, and how each is asked for.
 *
 * Asking is a database write in the caller's own transaction, so a job exists exactly when what it is about does.
 * Payloads carry ids and Meta's code words, never bodies or credentials. The functions behind stand in the migrations;
 * for what a workspace asks for, they take the workspace from the transaction and not from the payload.
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
  /** For whatever is open when it runs. */
  process_deliveries: z.object({}),
  subscribe_waba: z.object({ tenantId: uuid, connectionId: uuid, requestId }),
  stop_deliveries: z.object({ tenantId: uuid, teardownId: uuid, requestId }),
  register_number: z.object({ tenantId: uuid, connectionId: uuid, requestId }),
  check_connection: z.object({ tenantId: uuid, connectionId: uuid, requestId }),
  /** Asked for by the clock, not by a caller. */
  request_checks: z.object({}),
  apply_account_event: z.object({
    tenantId: uuid,
    connectionId: uuid,
    requestId,
    deliveryId: rowId,
    itemPath: z.string(),
    field: z.string(),
    event: z.string().nullable(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    occurredAt: z.iso.datetime({ offset: true }).transform((time) => new Date(time)),
  }),
  /** Asked for by the clock, not by a caller. */
  reconcile_deliveries: z.object({}),
  /** Asked for by the clock, not by a caller. */
  forget_outlived: z.object({}),
  /** `afterItem`: items of the quarantine up to this id were looked at before. */
  replay_parked: z.object({ provider: z.string(), phoneNumberId: z.string(), afterItem: rowId, requestId }),
  /** Asked for by the clock, not by a caller. */
  drop_deliveries: z.object({}),
  /** Also asked for by the table of connections itself, when one is lost. */
  send_mail: z.object({ tenantId: uuid, mailId: uuid }),
  /** Asked for by the functions that open such a mail: see `open_account_mail`. */
  send_account_mail: z.object({ mailId: uuid }),
} as const;

export type JobName = keyof typeof jobPayloads;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobPayloads)[Name]>;

/** A job that begins after this transaction's commit takes up what is open. Roles app_web and app_ingest. */
export async function wakeIngest(trx: Kysely<Schema> | Transaction<Schema>): Promise<void> {
  await sql`select app.wake_ingest(${Math.floor(Math.random() * 1_000)})`.execute(trx);
}

/** One job for each of `told`. Role app_ingest. */
export async function enqueueAccountEvents(
  trx: Transaction<Schema>,
  told: JobPayload<"apply_account_event">[],
): Promise<void> {
  if (told.length === 0) return;
  await sql`
    select app.enqueue_account_event(t."tenantId", t."connectionId", t."requestId", t."deliveryId", t."itemPath",
                                     t.field, t.event, t.detail, t."occurredAt")
      from json_to_recordset(${JSON.stringify(told)}::json)
        as t ("tenantId" uuid, "connectionId" uuid, "requestId" text, "deliveryId" bigint, "itemPath" text,
              field text, event text, detail jsonb, "occurredAt" timestamptz)`.execute(trx);
}

/** Makes Meta deliver a connection's events to us. Asking again while a request still waits replaces it. */
export async function enqueueSubscription(
  tdb: TenantDb,
  { connectionId, requestId }: JobPayload<"subscribe_waba">,
): Promise<void> {
  await enqueueOwn(tdb, "subscribe_waba", connectionId, 0, requestId);
}

/** Makes Meta stop after a disconnect. Asking again while a request still waits replaces it. */
export async function enqueueTeardown(
  tdb: TenantDb,
  { teardownId, requestId }: JobPayload<"stop_deliveries">,
): Promise<void> {
  await enqueueOwn(tdb, "stop_deliveries", teardownId, 0, requestId);
}

/** Looks after a connection in `inSeconds`. Asking again while a request still waits replaces it. */
export async function enqueueCheck(
  tdb: TenantDb,
  { connectionId, requestId }: JobPayload<"check_connection">,
  inSeconds: number,
): Promise<void> {
  await enqueueOwn(tdb, "check_connection", connectionId, inSeconds, requestId);
}

/** Registers a connection's number in `inSeconds`. Asking again while a request still waits replaces it. */
export async function enqueueRegistration(
  tdb: TenantDb,
  { connectionId, requestId }: JobPayload<"register_number">,
  inSeconds = 0,
): Promise<void> {
  await enqueueOwn(tdb, "register_number", connectionId, inSeconds, requestId);
}

/**
 * Looks, after this transaction's commit, for what is parked for a number that the workspace holds; refused (42501) for
 * any other. Asking again while a request from the same place still waits replaces it.
 */
export async function enqueueOwnReplay(
  tdb: TenantDb,
  { provider, phoneNumberId, afterItem, requestId }: JobPayload<"replay_parked">,
): Promise<void> {
  await sql`
    select app.enqueue_own_replay(${provider}, ${phoneNumberId}, ${afterItem}::bigint, interval '0', ${requestId})`.execute(
    tdb,
  );
}

/** The same `inSeconds` later and for whatever number, which may have an owner by then. Role app_ingest. */
export async function enqueueReplay(
  trx: Transaction<Schema>,
  { provider, phoneNumberId, afterItem, requestId }: JobPayload<"replay_parked">,
  inSeconds = 0,
): Promise<void> {
  await sql`
    select app.enqueue_any_replay(${provider}, ${phoneNumberId}, ${afterItem}::bigint,
                                  ${inSeconds} * interval '1 second', ${requestId})`.execute(trx);
}

/** Sends a mail of the outbox after this transaction's commit. Asking again while a request still waits replaces it. */
export async function enqueueMail(tdb: TenantDb, { mailId }: JobPayload<"send_mail">): Promise<void> {
  await sql`select app.enqueue_mail(${mailId}::uuid, interval '0')`.execute(tdb);
}

async function enqueueOwn(
  tdb: TenantDb,
  task: JobName,
  about: string,
  inSeconds: number,
  requestId: string,
): Promise<void> {
  await sql`select app.enqueue_own(${task}, ${about}::uuid, ${inSeconds} * interval '1 second', ${requestId})`.execute(
    tdb,
  );
}
