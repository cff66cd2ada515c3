/**
 * A mail server on loopback that delivers nothing: it keeps the last 50 mails in memory and shows them on a page and as
 * JSON. For development and tests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { html } from "../meta-sandbox/html.ts";
import { type ReadMail, readMail } from "./mail-reading.ts";

export interface CaughtMail extends ReadMail {
  id: number;
  receivedAt: string;
  /** Of the envelope, which is what counts. */
  from: string;
  to: string[];
  raw: string;
}

export interface MailCatcher {
  smtpUrl: string;
  /** The page; `/api/mails` beside it answers `{ mails: CaughtMail[] }`, oldest first, and DELETE forgets them. */
  url: string;
  mails(): CaughtMail[];
  forget(): void;
  stop(): Promise<void>;
}

export interface CatcherOptions {
  /** Of the page. */
  port?: number;
  /** What a recipient is answered: a reply code of SMTP, or undefined for yes. */
  verdict?: (address: string) => number | undefined;
}

const most = 50;

export async function startMailCatcher({ port = 0, verdict }: CatcherOptions = {}): Promise<MailCatcher> {
  let mails: CaughtMail[] = [];
  let count = 0;
  const keep = (raw: string, from: string, to: string[]) => {
    count++;
    const caught = { id: count, receivedAt: new Date().toISOString(), from, to, raw, ...readMail(raw) };
    mails = [...mails, caught].slice(-most);
  };
  const forget = () => {
    mails = [];
  };
  const smtp = smtpServer(keep, verdict);
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  const web = createServer((request, response) => answer(request, response, mails, forget));
  await new Promise<void>((resolve, reject) => {
    web.once("error", reject);
    web.listen(port, "127.0.0.1", resolve);
  });
  const portOf = (address: unknown) => (address as AddressInfo).port;
  return {
    smtpUrl: `smtp://127.0.0.1:${portOf(smtp.server.address())}`,
    url: `http://127.0.0.1:${portOf(web.address())}`,
    mails: () => mails,
    forget,
    async stop() {
      web.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => web.close(() => resolve())),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ]);
    },
  };
}

function smtpServer(
  keep: (raw: string, from: string, to: string[]) => void,
  verdict: CatcherOptions["verdict"],
): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    closeTimeout: 200,
    onRcptTo({ address }, _session, done) {
      const code = verdict?.(address);
      done(code ? Object.assign(new Error(`no mail for ${address}`), { responseCode: code }) : null);
    },
    onData(stream, { envelope }, done) {
      text(stream).then((raw) => {
        keep(
          raw,
          envelope.mailFrom ? envelope.mailFrom.address : "",
          envelope.rcptTo.map((to) => to.address),
        );
        done();
      }, done);
    },
  });
  // A client that goes away in the middle is no trouble of ours.
  server.on("error", () => {});
  return server;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  mails: CaughtMail[],
  forget: () => void,
): void {
  const path = request.url ?? "/";
  if (path === "/api/mails" && request.method === "DELETE") {
    forget();
    return void response.writeHead(204).end();
  }
  if (path === "/api/mails")
    return void response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ mails }));
  const opened = mails.find(({ id }) => path === `/mails/${id}`);
  if (path !== "/" && !opened) return void response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups",
  });
  response.end(opened ? opened.html : listPage(mails));
}

function listPage(mails: CaughtMail[]): string {
  const items = mails.toReversed().map(
    ({ id, receivedAt, to, headers, text: plain }) => html`<article>
      <h2><a href="/mails/${id}">${headers.subject ?? ""}</a></h2>
      <p>${to.join(", ")} · ${receivedAt}</p>
      <pre style="white-space: pre-wrap">${plain}</pre>
    </article>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <title>Mails</title>
        <meta name="color-scheme" content="light dark" />
      </head>
      <body style="font-family: system-ui; max-width: 44rem; margin: 2rem auto">
        <h1>Mails</h1>
        <p>Sent here and delivered nowhere. The last ${most}, newest first.</p>
        ${items.length > 0 ? items : "None yet."}
      </body>
    </html>`.markup;
}
