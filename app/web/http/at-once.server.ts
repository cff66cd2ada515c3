/**
 * What one person, and one workspace, may run at once. A page takes a core for some milliseconds and a few connections
 * of the database: however many somebody asks for in the same moment, the others get theirs between them.
 */
import type { Response as Answer, Request as Asked, RequestHandler } from "express";
import { createTurns, type Turns } from "#db/turns.ts";
import "../../texts/all.server.ts";
import { textsIn } from "../../texts/catalogue.ts";
import { wantsJson } from "../http.server.ts";
import { preferencesOf } from "../preferences.server.ts";
import { type Caller, callerOf } from "./callers.server.ts";

/** As many as a browser asks at a time; the rest of a burst waits a little. */
const ofPerson = createTurns({ atOnce: 6, mayWait: 60 });
const ofWorkspace = createTurns({ atOnce: 20, mayWait: 400 });
const exportsOfPerson = createTurns({ atOnce: 1, mayWait: 0 });
const exportsOfWorkspace = createTurns({ atOnce: 2, mayWait: 0 });

/**
 * For everything that goes to Remix: waits for the person's turn and their workspace's, and ends both with the answer.
 * 429 when too many wait already. Whoever brings no session is none of its business, and open streams have a limit of
 * their own.
 */
export function limitAtOnce(origin: string): RequestHandler {
  return (request, response, next) => {
    const known = callerOf(request.headers.cookie ?? "");
    if (known === undefined || request.path === "/events") return next();
    const { session, caller } = known;
    const wanted: [Turns, string][] = [[ofPerson, caller?.userId ?? session]];
    if (caller) wanted.push([ofWorkspace, caller.tenantId]);
    takeAll(wanted)
      .then((end) => {
        if (end === undefined) return refuse(request, response, origin);
        // Gone while it waited.
        if (response.closed) return end();
        response.once("close", end);
        next();
      })
      .catch(next);
  };
}

async function refuse(request: Asked, response: Answer, origin: string): Promise<void> {
  const headers = ["cookie", "accept", "accept-language"].map((name) => [name, request.get(name) ?? ""]);
  const refusal = tooMany(new Request(origin, { headers: Object.fromEntries(headers) }), 1);
  response.status(refusal.status).set(Object.fromEntries(refusal.headers));
  response.send(await refusal.text());
}

/** The function that ends the export. Throws 429 while another of the person's, or two of the workspace's, are under way. */
export async function beginExport(request: Request, { userId, tenantId }: Caller): Promise<() => void> {
  const end = await takeAll([
    [exportsOfPerson, userId],
    [exportsOfWorkspace, tenantId],
  ]);
  if (end) return end;
  throw tooMany(request, 5);
}

async function takeAll(wanted: [Turns, string][]): Promise<(() => void) | undefined> {
  const ends: (() => void)[] = [];
  const endAll = () => {
    for (const end of ends) end();
  };
  for (const [turns, key] of wanted) {
    const end = await turns.take(key);
    if (!end) {
      endAll();
      return undefined;
    }
    ends.push(end);
  }
  return endAll;
}

/** A page without our frame, which costs what is to be saved here; JSON for who prefers it. */
function tooMany(request: Request, retryAfterSeconds: number): Response {
  const headers = { "Cache-Control": "no-store", "Retry-After": String(retryAfterSeconds) };
  if (wantsJson(request)) return Response.json({ error: "too_many_at_once" }, { status: 429, headers });
  const { language } = preferencesOf(request);
  const { errors } = textsIn(language);
  const { title, text } = errors.tooMany;
  const page = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>${title}</h1><p>${text}</p><p><a href="/settings/integrations">${errors.home}</a></p></main></body></html>`;
  return new Response(page, {
    status: 429,
    headers: { ...headers, "Content-Type": "text/html; charset=utf-8" },
  });
}
