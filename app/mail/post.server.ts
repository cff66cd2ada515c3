/** The way to a mail server: SMTP by nodemailer, with what its defaults leave to us. */
import { createTransport } from "nodemailer";
import type { Secret } from "../platform/secret.server.ts";
import type { Letter } from "./compose.server.ts";

export interface Post {
  /** Returns when the server has taken it, and throws `MailFailure` and nothing else. */
  send(letter: Letter, to: { email: string; id: string }): Promise<void>;
  /** Connects, says hello and signs in. Throws `MailFailure`. */
  verify(): Promise<void>;
  close(): void;
}

/**
 * Why the server did not take a mail. `refused`: it never will, for this address. `delayed`: it may later, and another
 * address may fare better now. `unreachable`: nobody's mail is taken now. Says the code alone: what servers answer
 * quotes addresses.
 */
export class MailFailure extends Error {
  override name = "MailFailure";
  readonly kind: "refused" | "delayed" | "unreachable";
  /** The server's reply, `550`, or nodemailer's word for what failed before there was one, `ECONNECTION`. */
  readonly code: string;

  constructor(kind: MailFailure["kind"], code: string) {
    super(`The mail server did not take a mail: ${kind} (${code})`);
    this.kind = kind;
    this.code = code;
  }
}

/** `url`: smtp:// or smtps://, with user and password where the server wants them. `from`: an address, or `Name <address>`. */
export function createSmtpPost({ url, from }: { url: Secret; from: string }): Post {
  const transport = createTransport({ pool: true, maxConnections: 2, ...transportOptions(url.reveal()) });
  const sender = mailboxOf(from);
  const domain = sender.address.slice(sender.address.lastIndexOf("@") + 1);
  return {
    async send({ language, subject, text, html }, { email, id }) {
      const headers = { "Auto-Submitted": "auto-generated", "Content-Language": language };
      // As an object: of a text nodemailer would read a list of addresses.
      const to = { name: "", address: email };
      const messageId = `<${id}@${domain}>`;
      // Each step has its own time limit; together they must not hold a job for minutes.
      const signal = AbortSignal.timeout(wholeTimeoutMs);
      await transport
        .sendMail({ from: sender, to, messageId, subject, text, html, headers, signal })
        .catch((error: unknown) => {
          throw failureOf(error);
        });
    },
    async verify() {
      await transport.verify().catch((error: unknown) => {
        throw failureOf(error);
      });
    },
    close: () => transport.close(),
  };
}

const timeoutMs = 10_000;
const wholeTimeoutMs = 30_000;

/** TLS is a must, from the first byte (smtps) or by STARTTLS; only a server on this machine is spoken to without. */
export function transportOptions(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const secure = protocol === "smtps:";
  const isHere = host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
  return {
    host,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    ...(secure ? {} : isHere ? { ignoreTLS: true } : { requireTLS: true }),
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // Nothing of ours names a file or an address to read a part of a mail from.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** `Curbe <no-reply@example.com>` in its two halves. */
export function mailboxOf(from: string): { name: string; address: string } {
  const [, name = "", address = from] = /^(.*)<([^<>]+)>$/.exec(from.trim()) ?? [];
  return { name: name.trim().replace(/^"(.*)"$/, "$1"), address: address.trim() };
}

/** Replies about the recipient or the text decide for that mail; about the sender or our login, for all. */
export function failureOf(error: unknown): MailFailure {
  const { code, responseCode, command } = (error ?? {}) as Record<string, unknown>;
  const word = typeof code === "string" && /^[A-Z]\w{1,30}$/.test(code) ? code : "EUNKNOWN";
  if (typeof responseCode !== "number") {
    // Nothing was asked of the server: the address itself cannot be written.
    return new MailFailure(word === "EENVELOPE" ? "refused" : "unreachable", word);
  }
  const isOfThisMail = command === "RCPT TO" || command === "DATA";
  if (!isOfThisMail) return new MailFailure("unreachable", String(responseCode));
  return new MailFailure(responseCode >= 500 ? "refused" : "delayed", String(responseCode));
}
