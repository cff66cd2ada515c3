/** An e-mail to a person about their own account. Pure. */
import type { AccountMailKind } from "../../db/schema.ts";
import { type Letter, momentIn, writeLetter } from "./compose.server.ts";
import { mailWordsIn } from "./words/index.ts";

export interface AccountMailSubject {
  kind: AccountMailKind;
  createdAt: Date;
  expiresAt: Date | null;
  actionUrl: string;
}

/** As `composeMail`. Says when, and nothing of who or from where. */
export function composeAccountMail(
  { kind, createdAt, expiresAt, actionUrl }: AccountMailSubject,
  preferred: string | null,
): Letter {
  const { language, words } = mailWordsIn(preferred);
  const { subject, cause, open, when } = words.account[kind];
  return writeLetter(language, {
    subject,
    title: subject,
    named: undefined,
    cause,
    open,
    actionUrl,
    when: `${when}: ${momentIn(words, expiresAt ?? createdAt)}`,
    why: words.account.why,
  });
}
