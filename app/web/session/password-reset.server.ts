/**
 * A forgotten password. The mail's link carries the token once: it is moved into a cookie that scripts cannot read, and
 * from then on stands in no address, no page and no referrer.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseCookie, stringifySetCookie } from "cookie";
import { isMailSent } from "#db/queries/mail/account-mails.ts";
import {
  findPasswordReset,
  redeemPasswordReset,
  requestPasswordReset,
} from "#db/queries/people/passwords.ts";
import { personOf } from "#db/queries/people/people.ts";
import type { ForgotRefusal, ResetRefusal } from "../../components/account/account-forms.tsx";
import { hashPassword, PasswordsBusyError, problemOfNewPassword } from "../../platform/passwords.server.ts";
import { readForm } from "../http/input.server.ts";
import { clientIp, clientSite } from "../http/request.server.ts";
import { services } from "../services.server.ts";
import { rememberDevice } from "./device-cookie.server.ts";
import { loginLimits } from "./login-limits.server.ts";
import { hashOfToken } from "./session.server.ts";

const lifetimeSeconds = 30 * 60;

/** Whether this deployment sends mails, and whom to ask where it does not. */
export async function readResetOffer(): Promise<{ byMail: boolean; operator: string | undefined }> {
  const { db, operatorEmail } = services();
  return { byMail: await isMailSent(db), operator: operatorEmail };
}

export type ForgotOutcome = { kind: "asked" } | ForgotRefusal;

/**
 * Reads the form (`email`) and has a link mailed to whoever has that address. Known, unknown, disabled or asked for too
 * often: the answer is the same, and comes after the same time.
 */
export async function askForReset(request: Request): Promise<ForgotOutcome> {
  const { db, log, trustedProxyHops, askedAfterMs } = services();
  const email = (await readForm(request)).typed("email").trim();
  if (email === "") return { kind: "incomplete" };
  const full = await loginLimits(db).takeMail(clientIp(request, trustedProxyHops));
  if (full) return { kind: "too_many", ...full };
  await Promise.all([requestPasswordReset(db, email), pause(askedAfterMs)]);
  log.info("new password asked for");
  return { kind: "asked" };
}

/** The values for `Set-Cookie` by which the token of the link is kept for half an hour, and forgotten. */
export function keepResetToken(token: string): string {
  return resetCookie(token, lifetimeSeconds);
}

export function forgetResetToken(): string {
  return resetCookie("", 0);
}

/** The address of whoever may set a password in this browser; undefined when the link is used, replaced or too old. */
export async function readReset(request: Request): Promise<string | undefined> {
  return findPasswordReset(services().db, hashOfToken(tokenOf(request)));
}

export type ResetOutcome =
  /** This device is known for the person from now on. */
  { kind: "set"; setCookies: [string, string] } | ResetRefusal;

/**
 * Reads the form (`password`) and sets the password of the token's person, once. All their sessions end. Nobody is signed
 * in by it: the new password is typed once more, where a password manager sees it and no link can do it for somebody
 * else. What others failed at this address no longer counts.
 */
export async function resetPassword(request: Request): Promise<ResetOutcome> {
  const { db, log, trustedProxyHops } = services();
  const ip = clientIp(request, trustedProxyHops);
  const limits = loginLimits(db);
  const full = await limits.takeAddress(ip);
  if (full) return { kind: "too_many", ...full };
  const tokenHash = hashOfToken(tokenOf(request));
  if (!(await findPasswordReset(db, tokenHash))) return { kind: "closed" };
  const password = (await readForm(request)).only("password") ?? "";
  const problem = password === "" ? "missing" : problemOfNewPassword(password);
  if (problem) return { kind: "refused", problem };
  const hash = await hashInTime(password, clientSite(ip));
  if (!hash) return { kind: "too_many", retryAfterSeconds: 5 };
  const userId = await redeemPasswordReset(db, tokenHash, hash);
  if (!userId) return { kind: "closed" };
  await limits.welcome({ person: personOf(userId), passwordHash: hash, ip });
  log.info("password set by mail", { outcome: "changed" });
  return {
    kind: "set",
    setCookies: [forgetResetToken(), rememberDevice(request, { userId, passwordHash: hash })],
  };
}

async function hashInTime(password: string, from: string): Promise<string | undefined> {
  try {
    return await hashPassword(password, { from, known: true });
  } catch (error) {
    if (!(error instanceof PasswordsBusyError)) throw error;
    return undefined;
  }
}

function tokenOf(request: Request): string {
  return parseCookie(request.headers.get("cookie") ?? "")[cookieName()] ?? "";
}

function resetCookie(value: string, maxAge: number): string {
  return stringifySetCookie({
    name: cookieName(),
    value,
    path: "/",
    sameSite: "lax",
    httpOnly: true,
    maxAge,
    secure: services().secureCookies,
  });
}

function cookieName(): string {
  return services().secureCookies ? "__Host-curbe_reset" : "curbe_reset";
}
