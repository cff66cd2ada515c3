/**
 * What a person has hidden from the frame of every page for a day. A cookie holds it: nobody else is concerned, and
 * whoever forges it hides something from themselves.
 */
import { createHash } from "node:crypto";
import { parseCookie, stringifySetCookie } from "cookie";
import type { OpenIncident } from "../../integrations/health/incidents.server.ts";
import { services } from "../services.server.ts";

const cookieName = "curbe_hidden";
const hiddenSeconds = 24 * 60 * 60;
/** More would not fit beside the other cookies. */
const mostHidden = 100;

/** One person's view of one incident: another incident of the same number, and another person, have another. */
export function hidingKeyOf(userId: string, { connectionId, code, since }: OpenIncident): string {
  const named = [userId, connectionId, code, since.toISOString()].join(" ");
  return createHash("sha256").update(named).digest("base64url").slice(0, 12);
}

const entry = /^([\w-]{12}):([0-9a-z]{1,8})$/;

/** The incidents that were hidden less than a day before `now`, with the second of each. */
export function hiddenIncidents(request: Request, now: Date): Map<string, number> {
  const cookie = parseCookie(request.headers.get("cookie") ?? "")[cookieName] ?? "";
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const hidden = new Map<string, number>();
  for (const part of cookie.slice(0, 4_096).split(".")) {
    const [, incident, at] = entry.exec(part) ?? [];
    if (!incident || !at) continue;
    const seconds = Number.parseInt(at, 36);
    // A time to come is none of ours, and would hide it for longer than a day.
    if (seconds <= nowSeconds && nowSeconds - seconds < hiddenSeconds) hidden.set(incident, seconds);
  }
  return hidden;
}

/** The value for `Set-Cookie` that hides these as well. `incidents` is what a form sent: anything. */
export function hideIncidents(request: Request, incidents: string, now: Date): string {
  const hidden = hiddenIncidents(request, now);
  const seconds = Math.floor(now.getTime() / 1000);
  for (const incident of incidents.split(".").slice(0, mostHidden)) {
    if (!/^[\w-]{12}$/.test(incident)) continue;
    hidden.delete(incident);
    hidden.set(incident, seconds);
  }
  const value = [...hidden]
    .slice(-mostHidden)
    .map(([incident, at]) => `${incident}:${at.toString(36)}`)
    .join(".");
  return stringifySetCookie({
    name: cookieName,
    value,
    path: "/",
    sameSite: "lax",
    httpOnly: true,
    maxAge: hiddenSeconds,
    secure: services().secureCookies,
  });
}
