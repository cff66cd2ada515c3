/** Sending a mail of the outbox to each admin of its workspace. */
import { type Db, withTenant } from "../../db/client.ts";
import { incidentOf } from "../../db/queries/connections/facts.ts";
import {
  findWaitingMail,
  type MailRecipient,
  noteRefused,
  noteSent,
  openRecipients,
  settleMail,
  type WaitingMail,
} from "../../db/queries/mail/outbox.ts";
import { channels, isChannelId } from "../integrations/catalog.ts";
import type { Log } from "../platform/log.server.ts";
import { composeMail, type MailSubject } from "./compose.server.ts";
import { MailFailure, type Post } from "./post.server.ts";

export interface MailDeps {
  /** In a role under the tenant wall (app_tenant). */
  db: Db;
  log: Log;
  /** Undefined where no mail server is set up. */
  outgoing: { post: Post; origin: string } | undefined;
}

interface Order {
  tenantId: string;
  mailId: string;
  lastAttempt: boolean;
}

/**
 * Sends a mail to every admin who has not been sent it, each in their language, and settles it: `sent`, or `not_sent`
 * and why. At least once for each admin, and once unless the process dies between the server's yes and our note of it;
 * then the second copy has the first one's Message-ID, which is all that SMTP offers. An incident that is over, and a
 * mail that is settled, send nothing. Addresses that the server will never take are noted and not tried again; throws
 * `MailFailure` when it should be tried later, never in the last attempt.
 */
export async function sendMail(deps: MailDeps, { tenantId, mailId, lastAttempt }: Order): Promise<void> {
  const settle = (reason: Parameters<typeof settleMail>[3]) =>
    withTenant(deps.db, tenantId, (tdb) => settleMail(tdb, tenantId, mailId, reason));
  const mail = await withTenant(deps.db, tenantId, (tdb) => findWaitingMail(tdb, tenantId, mailId));
  if (!mail) return;
  if (mail.isOver) return settle("over");
  if (!deps.outgoing) return settle("off");
  const recipients = await withTenant(deps.db, tenantId, (tdb) => openRecipients(tdb, tenantId, mailId));
  const failure = await sendToEach(deps, tenantId, mail, recipients, deps.outgoing);
  if (failure && !lastAttempt) throw failure;
  await settle(failure ? "gave_up" : "nobody");
}

/** Returns what keeps the mail open: the first failure that may pass. One that concerns all recipients ends the round. */
async function sendToEach(
  deps: MailDeps,
  tenantId: string,
  mail: WaitingMail,
  recipients: MailRecipient[],
  { post, origin }: NonNullable<MailDeps["outgoing"]>,
): Promise<MailFailure | undefined> {
  const about = subjectOf(mail, origin);
  const facts = { tenant_id: tenantId, connection_id: mail.connectionId, provider: mail.provider };
  let passing: MailFailure | undefined;
  for (const { recipientId, email, language } of recipients) {
    const failure = await post
      .send(composeMail(about, language), { email, id: recipientId })
      .then(() => undefined, mailFailure);
    if (!failure) {
      await withTenant(deps.db, tenantId, (tdb) => noteSent(tdb, tenantId, recipientId));
      deps.log.info("e-mail sent", { ...facts, outcome: mail.kind });
      continue;
    }
    deps.log.warn("e-mail not taken", { ...facts, outcome: failure.kind, reason: failure.code });
    if (failure.kind === "refused") {
      await withTenant(deps.db, tenantId, (tdb) => noteRefused(tdb, tenantId, recipientId, failure.code));
      continue;
    }
    passing ??= failure;
    if (failure.kind === "unreachable") break;
  }
  return passing;
}

function mailFailure(error: unknown): MailFailure {
  if (error instanceof MailFailure) return error;
  throw error;
}

function subjectOf(mail: WaitingMail, origin: string): MailSubject {
  const { kind, workspace, provider, phoneNumberE164, displayName, tokenExpiresAt, createdAt } = mail;
  const error = incidentOf(mail.error);
  const began = error ? new Date(error.at) : createdAt;
  return {
    kind,
    workspace,
    phoneNumberE164,
    displayName,
    channel: isChannelId(provider) ? channels[provider].label : provider,
    code: error?.code ?? "unknown",
    at: kind === "token_expiring" ? (tokenExpiresAt ?? createdAt) : began,
    actionUrl: `${origin}/settings/integrations`,
  };
}
