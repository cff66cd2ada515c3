import { type AccountMailDeps, sendAccountMail } from "#app/mail/account.server.ts";
import type { RunJob } from "../task-frame.ts";

export function sendAccountMailTask(mail: AccountMailDeps): RunJob<"send_account_mail"> {
  return ({ mailId }, { lastAttempt }) => sendAccountMail(mail, { mailId, lastAttempt });
}
