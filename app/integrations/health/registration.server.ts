/** Registering a number that was picked or made at Meta, so that it receives. Done by the worker after a connect. */
import { type TenantDb, withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  findConnection,
  noteOnConnection,
} from "../../../db/queries/connections/connections.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import {
  holdRegistration,
  keepPin,
  notePin,
  registrationAgainAt,
  replacePin,
  takeRegistrationTry,
} from "../../../db/queries/numbers/registrations.ts";
import type { Secret } from "../../platform/secret.server.ts";
import type { ChannelId } from "../catalog.ts";
import type { Registration, RegistrationRefusal } from "../channel.server.ts";
import { ChannelError } from "../channel-error.server.ts";
import { TokenVaultError } from "../crypto.server.ts";
import { type IntegrationDeps, isSealed, openToken } from "../deps.server.ts";
import { askForCheck, type Run } from "./provisioning.server.ts";

/** For a number that was deleted a moment ago. Each try counts. */
const waitsAtMost = 3;
const tooMany = "too_many_attempts" satisfies RegistrationRefusal;
const onPhone = "on_phone" satisfies Registration;
const pinUnreadable = "pin_unreadable";

interface Subject extends Run {
  connectionId: string;
}

/**
 * Registers the connection's number when the platform says that it is not registered; never one that lives in an app on
 * somebody's phone, and nothing on a channel without registration. Its PIN is made once and kept before it is used. Each
 * try is counted for the number, and committed, before the platform hears of it: eight in 72 hours,
 * however they were asked for, and none for 72 hours once it says that it was too often. Idempotent. Throws to be tried
 * again while the platform is away; a refusal is kept with the connection and ends the job.
 */
export async function registerNumber(deps: IntegrationDeps, subject: Subject): Promise<void> {
  const { tenantId, connectionId } = subject;
  const row = await withTenant(deps.db, tenantId, (tdb) => findConnection(tdb, tenantId, connectionId));
  if (row?.status !== "active" || !row.phone_number_id || !isSealed(row)) return;
  const channel = row.provider as ChannelId;
  const { registration } = deps.connectors[channel];
  if (!registration) return;
  try {
    const token = openToken(deps, row);
    const state = await registration.read(token, row.phone_number_id);
    if (state === "open") {
      const pin = await pinOf(deps, subject, registration.newPin());
      const counted = await withTenant(deps.db, tenantId, (tdb) => takeRegistrationTry(tdb, connectionId));
      // Disconnected meanwhile.
      if (counted.kind === "none") return;
      if (counted.kind === "held")
        return conclude(deps, subject, channel, { result: "failed", code: tooMany });
      await registration.register(token, row.phone_number_id, pin);
    }
    await conclude(deps, subject, channel, {
      result: "registered",
      code: state === "open" ? "by_us" : state,
    });
  } catch (error) {
    // What does not open does not open by trying again.
    if (error instanceof TokenVaultError) {
      await conclude(deps, subject, channel, { result: "failed", code: "token_unreadable" });
      return askForCheck(deps, subject);
    }
    if (error instanceof PinUnreadableError)
      return conclude(deps, subject, channel, { result: "failed", code: pinUnreadable });
    if (!(error instanceof ChannelError)) throw error;
    const refusal = registration.refusalOf(error);
    if (refusal === "deleted_recently" && (await waitFurther(deps, subject, row))) return;
    // A wrong PIN is never tried again by itself: ten wrong ones lock the number, and only a person can take an earlier
    // provider's PIN away.
    const code = refusal ?? (error.mayPass ? undefined : error.kind);
    if (code === undefined && !subject.lastAttempt) throw error;
    if (code === tooMany) await withTenant(deps.db, tenantId, (tdb) => holdRegistration(tdb, connectionId));
    await conclude(deps, subject, channel, { result: "failed", code: code ?? "meta_unavailable" });
  }
}

/** The number's own PIN does not open. Meta may have been told of it, and another one would be a wrong one there. */
class PinUnreadableError extends Error {
  override name = "PinUnreadableError";
}

/**
 * The number's own PIN: committed before Meta hears of it, so that no crash can lose one that counts. One that does not
 * open is told first; when a person asks anew after that, another takes its place.
 */
async function pinOf(
  deps: IntegrationDeps,
  { tenantId, connectionId }: Subject,
  fresh: Secret,
): Promise<Secret> {
  const place = { table: "number_registrations", column: "pin_enc", tenantId, rowId: connectionId };
  const sealed = deps.vault.encryptToken(fresh, place);
  const kept = await withTenant(deps.db, tenantId, (tdb) => keepPin(tdb, tenantId, connectionId, sealed));
  try {
    return deps.vault.decryptToken(kept.pin_enc, place);
  } catch (error) {
    if (!(error instanceof TokenVaultError)) throw error;
    if (!kept.pin_unreadable) throw new PinUnreadableError();
    await withTenant(deps.db, tenantId, (tdb) => replacePin(tdb, connectionId, sealed));
    return fresh;
  }
}

/** Asks for another try in six minutes, three times in all; returns whether it did. */
async function waitFurther(
  deps: IntegrationDeps,
  { tenantId, connectionId, requestId }: Subject,
  row: Pick<ConnectionRow, "metadata">,
): Promise<boolean> {
  const { waits = 0 } = factsOf(row).registration ?? {};
  if (waits >= waitsAtMost) return false;
  await withTenant(deps.db, tenantId, async (tdb) => {
    await noteOnConnection(tdb, tenantId, connectionId, {
      registration: { result: "open", waits: waits + 1 },
    });
    await enqueue(tdb, "register_number", { tenantId, connectionId, requestId }, { inSeconds: 6 * 60 });
  });
  return true;
}

interface Outcome {
  result: "registered" | "failed";
  code: string;
}

/** Keeps with the connection how registering stands; after a failure also when it may be tried again. */
export async function noteRegistration(
  deps: IntegrationDeps,
  tdb: TenantDb,
  { tenantId, connectionId }: Pick<Subject, "tenantId" | "connectionId">,
  outcome: Outcome,
): Promise<void> {
  await notePin(tdb, tenantId, connectionId, { isUnreadable: outcome.code === pinUnreadable });
  const at = deps.now().toISOString();
  const again = outcome.result === "failed" ? await registrationAgainAt(tdb, connectionId) : null;
  const later = again ? { again_at: again.toISOString() } : {};
  await noteOnConnection(tdb, tenantId, connectionId, { registration: { ...outcome, at, ...later } });
}

async function conclude(
  deps: IntegrationDeps,
  subject: Subject,
  provider: ChannelId,
  outcome: Outcome,
): Promise<void> {
  const { tenantId, connectionId, requestId } = subject;
  await withTenant(deps.db, tenantId, async (tdb) => {
    await noteRegistration(deps, tdb, subject, outcome);
    if (outcome.code === onPhone)
      await enqueue(tdb, "request_history", { tenantId, connectionId, requestId });
    // Most numbers were registered before us: that is no news.
    if (outcome.result === "registered" && outcome.code !== "by_us") return;
    const kind = outcome.result === "registered" ? "number_registered" : "registration_failed";
    const detail = { code: outcome.code };
    await recordEvent(tdb, { tenantId, connectionId, provider, kind, actorUserId: null, requestId, detail });
  });
}
