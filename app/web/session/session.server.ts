/**
 * Sessions: a random token in a signed, HttpOnly cookie; in the database only its SHA-256. Thirty days at most, seven
 * without a visit, both by the database's clock. Role and membership are read afresh on every request.
 */
import { createHash, randomBytes } from "node:crypto";
import { createSessionStorage, redirect, type Session, type SessionStorage } from "@remix-run/node";
import { deleteSession, findSession, insertSession, updateSessionData } from "#db/queries/people/sessions.ts";
import type { Role } from "#db/schema.ts";
import { rememberCaller } from "../http/door/callers.server.ts";
import { safeReturnTo } from "../http/request.server.ts";
import { type Services, services } from "../services.server.ts";

/** The person behind a request, in the workspace they work in. */
export interface Viewer {
  userId: string;
  email: string;
  role: Role;
  /** Of the platform: may see the operator's pages. */
  isStaff: boolean;
  tenantId: string;
  tenantName: string;
  /** The session's row id: not secret, and no way in. */
  sessionId: string;
}

/** Everything a session holds. `viewer` is set once, at sign-in, from then on read from the database. */
export interface SessionData {
  viewer: Pick<Viewer, "userId" | "tenantId"> & Partial<Viewer>;
  notice?: string;
  /** Of a session that is being made, and kept nowhere: the stored hash that the password was checked against. */
  checkedPasswordHash?: string;
}

/** The password that was checked is not the person's any more, or they may not sign in any more. */
export class StaleSignInError extends Error {
  override name = "StaleSignInError";
}

export const absoluteLifetimeSeconds = 30 * 24 * 60 * 60;
export const idleLifetimeSeconds = 7 * 24 * 60 * 60;
const mostDataBytes = 1_024;

const storages = new WeakMap<Services, SessionStorage<SessionData, SessionData>>();

/** Remix's session storage over our table. Built once for each composition root. */
export function sessionStorage(): SessionStorage<SessionData, SessionData> {
  const current = services();
  const known = storages.get(current);
  if (known) return known;
  const storage = storageFor(current);
  storages.set(current, storage);
  return storage;
}

function storageFor({ db, secureCookies, sessionSecrets }: Services) {
  return createSessionStorage<SessionData, SessionData>({
    cookie: {
      // The __Host- prefix makes browsers refuse it from a sibling host or for a wider domain.
      name: secureCookies ? "__Host-curbe_session" : "curbe_session",
      secrets: sessionSecrets,
      secure: secureCookies,
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: absoluteLifetimeSeconds,
    },
    async createData({ viewer, checkedPasswordHash, ...rest }) {
      if (!viewer || checkedPasswordHash === undefined) throw new Error("A session begins with signing in.");
      const token = randomBytes(32).toString("base64url");
      const { userId, tenantId } = viewer;
      const session = { userId, tenantId, checkedPasswordHash, data: clamp(rest) };
      const lifetimeSeconds = absoluteLifetimeSeconds;
      if (!(await insertSession(db, hashOfToken(token), { ...session, lifetimeSeconds })))
        throw new StaleSignInError("The password was changed while it was checked.");
      return token;
    },
    async readData(token) {
      const row = await findSession(db, hashOfToken(token), idleLifetimeSeconds);
      if (!row) return null;
      const { data, ...viewer } = row;
      return { ...(data as Partial<SessionData>), viewer };
    },
    async updateData(token, { viewer: _viewer, ...rest }) {
      await updateSessionData(db, hashOfToken(token), clamp(rest));
    },
    async deleteData(token) {
      if (token) await deleteSession(db, hashOfToken(token));
    },
  });
}

/** The person who is signed in, or null. One database read; never trusts more of the cookie than its token. */
export async function readViewer(request: Request): Promise<Viewer | null> {
  const cookie = request.headers.get("cookie");
  const viewer = viewerOf(await sessionStorage().getSession(cookie));
  if (viewer) rememberCaller(cookie, viewer);
  return viewer;
}

/** What was read from the database is whole; only a session that is just being made has less. */
export function viewerOf(session: Session<SessionData, SessionData>): Viewer | null {
  return (session.get("viewer") as Viewer | undefined) ?? null;
}

/** For pages: the viewer, or a redirect to the sign-in page that leads back here afterwards. */
export async function requireViewer(request: Request): Promise<Viewer> {
  const viewer = await readViewer(request);
  if (viewer) return viewer;
  const { pathname, search } = new URL(request.url);
  const back = safeReturnTo(pathname + search, "");
  throw redirect(back.length > 1 ? `/login?returnTo=${encodeURIComponent(back)}` : "/login", 303);
}

/** For API routes: the viewer, or 401 with a JSON body. */
export async function requireApiViewer(request: Request): Promise<Viewer> {
  const viewer = await readViewer(request);
  if (viewer) return viewer;
  throw Response.json(
    { error: "unauthenticated" },
    { status: 401, headers: { "Cache-Control": "no-store" } },
  );
}

/**
 * Begins a session under a token nobody has seen before and ends the one the browser came with, so that a token planted
 * before the sign-in is worth nothing after it. The value for Set-Cookie. Throws `StaleSignInError`, and there is no
 * session, when the password that was checked is none any more.
 */
export async function startSession(
  request: Request,
  { checkedPasswordHash, ...person }: { userId: string; tenantId: string; checkedPasswordHash: string },
): Promise<string> {
  const storage = sessionStorage();
  const earlier = await storage.getSession(request.headers.get("cookie"));
  if (earlier.id) await storage.destroySession(earlier);
  const session = await storage.getSession();
  session.set("viewer", person);
  session.set("checkedPasswordHash", checkedPasswordHash);
  return storage.commitSession(session);
}

/** Ends the session in the database, not only in the browser. The Set-Cookie that forgets it; safe without a session. */
export async function endSession(request: Request): Promise<string> {
  const storage = sessionStorage();
  return storage.destroySession(await storage.getSession(request.headers.get("cookie")));
}

/** What the database knows of a token. */
export function hashOfToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** A session is no place to keep things: past the limit it forgets rather than fails. */
function clamp(data: object): Record<string, unknown> {
  return Buffer.byteLength(JSON.stringify(data)) <= mostDataBytes ? { ...data } : {};
}
