import { type MailDeps, sendMail } from "#app/mail/send.server.ts";
import type { RunJob } from "../task-frame.ts";

export function sendMailTask(mail: MailDeps): RunJob<"send_mail"> {
  return ({ tenantId, mailId }, { lastAttempt }) => sendMail(mail, { tenantId, mailId, lastAttempt });
}
