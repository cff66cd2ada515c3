/**
 * Devices that a person has signed in from, by a signed cookie (OWASP: device cookies). It opens nothing: it only tells
 * the limits of the sign-in that this browser was let in before, so that a flood from elsewhere does not slow it down. It
 * ends with the password that let it in: whoever had that one is nobody known with the next.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { parseCookie, stringifySetCookie } from "cookie";
import { type Services, services } from "../services.server.ts";

const mostPeople = 4;
/** As long as browsers keep any cookie. */
const lifetimeSeconds = 400 * 24 * 60 * 60;
const shape = /^[\w-]{22}(?:\.[\w-]{43}){1,4}$/;

/** Whom a device is known for: somebody who showed this password there. */
interface Person {
  userId: string;
  /** The stored hash of the password. */
  passwordHash: string;
}

/**
 * A name for the device that the request comes from, when this person has signed in there before; undefined when not. It
 * is the same for one device and one person, and tells neither.
 */
export function deviceOf(request: Request, person: Person): string | undefined {
  const { nonce, marks } = read(request);
  const expected = services().sessionSecrets.map((secret) => markOf(secret, nonce, person));
  const known = marks.some((mark) => expected.some((wanted) => isSame(mark, wanted)));
  return known ? `${nonce} ${person.userId}` : undefined;
}

/** The value for `Set-Cookie` by which this device is known for this person, besides the last three others. */
export function rememberDevice(request: Request, person: Person): string {
  const { sessionSecrets, secureCookies } = services();
  const { nonce, marks } = read(request);
  const own = sessionSecrets.map((secret) => markOf(secret, nonce, person));
  const others = marks.filter((mark) => !own.some((mine) => isSame(mark, mine)));
  const value = [nonce, own[0], ...others].slice(0, 1 + mostPeople).join(".");
  return stringifySetCookie({
    name: cookieName(secureCookies),
    value,
    path: "/",
    sameSite: "lax",
    httpOnly: true,
    secure: secureCookies,
    maxAge: lifetimeSeconds,
  });
}

function read(request: Request): { nonce: string; marks: string[] } {
  const text = parseCookie(request.headers.get("cookie") ?? "")[cookieName(services().secureCookies)] ?? "";
  const [nonce, ...marks] = shape.test(text) ? text.split(".") : [];
  return { nonce: nonce ?? randomBytes(16).toString("base64url"), marks };
}

function cookieName(secure: Services["secureCookies"]): string {
  return secure ? "__Host-curbe_device" : "curbe_device";
}

function markOf(secret: string, nonce: string, { userId, passwordHash }: Person): string {
  return createHmac("sha256", secret).update(`device ${nonce} ${userId} ${passwordHash}`).digest("base64url");
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
