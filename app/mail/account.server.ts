/** Sending a person a mail about their account: of no workspace, and with or without one of theirs being connected. */
import { createHash, randomBytes } from "node:crypto";
import type { Db } from "../../db/client.ts";
import {
  armPasswordReset,
  findWaitingAccountMail,
  settleAccountMail,
  type WaitingAccountMail,
} from "../../db/queries/mail/account-mails.ts";
import { composeAccountMail } from "./compose.server.ts";
import { MailFailure } from "./post.server.ts";
import type { MailDeps } from "./send.server.ts";

export interface AccountMailDeps extends Pick<MailDeps, "log" | "outgoing"> {
  /** In the role of the jobs (app_jobs). */
  jobsDb: Db;
}

interface Order {
  mailId: string;
  lastAttempt: boolean;
}

/**
 * Sends the mail to its person, in their language, and settles it. At least once, under one Message-ID, as `sendMail`.
 * The token that a mail to set a password carries is made here, for this attempt: it stands in the mail and nowhere
 * else, and the next attempt's ends it. Throws `MailFailure` when it should be tried later, never in the last attempt.
 */
export async function sendAccountMail(deps: AccountMailDeps, { mailId, lastAttempt }: Order): Promise<void> {
  const { jobsDb, log, outgoing } = deps;
  const mail = await findWaitingAccountMail(jobsDb, mailId);
  if (!mail) return;
  if (!outgoing) return settleAccountMail(jobsDb, mailId, "off");
  const path = mail.isOver ? undefined : await pathFor(jobsDb, mailId, mail);
  if (path === undefined) return settleAccountMail(jobsDb, mailId, "over");
  const letter = composeAccountMail({ ...mail, actionUrl: outgoing.origin + path }, mail.language);
  try {
    await outgoing.post.send(letter, { email: mail.email, id: mailId });
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    log.warn("e-mail not taken", { outcome: error.kind, reason: error.code });
    if (error.kind !== "refused" && !lastAttempt) throw error;
    return settleAccountMail(jobsDb, mailId, error.kind === "refused" ? "refused" : "gave_up");
  }
  await settleAccountMail(jobsDb, mailId, null);
  log.info("e-mail sent", { outcome: mail.kind });
}

/** Where the mail leads; undefined when there is nothing left to be done there. */
async function pathFor(
  jobsDb: Db,
  mailId: string,
  { kind }: WaitingAccountMail,
): Promise<string | undefined> {
  if (kind === "sign_in_failures") return "/account";
  if (kind === "password_changed") return "/login/forgot";
  const token = randomBytes(32).toString("base64url");
  const armed = await armPasswordReset(jobsDb, mailId, createHash("sha256").update(token).digest());
  return armed ? `/login/reset?token=${token}` : undefined;
}
