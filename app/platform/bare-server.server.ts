/**
 * A server of Node's that nothing sent to it can end, and whose every answer has the same headers: also those that no
 * handler is asked for, because the request could not be read, asked for a tunnel, or took too long.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "./log.server.ts";

export interface BareServerSetting {
  log: Pick<Log, "error">;
  /** Whether the world reaches us by https only. */
  secure: boolean;
  options?: ServerOptions;
}

export type BareHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What a policy for content never allows, of a page either. */
export const neverAllowed = { "base-uri": "'none'", "object-src": "'none'", "frame-ancestors": "'none'" };

const nothingAllowed = Object.entries({ "default-src": "'none'", ...neverAllowed })
  .map((directive) => directive.join(" "))
  .join(";");

/**
 * What every answer says that does not say otherwise, whoever gives it: kept by nobody, shown in no frame, allowed
 * nothing. A page says more (`guard`), and nothing of this once again.
 */
export function plainHeaders(secure: boolean): Record<string, string> {
  return {
    "Cache-Control": "no-store",
    "Content-Security-Policy": nothingAllowed,
    // Sign-in windows of Meta may open beside ours.
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    ...(secure ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" } : {}),
  };
}

/**
 * `handle` is asked for what can be read and names one host. When it throws or rejects, one line is logged and the answer
 * is 500, or an end in the middle where it had begun; the process goes on in every case.
 */
export function createBareServer({ log, secure, options }: BareServerSetting, handle: BareHandler): Server {
  const plain = Object.entries(plainHeaders(secure));
  const writeHead = completingHead(plain);
  const latest = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse; early: number }>();
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const before = latest.get(socket);
    const early = before && !before.response.writableFinished ? before.early + 1 : 0;
    if (early > mostEarly) socket.destroy();
    // What stands in the same packet comes all the same.
    if (socket.destroyed) return;
    response.writeHead = writeHead;
    latest.set(socket, { request, response, early });
    const fail = (error: unknown) => {
      log.error("request failed", { error, method: request.method ?? "" });
      answerPlainly(response, 500);
    };
    try {
      const handled = namesOneHost(request) ? handle(request, response) : refuse(request, response, 400);
      if (handled instanceof Promise) handled.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
  // Of a missing host Node would tell by itself, without the headers.
  const server = createServer({ ...options, requireHostHeader: false }, serve);
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead = writeHead;
    refuse(request, response, 417);
  });
  server.on("connect", (_request: IncomingMessage, socket: Duplex) => lastWord(socket, 405, plain));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { request, response } = latest.get(socket) ?? {};
    const isOver = request?.complete && response?.writableFinished;
    // What has its answer, or a part of it, gets no second one.
    if (response?.headersSent && !isOver) socket.destroy();
    else lastWord(socket, statusOf(error), plain);
  });
  return server;
}

/**
 * How many requests in a row may come before the answer to the one before them. Browsers and proxies wait for it; in one
 * packet is room for two thousand, and Node hands over all of them in one turn of the event loop.
 */
const mostEarly = 4;

/** What is still read, and dropped, of a body that was refused. Past it the connection is cut. */
export const discardAtMost = 32 * 1024 * 1024;

/**
 * The end of the connection as well; only a body is let in first, and dropped, because closing on a sender that still
 * sends resets the connection, and it would never see the answer.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  let size = 0;
  if (Number(length ?? 0) === 0 && coding === undefined) response.setHeader("Connection", "close");
  else {
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > discardAtMost) request.destroy();
    });
  }
  answerPlainly(response, status, undefined, headers);
}

/** A short text, and nothing kept of what the other side still sends; the end of the connection where one had begun. */
export function answerPlainly(
  response: ServerResponse,
  status: number,
  text = STATUS_CODES[status] ?? "",
  headers: Record<string, string> = {},
): void {
  if (response.headersSent) return void response.destroy();
  const type = { "Content-Type": "text/plain; charset=utf-8" };
  response.writeHead(status, { ...type, ...headers, "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

/**
 * A `writeHead` that puts in what is missing when the head is about to be sent, whoever sends it. One for all responses,
 * each of which has it as its own: Express gives them another prototype.
 */
function completingHead(plain: [string, string][]): ServerResponse["writeHead"] {
  const { writeHead } = ServerResponse.prototype;
  return function (this: ServerResponse, status: number, ...given: unknown[]) {
    const more = given.at(-1);
    // The way of a delivery, whose headers are all here: quicker than setting each.
    if (Array.isArray(more) && this.getHeaderNames().length === 0) {
      for (const [name, value] of plain) if (!more.includes(name)) more.push(name, value);
      return Reflect.apply(writeHead, this, [status, ...given]);
    }
    const said = typeof more === "object" && more !== null ? more : {};
    // That there is no such file, or no such part of it, is not to be kept for a year.
    if (status >= 400 && !this.headersSent) this.setHeader("Cache-Control", "no-store");
    for (const [name, value] of this.headersSent ? [] : plain)
      if (!this.hasHeader(name) && !(name in said)) this.setHeader(name, value);
    return Reflect.apply(writeHead, this, [status, ...given]);
  };
}

const hostName = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** By HTTP/1.1 exactly one; of two, another server on the way may have believed the other. */
function namesOneHost({ headers, rawHeaders, httpVersion }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersion === "1.0";
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === "host") hosts++;
  }
  return hosts === 1 && hostName.test(headers.host);
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return 413;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

/** Straight to the connection, which ends with it. */
function lastWord(socket: Duplex, status: number, plain: [string, string][]): void {
  // Node has taken its own listeners away, and what is sent into a closed connection is an error that nobody hears.
  socket.on("error", () => {});
  const text = STATUS_CODES[status] ?? "";
  const lines = [
    `HTTP/1.1 ${status} ${text}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${text.length}`,
    ...(status === 405 ? ["Allow: GET, HEAD, POST"] : []),
    ...plain.map(([name, value]) => `${name}: ${value}`),
  ];
  if (socket.writable) socket.write(`${lines.join("\r\n")}\r\n\r\n${text}`);
  socket.destroy();
}
