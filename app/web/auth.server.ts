/** Signing in with e-mail and password, and what a signed-in person may do beyond their workspace's pages. */
import { Authenticator } from "remix-auth";
import { FormStrategy } from "remix-auth-form";
import { withTenant } from "#db/client.ts";
import { findLoginCandidate, isFlagOn } from "#db/queries/people.ts";
import { PasswordsBusyError, verifyPassword } from "../platform/passwords.server.ts";
import { readForm } from "./http/input.server.ts";
import { clientIp } from "./http.server.ts";
import { loginLimits } from "./login-limits.server.ts";
import { keepFirstLanguage } from "./preferences.server.ts";
import { services } from "./services.server.ts";
import { readViewer, startSession, type Viewer } from "./session.server.ts";

interface SignedInPerson {
  userId: string;
  tenantId: string;
}

/** `wrong` covers an unknown address, a disabled person and a wrong password alike, in words and in time. */
export type SignInRefusal =
  | { kind: "incomplete"; missing: ("email" | "password")[] }
  | { kind: "wrong" }
  | { kind: "too_many"; retryAfterSeconds: number };

export type SignInOutcome = { kind: "signed_in"; setCookie: string } | SignInRefusal;

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
 * Reads the form of a `POST /login` and begins a session. Failures are limited for an address, and for a person at an
 * address; the account itself is never locked. Throws only when the database is away.
 */
export async function signIn(request: Request): Promise<SignInOutcome> {
  const form = await readForm(request);
  const missing = (["email", "password"] as const).filter((name) => form.typed(name).trim() === "");
  if (missing.length > 0) return { kind: "incomplete", missing };
  try {
    const person = await authenticator.authenticate("form", request);
    const setCookie = await startSession(request, person);
    await keepFirstLanguage(request, person);
    return { kind: "signed_in", setCookie };
  } catch (error) {
    if (error instanceof SignInRefused) return error.refusal;
    throw error;
  }
}

async function recognise(request: Request): Promise<SignedInPerson> {
  const form = await readForm(request);
  const email = form.typed("email").trim();
  // With a control character in it, or twice, it is nobody's: never what it would be without.
  const isTyped = form.only("email") !== undefined && form.only("password") !== undefined;
  const password = form.only("password") ?? "";
  const { db, log, trustedProxyHops } = services();
  const ip = clientIp(request, trustedProxyHops);
  const limits = loginLimits(db);
  const refused = await limits.take(email, ip);
  if (refused) {
    log.warn("sign-in refused: too many failures", { outcome: "too_many" });
    throw new SignInRefused({ kind: "too_many", ...refused });
  }
  const candidate = isTyped ? await findLoginCandidate(db, email) : undefined;
  if (!(await passwordIsRight(candidate?.passwordHash, password)) || !candidate) {
    log.warn("sign-in refused: wrong address or password", { outcome: "wrong" });
    throw new SignInRefused({ kind: "wrong" });
  }
  await limits.giveBack(email, ip);
  log.info("signed in", { tenant_id: candidate.tenantId, outcome: "signed_in" });
  return { userId: candidate.userId, tenantId: candidate.tenantId };
}

async function passwordIsRight(stored: string | undefined, password: string) {
  try {
    return await verifyPassword(stored, password);
  } catch (error) {
    if (!(error instanceof PasswordsBusyError)) throw error;
    throw new SignInRefused({ kind: "too_many", retryAfterSeconds: 5 });
  }
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
