/** What the process that sends e-mails must know. Without `SMTP_URL` none are sent; with it the rest is required. */
import { z } from "zod";
import { httpUrl } from "../platform/env.server.ts";
import { mailboxOf } from "./post.server.ts";

const smtpUrl = z.string().refine(isSmtpUrl, {
  error: "must be smtp://host:587 or smtps://host:465, with user:password@ where the server wants them",
});

const mailFrom = z
  .string()
  .refine((value) => /^[^\r\n]+$/.test(value) && z.email().safeParse(mailboxOf(value).address).success, {
    error: "must be an e-mail address, or Name <address>",
  });

export const mailVariables = {
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: mailFrom.optional(),
  APP_ORIGIN: httpUrl
    .refine((value) => new URL(value).origin === value, {
      error: "must be an origin such as https://app.example.com, without a path",
    })
    .optional(),
};

interface MailEnv {
  SMTP_URL?: string | undefined;
  MAIL_FROM?: string | undefined;
  APP_ORIGIN?: string | undefined;
}

/** For the schema of a process: names what `SMTP_URL` needs and does not find. */
export function needsAllOfMail(env: MailEnv, context: Pick<z.RefinementCtx, "addIssue">): void {
  if (!env.SMTP_URL) return;
  for (const variable of ["MAIL_FROM", "APP_ORIGIN"] as const) {
    if (env[variable]) continue;
    context.addIssue({ code: "custom", path: [variable], message: "is required with SMTP_URL" });
  }
}

function isSmtpUrl(value: string): boolean {
  if (!/^smtps?:\/\/[^/]/.test(value) || !URL.canParse(value)) return false;
  const { username, password, pathname, search, hash } = new URL(value);
  return /^\/?$/.test(pathname) && search + hash === "" && canDecode(username) && canDecode(password);
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
