/** E-mails about a number, and to a person about their own account, made of what is known. Pure. */
import type { AccountMailKind, MailKind } from "../../db/schema.ts";
import { inGroups } from "../platform/phone-number.server.ts";
import { cut } from "../platform/text.ts";
import { type Cause, type MailWords, mailWordsIn } from "./words/index.ts";

export interface MailSubject {
  kind: MailKind;
  workspace: string;
  /** As people know it. */
  channel: string;
  phoneNumberE164: string | null;
  displayName: string | null;
  /** Of the incident; of no meaning for a token that is about to end. */
  code: string;
  /** When the incident began, or when the token ends. */
  at: Date;
  /** Where somebody can do something about it. */
  actionUrl: string;
}

export interface Letter {
  language: string;
  subject: string;
  text: string;
  html: string;
}

/**
 * Subject, text and HTML in one language, English where it is not known. Nothing that a name says can end a line of its
 * own, be markup, or turn the direction of reading; no picture, and no address but `actionUrl`.
 */
export function composeMail(about: MailSubject, preferred: string | null): Letter {
  const { language, words } = mailWordsIn(preferred);
  const displayName = oneLine(about.displayName ?? "");
  const number = about.phoneNumberE164 ? inGroups(oneLine(about.phoneNumberE164)) : displayName;
  const parts = partsOf({ ...about, channel: oneLine(about.channel) }, number || words.aNumber, words);
  const letter = {
    ...parts,
    named: displayName && displayName !== number ? displayName : undefined,
    open: words.open,
    actionUrl: about.actionUrl,
    why: words.why(oneLine(about.workspace)),
  };
  return writeLetter(language, letter);
}

/** One letter in its two forms. Nothing in `letter` may hold a line break or end a line. */
export function writeLetter(language: string, letter: Whole): Letter {
  return { language, subject: letter.subject, text: asText(letter), html: asHtml(letter, language) };
}

interface Parts {
  subject: string;
  title: string;
  cause: Cause;
  when: string;
}

function partsOf({ kind, channel, code, at }: MailSubject, number: string, words: MailWords): Parts {
  const { lost, expiring } = words;
  if (kind === "token_expiring") {
    return {
      subject: expiring.subject(channel, number, dayIn(words, at)),
      title: expiring.title(number),
      cause: expiring.cause,
      when: `${words.until}: ${momentIn(words, at)}`,
    };
  }
  const causes: Record<string, Cause> = words.causesOf(channel);
  const cause = Object.hasOwn(causes, code) ? causes[code] : undefined;
  return {
    subject: lost.subject(channel, number),
    title: lost.title(number),
    cause: cause ?? words.otherwise,
    when: `${words.since}: ${momentIn(words, at)}`,
  };
}

type Whole = Parts & { named: string | undefined; open: string; actionUrl: string; why: string };

function asText({ title, named, cause, when, open, actionUrl, why }: Whole): string {
  return [
    named ? `${title} (${named})` : title,
    `${cause.what} ${cause.effect}`,
    when,
    cause.action,
    `${open}: ${actionUrl}`,
    `-- \n${why}`,
  ].join("\n\n");
}

const styles = {
  body: "margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif",
  column: "max-width:34rem;margin:0 auto",
  title: "margin:0 0 16px;font-size:20px;line-height:1.3",
  button:
    "display:inline-block;padding:10px 16px;border-radius:4px;background:#1f2933;color:#ffffff;text-decoration:none;font-weight:600",
  why: "margin:32px 0 0;padding-top:12px;border-top:1px solid #9aa5b1;font-size:14px",
};

function asHtml(
  { subject, title, named, cause, when, open, actionUrl, why }: Whole,
  language: string,
): string {
  const paragraph = (text: string) => `<p>${escaped(text)}</p>`;
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="color-scheme" content="light dark"><title>${escaped(subject)}</title></head>`,
    `<body style="${styles.body}"><div style="${styles.column}">`,
    `<h1 style="${styles.title}">${escaped(title)}</h1>`,
    named ? paragraph(named) : "",
    paragraph(`${cause.what} ${cause.effect}`),
    paragraph(when),
    paragraph(cause.action),
    `<p><a href="${escaped(actionUrl)}" style="${styles.button}">${escaped(open)}</a></p>`,
    `<p style="${styles.why}">${escaped(why)}</p>`,
    "</div></body></html>",
  ].join("\n");
}

/** Nobody's time zone is known here, so it is always said. */
export function momentIn({ locale }: MailWords, at: Date): string {
  const day = { day: "numeric", month: "long", year: "numeric" } as const;
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" } as const;
  return new Intl.DateTimeFormat(locale, { ...day, ...clock, timeZone: "UTC" }).format(at);
}

function dayIn({ locale }: MailWords, at: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(at);
}

const longestName = 120;
/** Control characters, what else ends a line, and what turns the direction of reading. */
const unfit = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A name from outside, fit to stand within a line. */
export function oneLine(text: string): string {
  const line = text.replace(unfit, " ").replace(/\s+/g, " ").trim();
  return cut(line, longestName);
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

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
