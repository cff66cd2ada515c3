/** How a page becomes HTML: whole before it is sent, with the policy's nonce, kept by no cache. */
import { PassThrough } from "node:stream";
import { type AppLoadContext, createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { renderToPipeableStream } from "react-dom/server";
import { isDatabaseUnavailable } from "#db/client.ts";
import { PageContext } from "./components/frame/page-context.tsx";
import "./texts/all.server.ts";
import { preferencesOf } from "./web/frame/preferences.server.ts";
import { loggedPath } from "./web/http/request.server.ts";
import { services } from "./web/services.server.ts";

export const streamTimeout = 5_000;

/** Requests that failed because the database was away; nothing was decided, so they may be tried again. */
const outages = new WeakSet<Request>();

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  loadContext: AppLoadContext,
): Promise<Response> {
  const nonce = textIn(loadContext, "cspNonce");
  const requestId = textIn(loadContext, "requestId");
  const { pathname, search } = new URL(request.url);
  const away = outages.has(request);
  return new Promise((resolve, reject) => {
    let failed = false;
    const { pipe, abort } = renderToPipeableStream(
      <PageContext.Provider
        value={{ ...preferencesOf(request), nonce, requestId, documentPath: pathname + search }}
      >
        <RemixServer context={remixContext} url={request.url} nonce={nonce} />
      </PageContext.Provider>,
      {
        nonce,
        onAllReady() {
          const body = new PassThrough();
          headers.set("Content-Type", "text/html; charset=utf-8");
          headers.set("Cache-Control", "no-store");
          if (away) headers.set("Retry-After", "5");
          const code = away ? 503 : failed ? 500 : status;
          resolve(new Response(createReadableStreamFromReadable(body), { headers, status: code }));
          pipe(body);
        },
        onShellError: reject,
        onError(error) {
          failed = true;
          services().log.error("page could not be rendered", { error, route: loggedPath(pathname) });
        },
      },
    );
    setTimeout(abort, streamTimeout + 1_000).unref();
  });
}

/** Data for a page that is already open is as private as the page. */
export function handleDataRequest(response: Response): Response {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/** Everything a loader or an action threw that is no answer. A 404 or 405 of Remix's own is the caller's doing. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (request.signal.aborted || (isRouteErrorResponse(error) && error.status < 500)) return;
  if (isDatabaseUnavailable(error)) outages.add(request);
  const route = loggedPath(new URL(request.url).pathname);
  services().log.error("request failed", { error, route, method: request.method });
}

function textIn(context: AppLoadContext, name: string): string | undefined {
  const value = context[name];
  return typeof value === "string" ? value : undefined;
}
