/** What a person does about their own account: another password, the end of their other sessions. */
import { randomBytes } from "node:crypto";
import { createSession } from "@remix-run/node";
import {
  changePassword,
  countOtherSessions,
  endOtherSessions,
  findOwnPasswordHash,
} from "#db/queries/people/passwords.ts";
import { personOf } from "#db/queries/people/people.ts";
import type { ChangeRefusal, PasswordFieldProblem } from "../../components/account/account-forms.tsx";
import {
  hashPassword,
  PasswordsBusyError,
  problemOfNewPassword,
  verifyPassword,
} from "../../platform/passwords.server.ts";
import type { NoticeCode } from "../../texts/shapes.ts";
import { readForm } from "../http/input.server.ts";
import { clientIp, clientSite } from "../http/request.server.ts";
import { services } from "../services.server.ts";
import { rememberDevice } from "./device-cookie.server.ts";
import { type Admitted, loginLimits } from "./login-limits.server.ts";
import {
  hashOfToken,
  idleLifetimeSeconds,
  type SessionData,
  sessionStorage,
  type Viewer,
} from "./session.server.ts";

export type ChangeOutcome =
  /** They keep the browser signed in, under a token that nobody has seen, and known with the new password. */
  { kind: "changed"; setCookies: [string, string] } | ChangeRefusal;

/**
 * Reads the form (`current`, `password`) and changes the password of the viewer: all their other sessions end, this one
 * goes on under a new token, links that were mailed to set a password are worth nothing, and a mail tells them. The
 * present password is asked for under the limits of a sign-in, of which this session has an allowance of its own.
 */
export async function changeOwnPassword(request: Request, viewer: Viewer): Promise<ChangeOutcome> {
  const form = await readForm(request);
  const [current = "", password = ""] = [form.only("current"), form.only("password")];
  const problems = problemsOf(current, password);
  if (problems.length > 0) return { kind: "refused", problems };
  const admission = await admit(request, viewer);
  if (admission.kind === "refused")
    return { kind: "too_many", retryAfterSeconds: admission.retryAfterSeconds };
  try {
    return await checkAndChange(request, viewer, admission, { current, password });
  } catch (error) {
    if (!(error instanceof PasswordsBusyError)) throw error;
    await admission.withdrawn();
    return { kind: "too_many", retryAfterSeconds: 5 };
  }
}

function problemsOf(current: string, password: string): PasswordFieldProblem[] {
  const problems: PasswordFieldProblem[] = [];
  if (current === "") problems.push({ field: "current", kind: "missing" });
  const refused = password === "" ? "missing" : problemOfNewPassword(password);
  if (refused) problems.push({ field: "password", kind: refused });
  else if (password === current) problems.push({ field: "password", kind: "same" });
  return problems;
}

async function admit(request: Request, { userId, sessionId }: Viewer) {
  const { db, trustedProxyHops } = services();
  const ip = clientIp(request, trustedProxyHops);
  const limits = loginLimits(db);
  const full = await limits.takeAddress(ip);
  if (full) return { kind: "refused" as const, ...full };
  return limits.admit({
    person: personOf(userId),
    passwordHash: undefined,
    ip,
    knownPlace: `session ${sessionId}`,
  });
}

async function checkAndChange(
  request: Request,
  viewer: Viewer,
  admission: Admitted,
  { current, password }: { current: string; password: string },
): Promise<ChangeOutcome> {
  const { db, log, trustedProxyHops } = services();
  const asker = { from: clientSite(clientIp(request, trustedProxyHops)), known: true };
  const sessionHash = await ownSessionHash(request);
  const checkedPasswordHash = await findOwnPasswordHash(db, sessionHash);
  const isRight = await verifyPassword(checkedPasswordHash, current, asker);
  const wrong = {
    kind: "refused" as const,
    problems: [{ field: "current" as const, kind: "wrong" as const }],
  };
  if (!isRight || !checkedPasswordHash) return wrong;
  const newPasswordHash = await hashPassword(password, asker);
  const token = randomBytes(32).toString("base64url");
  const newSessionHash = hashOfToken(token);
  const change = { sessionHash, checkedPasswordHash, newPasswordHash, newSessionHash };
  if (!(await changePassword(db, change))) return wrong;
  await admission.succeeded(newPasswordHash);
  log.info("password changed", { outcome: "changed" });
  const device = rememberDevice(request, { userId: viewer.userId, passwordHash: newPasswordHash });
  return { kind: "changed", setCookies: [await cookieOf(viewer, token), device] };
}

/** Of the session that goes on, with a word for the next page. */
function cookieOf(viewer: Viewer, token: string): Promise<string> {
  const notice: NoticeCode = "password_changed";
  return sessionStorage().commitSession(createSession<SessionData, SessionData>({ viewer, notice }, token));
}

/** How many sessions of the same person are live in other browsers. */
export async function otherSessionsOf(request: Request): Promise<number> {
  return countOtherSessions(services().db, await ownSessionHash(request), idleLifetimeSeconds);
}

/** Ends all sessions of the person but the one that asks. Idempotent. */
export async function endOwnOtherSessions(request: Request): Promise<void> {
  await endOtherSessions(services().db, await ownSessionHash(request));
  services().log.info("other sessions ended");
}

async function ownSessionHash(request: Request): Promise<Buffer> {
  const session = await sessionStorage().getSession(request.headers.get("cookie"));
  return hashOfToken(session.id);
}
