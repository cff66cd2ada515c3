/**
 * From Express to Remix and back. Instead of @remix-run/express, because there the address of a request is made of what
 * Host and X-Forwarded-Host claim, its body is read without a limit, and headers that stand already are sent twice.
 */
import { STATUS_CODES } from "node:http";
import { createRequestHandler, type ServerBuild, writeReadableStreamToWritable } from "@remix-run/node";
import type { Response as Answer, Request as Asked, RequestHandler } from "express";
import { formCapBytes, hasTooManyFields, readBody } from "./body/body.server.ts";

export interface RemixSetting {
  build: ServerBuild;
  mode: string | undefined;
  /** Of this app, e.g. `https://app.curbe.example`: every request is one to it, by whatever name it came. */
  origin: string;
}

/** What Remix throws, and what cannot be made a Request of, goes on to the error handler. */
export function createRemixHandler({ build, mode, origin }: RemixSetting): RequestHandler {
  const handle = createRequestHandler(build, mode);
  return async (asked, answer, next) => {
    try {
      const body = await bodyOf(asked);
      if (typeof body === "number") return void refuseBody(answer, body);
      const request = new Request(origin + asked.originalUrl, {
        method: asked.method,
        headers: headersOf(asked, origin),
        signal: signalOf(answer),
        ...(body ? { body: new Uint8Array(body) } : {}),
      });
      await send(answer, await handle(request, contextOf(answer)));
    } catch (error) {
      next(error);
    }
  };
}

/** Nothing for a method without one; the status of a refusal, else. */
async function bodyOf(asked: Asked): Promise<Buffer | undefined | 400 | 413 | 415 | 503> {
  if (asked.method === "GET" || asked.method === "HEAD") return undefined;
  const type = asked.get("content-type") ?? "";
  // No form of ours uploads a file, and taking many parts apart costs more than sending them; Meta's callbacks may be one.
  if (/^multipart\//i.test(type) && !asked.path.startsWith("/webhooks/")) return 415;
  const body = await readBody(asked, formCapBytes);
  if (body === "too_large") return 413;
  if (body === "busy") return 503;
  return hasTooManyFields(body) ? 400 : body;
}

function refuseBody(answer: Answer, status: number): void {
  if (status === 503) answer.set("Retry-After", "5");
  const text = status === 413 ? "That form is too large." : STATUS_CODES[status];
  answer.status(status).type("text/plain").send(text);
}

/** A name that a proxy or a caller made up says nothing to Remix, which compares it with Origin. */
function headersOf(asked: Asked, origin: string): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(asked.headers)) {
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  }
  headers.delete("x-forwarded-host");
  headers.set("host", new URL(origin).host);
  return headers;
}

/** Aborted when the connection ends before the answer is whole. */
function signalOf(answer: Answer): AbortSignal {
  const controller = new AbortController();
  answer.once("close", () => {
    if (!answer.writableFinished) controller.abort();
  });
  return controller.signal;
}

function contextOf(answer: Answer) {
  return {
    cspNonce: answer.locals.cspNonce,
    requestId: answer.locals.requestId,
    onGone: (listener: () => void) => {
      if (answer.closed) listener();
      else answer.once("close", listener);
    },
  };
}

async function send(answer: Answer, made: Response): Promise<void> {
  answer.status(made.status);
  for (const [name, value] of made.headers) {
    if (name === "set-cookie") answer.append(name, value);
    else answer.setHeader(name, value);
  }
  if (/text\/event-stream/i.test(made.headers.get("content-type") ?? "")) answer.flushHeaders();
  if (made.body) await writeReadableStreamToWritable(made.body, answer);
  else answer.end();
}
