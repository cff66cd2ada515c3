/**
 * What one person, and one workspace, may run at once. A page takes a core for some milliseconds and a few connections
 * of the database: however many somebody asks for in the same moment, the others get theirs between them.
 */
import type { Response as Answer, Request as Asked, RequestHandler } from "express";
import { createTurns, type Turns } from "#db/turns.ts";
import "../../../texts/all.server.ts";
import { textsIn } from "../../../texts/catalogue.ts";
import { preferencesOf } from "../../frame/preferences.server.ts";
import type { Services } from "../../services.server.ts";
import { type Caller, callerOf, hasOurSession } from "../door/callers.server.ts";
import { clientIp, clientSite, wantsJson } from "../request.server.ts";

type Setting = Pick<Services, "origin" | "trustedProxyHops" | "sessionSecrets">;

/** As many as a browser asks at a time; the rest of a burst waits a little. */
const ofPerson = createTurns({ atOnce: 6, mayWait: 60 });
const ofWorkspace = createTurns({ atOnce: 20, mayWait: 400 });
/** Of those who show no session of ours: each address, and all of them, so that pages of others find the database free. */
const ofAddress = createTurns({ atOnce: 6, mayWait: 400 });
const ofStrangers = createTurns({ atOnce: 8, mayWait: 1_000 });
const exportsOfPerson = createTurns({ atOnce: 1, mayWait: 0 });
const exportsOfWorkspace = createTurns({ atOnce: 2, mayWait: 0 });

/**
 * For everything that goes to Remix: waits for the person's turn and their workspace's, and ends both with the answer.
 * 429 when too many wait already. Of strangers only what has no body, which may come slowly; their forms have limits of
 * their own, and so have open streams.
 */
export function limitAtOnce(setting: Setting): RequestHandler {
  return (request, response, next) => {
    if (request.path === "/events") return next();
    const wanted = turnsOf(request, setting);
    if (wanted.length === 0) return next();
    takeAll(wanted)
      .then((end) => {
        if (end === undefined) return refuse(request, response, setting.origin);
        // Gone while it waited.
        if (response.closed) return end();
        response.once("close", end);
        next();
      })
      .catch(next);
  };
}

function turnsOf(request: Asked, { trustedProxyHops, sessionSecrets }: Setting): [Turns, string][] {
  const cookie = request.headers.cookie ?? "";
  const known = callerOf(cookie);
  if (known?.caller) {
    const { userId, tenantId } = known.caller;
    return [
      [ofPerson, userId],
      [ofWorkspace, tenantId],
    ];
  }
  const wanted: [Turns, string][] = known ? [[ofPerson, known.session]] : [];
  if (request.method !== "GET" && request.method !== "HEAD") return wanted;
  // Somebody who has signed in, at another process or before this one began: they may come back from Meta with a code.
  if (known && hasOurSession(cookie, sessionSecrets)) return wanted;
  const headers = { get: (name: string) => request.get(name) ?? null };
  const address = clientSite(clientIp({ headers }, trustedProxyHops));
  return [...wanted, [ofAddress, address], [ofStrangers, ""]];
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
