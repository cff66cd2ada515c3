/** Putting right what a successful check at Meta has shown to be wrong, and recording what it has shown to be right. */
import type { TenantDb } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  markMended,
  noteDisplayName,
  noteOnConnection,
} from "../../../db/queries/connections/connections.ts";
import type { EventKind } from "../../../db/queries/connections/event-kinds.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import { readRhythm } from "../../../db/queries/connections/health.ts";
import type { AccessReport } from "../channel.server.ts";
import type { IntegrationDeps } from "../deps.server.ts";
import { noteRegistration } from "./registration.server.ts";

export interface Subject {
  tenantId: string;
  connectionId: string;
  requestId: string;
}

/** A connection with everything that a check needs. */
export type CheckableRow = ConnectionRow & {
  access_token_enc: string;
  waba_id: string;
  phone_number_id: string;
};

/** Causes that a successful check disproves. */
const mendable = ["token_rejected", "token_unreadable", "permission_lost", "access_removed"] as const;

/** Takes back an earlier verdict, keeps the name that the number has now, asks anew for deliveries and for the registration where they are gone, and notices a silence. */
export async function takeUpReport(
  deps: IntegrationDeps,
  tdb: TenantDb,
  subject: Subject,
  row: CheckableRow,
  report: AccessReport,
): Promise<void> {
  if (await markMended(tdb, subject.tenantId, row.id, mendable))
    await recordNoticed(tdb, subject, row, "access_recovered", {});
  await noteDisplayName(tdb, subject.tenantId, row.id, report.displayName);
  await healDeliveries(deps, tdb, subject, row, report);
  await healRegistration(deps, tdb, subject, row, report);
  await noticeSilence(deps, tdb, subject, row);
}

async function healDeliveries(
  deps: IntegrationDeps,
  tdb: TenantDb,
  subject: Subject,
  row: CheckableRow,
  { deliveries }: AccessReport,
): Promise<void> {
  const known = factsOf(row).deliveries;
  if (deliveries === "missing" && known?.state !== "starting") {
    // Somebody unsubscribed us, or Meta refused before. Asking again heals it, and says so if it cannot.
    if (known?.state === "on") {
      await noteOnConnection(tdb, subject.tenantId, row.id, { deliveries: { state: "starting" } });
      await recordNoticed(tdb, subject, row, "deliveries_missing", {});
    }
    await enqueue(tdb, "subscribe_waba", subject);
  }
  if (deliveries === "elsewhere" && known?.code !== "override") {
    const at = deps.now().toISOString();
    await noteOnConnection(tdb, subject.tenantId, row.id, {
      deliveries: { state: "failed", code: "override", at },
    });
    await recordNoticed(tdb, subject, row, "deliveries_elsewhere", {});
  }
  // Nothing is known of a connection that was taken over from before.
  if (deliveries === "ours" && (known === undefined || known.state === "failed")) {
    await noteOnConnection(tdb, subject.tenantId, row.id, {
      deliveries: { state: "on", at: deps.now().toISOString() },
    });
    await recordNoticed(tdb, subject, row, "deliveries_on", {});
  }
}

/** A number that lost its registration is registered again under its PIN; one that a person mended is believed. */
async function healRegistration(
  deps: IntegrationDeps,
  tdb: TenantDb,
  subject: Subject,
  row: CheckableRow,
  { registration }: AccessReport,
): Promise<void> {
  if (registration === undefined) return;
  const facts = factsOf(row);
  const known = facts.registration?.result;
  if (registration === "open" && known === "registered") {
    await noteOnConnection(tdb, subject.tenantId, row.id, { registration: { result: "open" } });
    await recordNoticed(tdb, subject, row, "registration_missing", {});
    await enqueue(tdb, "register_number", subject);
  }
  // A connect asks for both; one that was taken over from before has had neither.
  if (known === undefined && facts.deliveries === undefined) await enqueue(tdb, "register_number", subject);
  if (registration !== "open" && known === "failed") {
    await noteRegistration(deps, tdb, subject, { result: "registered", code: registration });
    await recordNoticed(tdb, subject, row, "number_registered", {});
  }
}

/** Fewer people than this in a fortnight make no rhythm: a day without a message is then nothing unusual. */
const livelyPeople = 20;
const silentHours = 24;

/**
 * Nothing arrives any more where something usually does: no error tells of it, only its absence. Compares the number's
 * last message with its usual rhythm, and tells once when a silence begins to be one and once when it ends.
 */
async function noticeSilence(
  { now }: IntegrationDeps,
  tdb: TenantDb,
  subject: Subject,
  row: CheckableRow,
): Promise<void> {
  const known = factsOf(row).silent_since ?? null;
  const { lastInboundAt, lively } = await readRhythm(tdb, row.tenant_id, row.id);
  const hours = lastInboundAt ? (now().getTime() - lastInboundAt.getTime()) / 3_600_000 : 0;
  const isSilent = lively >= livelyPeople && hours >= silentHours;
  if (isSilent === (known !== null)) return;
  const silentSince = isSilent ? (lastInboundAt?.toISOString() ?? null) : null;
  await noteOnConnection(tdb, row.tenant_id, row.id, { silent_since: silentSince });
  await recordNoticed(tdb, subject, row, isSilent ? "silence_noticed" : "silence_ended", {});
}

/** Records what we noticed by ourselves. */
export async function recordNoticed(
  tdb: TenantDb,
  { tenantId, requestId }: Subject,
  row: CheckableRow,
  kind: EventKind,
  detail: Record<string, unknown>,
): Promise<void> {
  const event = {
    tenantId,
    connectionId: row.id,
    provider: row.provider,
    kind,
    actorUserId: null,
    requestId,
    detail,
  };
  await recordEvent(tdb, event);
}
