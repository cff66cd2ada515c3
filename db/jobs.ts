/**
 * The job catalogue: every job's name, what it carries, and when the clock asks for it by itself.
 *
 * Asking is a database write in the caller's own transaction, so a job exists exactly when what it is about does.
 * Payloads carry ids and Meta's code words, never bodies or credentials. Who may ask for a job, and which fields make its
 * key, is half of the wall between workspaces and stands with it: `migrations/0003_jobs.sql`.
 */
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Schema } from "./schema.ts";

/** A bigint of PostgreSQL as text: it may pass 2^53. */
const rowId = z.string().regex(/^\d{1,19}$/);
/** Of PostgreSQL, which takes any 128 bits and not only the versions that an RFC names. */
const uuid = z.guid();
const requestId = z.string().max(200);

interface Job {
  /** Parsed when the job is asked for, and again by whoever runs it. */
  payload: z.ZodType;
  /** When the clock asks for it, as crontab says it. Tried once: the next time is soon. */
  at?: string;
}

export const jobCatalog = {
  /** For whatever is open when it runs. */
  process_deliveries: { payload: z.object({}) },
  /** Makes Meta deliver a connection's events to us. */
  subscribe_waba: { payload: z.object({ tenantId: uuid, connectionId: uuid, requestId }) },
  /** Makes Meta stop after a disconnect. */
  stop_deliveries: { payload: z.object({ tenantId: uuid, teardownId: uuid, requestId }) },
  /** Registers a connection's number. */
  register_number: { payload: z.object({ tenantId: uuid, connectionId: uuid, requestId }) },
  /** Asks Meta for the contacts and chats of a number that lives on in an app. */
  request_history: { payload: z.object({ tenantId: uuid, connectionId: uuid, requestId }) },
  /** Looks at Meta how a connection stands. */
  check_connection: { payload: z.object({ tenantId: uuid, connectionId: uuid, requestId }) },
  /** Asks for a check of each connection that is due. */
  request_checks: { payload: z.object({}), at: "*/5 * * * *" },
  /** Applies what Meta tells of an account to one of its connections. */
  apply_account_event: {
    payload: z.object({
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
  },
  /** Wakes the ingest for what was left behind. */
  reconcile_deliveries: { payload: z.object({}), at: "* * * * *" },
  /** Reopens what an earlier build could not read and this one can. */
  reread_deliveries: { payload: z.object({}), at: "* * * * *" },
  /** Removes what has served its purpose (`forgetOutlived`). */
  forget_outlived: { payload: z.object({}), at: "23 3 * * *" },
  /**
   * Reopens what is parked for a number. A workspace asks for its own numbers only. `afterItem`: items of the quarantine
   * up to this id were looked at before.
   */
  replay_parked: {
    payload: z.object({ provider: z.string(), phoneNumberId: z.string(), afterItem: rowId, requestId }),
  },
  /** Drops outlived deliveries. */
  drop_deliveries: { payload: z.object({}), at: "* * * * *" },
  /** Sends a mail of the outbox. Also asked for by the table of connections itself, when one is lost. */
  send_mail: { payload: z.object({ tenantId: uuid, mailId: uuid }) },
  /** Asked for by the functions that open such a mail: see `open_account_mail`. */
  send_account_mail: { payload: z.object({ mailId: uuid }) },
} as const satisfies Record<string, Job>;

export type JobName = keyof typeof jobCatalog;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobCatalog)[Name]["payload"]>;

/**
 * Asks for a job that begins `inSeconds` after this transaction's commit or later. While one with the same key waits, it
 * is replaced, with its time. For role app_tenant the workspace is the transaction's, whatever the payload says. Throws
 * when the payload is not this job's (`ZodError`), and when the role may not ask for the job (42501).
 */
export async function enqueue<Name extends JobName>(
  db: Kysely<Schema>,
  name: Name,
  payload: JobPayload<Name>,
  { inSeconds = 0 }: { inSeconds?: number } = {},
): Promise<void> {
  await enqueueEach(db, name, [payload], { inSeconds });
}

/** The same for many of one name, in one statement. */
export async function enqueueEach<Name extends JobName>(
  db: Kysely<Schema>,
  name: Name,
  payloads: JobPayload<Name>[],
  { inSeconds = 0 }: { inSeconds?: number } = {},
): Promise<void> {
  if (payloads.length === 0) return;
  // As the job will read it: times as text, and no field that is not the job's.
  const asText: unknown[] = JSON.parse(JSON.stringify(payloads));
  const stored = JSON.stringify(asText.map((one) => jobCatalog[name].payload.parse(one)));
  await sql`
    select app.enqueue(${name}, payload, ${inSeconds} * interval '1 second')
      from jsonb_array_elements(${stored}::jsonb) as asked (payload)`.execute(db);
}
