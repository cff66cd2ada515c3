/** `mail_outbox` and `mail_recipients`: what admins are told by e-mail, and who has been told. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import { enqueue } from "../../jobs.ts";
import type { MailKind, NotSentReason } from "../../schema.ts";

/**
 * Opens a mail and asks for its sending, in the caller's transaction. The same incident opens no second one. A lost
 * connection opens its own: see `follow_incidents`.
 */
export async function openMail(
  tdb: TenantDb,
  mail: { tenantId: string; connectionId: string; kind: MailKind; incident: string },
): Promise<void> {
  const { tenantId } = mail;
  const opened = await tdb
    .insertInto("mail_outbox")
    .values({
      tenant_id: tenantId,
      connection_id: mail.connectionId,
      kind: mail.kind,
      incident: mail.incident,
    })
    .onConflict((oc) => oc.column("incident").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (opened) await enqueue(tdb, "send_mail", { tenantId, mailId: opened.id });
}

export interface WaitingMail {
  kind: MailKind;
  /** Ended, or no longer what it was about. */
  isOver: boolean;
  workspace: string;
  connectionId: string;
  provider: string;
  phoneNumberE164: string | null;
  displayName: string | null;
  /** `metadata.error`. */
  error: unknown;
  tokenExpiresAt: Date | null;
  createdAt: Date;
}

/** A mail with its connection as that stands now; undefined once it has been settled. */
export async function findWaitingMail(
  tdb: TenantDb,
  tenantId: string,
  mailId: string,
): Promise<WaitingMail | undefined> {
  const { rows } = await sql<WaitingMail>`
    select m.kind, t.name as workspace, c.id as "connectionId", c.provider,
           c.phone_number_e164 as "phoneNumberE164", c.display_name as "displayName", c.metadata->'error' as error,
           c.token_expires_at as "tokenExpiresAt", m.created_at as "createdAt",
           m.over_at is not null or c.status <> case m.kind when 'access_lost' then 'error' else 'active' end as "isOver"
      from mail_outbox m
      join channel_connections c on c.tenant_id = m.tenant_id and c.id = m.connection_id
      join tenants t on t.id = m.tenant_id
     where m.tenant_id = ${tenantId} and m.id = ${mailId} and m.state = 'waiting'`.execute(tdb);
  return rows[0];
}

export interface MailRecipient {
  recipientId: string;
  email: string;
  /** What the person chose or was first seen with. */
  language: string | null;
}

/** The admins of now who have neither been sent it nor refused it; each gets a row that names their copy. */
export async function openRecipients(
  tdb: TenantDb,
  tenantId: string,
  mailId: string,
): Promise<MailRecipient[]> {
  await sql`
    insert into mail_recipients (tenant_id, mail_id, user_id)
    select ${tenantId}::uuid, ${mailId}::uuid, user_id from app.admins_of_tenant()
        on conflict (mail_id, user_id) do nothing`.execute(tdb);
  const { rows } = await sql<MailRecipient>`
    select r.id as "recipientId", a.email, a.language
      from mail_recipients r join app.admins_of_tenant() a on a.user_id = r.user_id
     where r.tenant_id = ${tenantId} and r.mail_id = ${mailId} and r.sent_at is null and r.refused_code is null
     order by r.user_id`.execute(tdb);
  return rows;
}

export async function noteSent(tdb: TenantDb, tenantId: string, recipientId: string): Promise<void> {
  await ofRecipient(tdb, tenantId, recipientId).set({ sent_at: sql<Date>`now()` }).execute();
}

/** Not to be tried again. */
export async function noteRefused(
  tdb: TenantDb,
  tenantId: string,
  recipientId: string,
  code: string,
): Promise<void> {
  await ofRecipient(tdb, tenantId, recipientId).set({ refused_code: code }).execute();
}

/** `sent` when it reached anybody, else `not_sent` for `reason`; where `nobody` is left because addresses refused it, `refused`. */
export async function settleMail(
  tdb: TenantDb,
  tenantId: string,
  mailId: string,
  reason: Exclude<NotSentReason, "refused">,
): Promise<void> {
  await sql`
    update mail_outbox m
       set state = case when reached then 'sent' else 'not_sent' end,
           reason = case when reached then null when refused then 'refused' else ${reason} end
      from (select count(sent_at) > 0 as reached, count(refused_code) > 0 and ${reason} = 'nobody' as refused
              from mail_recipients where tenant_id = ${tenantId} and mail_id = ${mailId}) r
     where m.tenant_id = ${tenantId} and m.id = ${mailId} and m.state = 'waiting'`.execute(tdb);
}

function ofRecipient(tdb: TenantDb, tenantId: string, recipientId: string) {
  return tdb.updateTable("mail_recipients").where("tenant_id", "=", tenantId).where("id", "=", recipientId);
}
