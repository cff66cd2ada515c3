/** Mails to a person about their account, through narrow functions. Role app_jobs, but for what pages ask. */
import { sql } from "kysely";
import type { Db } from "../../client.ts";
import type { AccountMailKind, NotSentReason } from "../../schema.ts";

export interface WaitingAccountMail {
  kind: AccountMailKind;
  email: string;
  language: string | null;
  createdAt: Date;
  /** When what it opens is closed; null for what opens nothing. */
  expiresAt: Date | null;
  /** The person is disabled, or what it opens is closed already. */
  isOver: boolean;
}

/** Undefined once it has been settled. */
export async function findWaitingAccountMail(
  db: Db,
  mailId: string,
): Promise<WaitingAccountMail | undefined> {
  const { rows } = await sql<WaitingAccountMail>`
    select kind, email, language, created_at as "createdAt", expires_at as "expiresAt", is_over as "isOver"
      from app.waiting_account_mail(${mailId}::uuid)`.execute(db);
  return rows[0];
}

/**
 * From now on the token with this SHA-256 sets the password of the mail's person, and no token of an earlier attempt
 * does. False when it is too late for that.
 */
export async function armPasswordReset(db: Db, mailId: string, tokenHash: Buffer): Promise<boolean> {
  const { rows } = await sql<{ armed: boolean }>`
    select app.arm_password_reset(${mailId}::uuid, ${tokenHash}) as armed`.execute(db);
  return rows[0]?.armed ?? false;
}

/** Sent, or with a reason not. */
export async function settleAccountMail(
  db: Db,
  mailId: string,
  whyNot: Exclude<NotSentReason, "nobody"> | null,
): Promise<void> {
  await sql`select app.settle_account_mail(${mailId}::uuid, ${whyNot})`.execute(db);
}

/** Said by the process that sends, so that pages offer only what can be kept. */
export async function noteMailService(db: Db, canSend: boolean): Promise<void> {
  await sql`select app.note_mail_service(${canSend})`.execute(db);
}

/** Whether the worker that started last can send mails; false where none ever did. Role app_web. */
export async function isMailSent(db: Db): Promise<boolean> {
  const { rows } = await sql<{ sent: boolean }>`select app.mail_is_sent() as sent`.execute(db);
  return rows[0]?.sent ?? false;
}
