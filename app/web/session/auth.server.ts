/** Signing in with e-mail and password, and what a signed-in person may do beyond their workspace's pages. */
import { Authenticator } from "remix-auth";
import { FormStrategy } from "remix-auth-form";
import { withTenant } from "#db/client.ts";
import {
  findSignInSubject,
  isFlagOn,
  type SignInSubject,
  tellSignInFailures,
} from "#db/queries/people/people.ts";
import type { SignInRefusal } from "../../components/account/account-forms.tsx";
import { PasswordsBusyError, verifyPassword } from "../../platform/passwords.server.ts";
import { keepFirstLanguage } from "../frame/preferences.server.ts";
import { readForm } from "../http/input.server.ts";
import { clientIp, clientSite } from "../http/request.server.ts";
import { services } from "../services.server.ts";
import { deviceOf, rememberDevice } from "./device-cookie.server.ts";
import { type Admission, type Admitted, loginLimits } from "./login-limits.server.ts";
import { readViewer, StaleSignInError, startSession, type Viewer } from "./session.server.ts";

interface SignedInPerson {
  userId: string;
  tenantId: string;
  /** The stored hash that the password was checked against. */
  checkedPasswordHash: string;
}

/** `setCookies`: of the session, and of the device that is known from now on. */
export type SignInOutcome = { kind: "signed_in"; setCookies: [string, string] } | SignInRefusal;

class SignInRefused extends Error {
  override name = "SignInRefused";
  readonly refusal: SignInRefusal;

  constructor(refusal: SignInRefusal) {
    super(`Sign-in refused: ${refusal.kind}`);
    this.refusal = refusal;
  }
}

const authenticator = new Authenticator<SignedInPerson>().use(
  new FormStrategy(async ({ request }) => recognise(request)),
);

/**
 * Reads the form of a `POST /login` and begins a session. Failures are limited for an address, for a person at an address
 * and for a person anywhere; the account itself is never locked (see login-limits). Throws only when the database is away.
 */
export async function signIn(request: Request): Promise<SignInOutcome> {
  const form = await readForm(request);
  const missing = (["email", "password"] as const).filter((name) => form.typed(name).trim() === "");
  if (missing.length > 0) return { kind: "incomplete", missing };
  try {
    const person = await authenticator.authenticate("form", request);
    const session = await startSession(request, person);
    const { userId, checkedPasswordHash: passwordHash } = person;
    await keepFirstLanguage(request, person);
    return { kind: "signed_in", setCookies: [session, rememberDevice(request, { userId, passwordHash })] };
  } catch (error) {
    if (error instanceof SignInRefused) return error.refusal;
    if (error instanceof StaleSignInError) return { kind: "wrong" };
    throw error;
  }
}

async function recognise(request: Request): Promise<SignedInPerson> {
  const form = await readForm(request);
  // With a control character in it, or twice, it is nobody's: never what it would be without.
  const isTyped = form.only("email") !== undefined && form.only("password") !== undefined;
  const { db, log, trustedProxyHops } = services();
  const ip = clientIp(request, trustedProxyHops);
  const limits = loginLimits(db);
  const full = await limits.takeAddress(ip);
  if (full) throw tooMany(full.retryAfterSeconds);
  const { person, candidate: meant } = await findSignInSubject(db, form.typed("email"));
  const candidate = isTyped ? meant : undefined;
  const knownPlace = candidate && deviceOf(request, candidate);
  const admission = await limits.admit({ person, passwordHash: candidate?.passwordHash, ip, knownPlace });
  await tellOfAttack(admission, meant);
  if (admission.kind === "refused") throw tooMany(admission.retryAfterSeconds);
  const password = form.only("password") ?? "";
  const asker = { from: clientSite(ip), known: admission.isKnown };
  const isRight = await checked(admission, () => verifyPassword(candidate?.passwordHash, password, asker));
  if (!isRight || !candidate) {
    log.warn("sign-in refused: wrong address or password", { outcome: "wrong" });
    throw new SignInRefused({ kind: "wrong" });
  }
  await admission.succeeded();
  log.info("signed in", { tenant_id: candidate.tenantId, outcome: "signed_in" });
  const { userId, tenantId, passwordHash: checkedPasswordHash } = candidate;
  return { userId, tenantId, checkedPasswordHash };
}

function tooMany(retryAfterSeconds: number): SignInRefused {
  services().log.warn("sign-in refused: too many failures", { outcome: "too_many" });
  return new SignInRefused({ kind: "too_many", retryAfterSeconds });
}

/** A check of a password, which is withdrawn when there was no time for it. */
async function checked(admission: Admitted, look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PasswordsBusyError)) throw error;
    await admission.withdrawn();
    throw new SignInRefused({ kind: "too_many", retryAfterSeconds: 5 });
  }
}

/** At the first that is too many, and from time to time while it goes on: the mail goes out once in a day. */
async function tellOfAttack(
  { tooManyFailures }: Admission,
  candidate: SignInSubject["candidate"],
): Promise<void> {
  if (!candidate || tooManyFailures === undefined || tooManyFailures % 50 !== 1) return;
  services().log.warn("many failed sign-ins for one person", { tenant_id: candidate.tenantId });
  await tellSignInFailures(services().db, candidate.userId);
}

/**
 * Whether this person may type in a connection by hand: an admin, of a workspace with the flag `integration_debug`, on a
 * deployment whose switch is on. False for nobody.
 */
export async function mayConnectManually(viewer: Viewer | null): Promise<boolean> {
  const { db, integrationDebug } = services();
  if (viewer?.role !== "admin" || !integrationDebug) return false;
  return withTenant(db, viewer.tenantId, (tdb) => isFlagOn(tdb, viewer.tenantId, "integration_debug"));
}

/** The viewer who may connect by hand; for everybody else the page does not exist. */
export async function requireManualConnect(request: Request): Promise<Viewer> {
  const viewer = await readViewer(request);
  if (viewer && (await mayConnectManually(viewer))) return viewer;
  throw new Response(null, { status: 404 });
}
