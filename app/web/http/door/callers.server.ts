/** Who was seen last behind a session's cookie: known here, so that nothing is asked of the database to tell. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { parseCookie } from "cookie";

export interface Caller {
  userId: string;
  tenantId: string;
}

// By a hash of the cookie's value. Forgotten, a session is a caller of its own until it is read again.
const callers = new Map<string, Caller>();
const mostCallers = 20_000;

/** The sessions of one person are one caller from here on. */
export function rememberCaller(cookieHeader: string | null, { userId, tenantId }: Caller): void {
  const session = sessionIn(cookieHeader ?? "");
  if (session === undefined) return;
  callers.delete(session);
  callers.set(session, { userId, tenantId });
  const [oldest] = callers.size > mostCallers ? callers.keys() : [];
  if (oldest !== undefined) callers.delete(oldest);
}

/** What a request's cookie says: nothing without a session; the person only when they were seen before. */
export function callerOf(cookieHeader: string): { session: string; caller: Caller | undefined } | undefined {
  const session = sessionIn(cookieHeader);
  return session === undefined ? undefined : { session, caller: callers.get(session) };
}

/** Whether the session's cookie is one of ours, read before or not: its signature is Remix's, an HMAC-SHA256 without padding. */
export function hasOurSession(cookieHeader: string, secrets: string[]): boolean {
  const cookie = cookieIn(cookieHeader) ?? "";
  const dot = cookie.lastIndexOf(".");
  const signature = Buffer.from(cookie.slice(dot + 1), "base64");
  return secrets.some((secret) => {
    const ours = createHmac("sha256", secret)
      .update(cookie.slice(0, Math.max(0, dot)))
      .digest();
    return ours.length === signature.length && timingSafeEqual(ours, signature);
  });
}

function sessionIn(cookieHeader: string): string | undefined {
  const value = cookieIn(cookieHeader);
  return value && createHash("sha256").update(value).digest("base64url");
}

function cookieIn(cookieHeader: string): string | undefined {
  const cookies = parseCookie(cookieHeader);
  return cookies["__Host-curbe_session"] ?? cookies.curbe_session;
}
