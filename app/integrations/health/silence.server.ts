/** Noticing that nothing arrives any more where something usually does: no error tells of it, only its absence. */
import type { TenantDb } from "../../../db/client.ts";
import { type ConnectionRow, noteOnConnection } from "../../../db/queries/connections/connections.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import { readRhythm } from "../../../db/queries/connections/health.ts";

/** Fewer people than this in a fortnight make no rhythm: a day without a message is then nothing unusual. */
const livelyPeople = 20;
const silentHours = 24;

/**
 * Compares the number's last message with its usual rhythm and keeps the answer with the connection. Returns what
 * changed, for the one who records events: once when a silence begins to be one, once when it ends.
 */
export async function noticeSilence(
  tdb: TenantDb,
  row: Pick<ConnectionRow, "tenant_id" | "id" | "metadata">,
  now: Date,
): Promise<"silence_noticed" | "silence_ended" | undefined> {
  const known = factsOf(row).silent_since ?? null;
  const { lastInboundAt, lively } = await readRhythm(tdb, row.tenant_id, row.id);
  const hours = lastInboundAt ? (now.getTime() - lastInboundAt.getTime()) / 3_600_000 : 0;
  const isSilent = lively >= livelyPeople && hours >= silentHours;
  if (isSilent === (known !== null)) return undefined;
  const silentSince = isSilent ? (lastInboundAt?.toISOString() ?? null) : null;
  await noteOnConnection(tdb, row.tenant_id, row.id, { silent_since: silentSince });
  return isSilent ? "silence_noticed" : "silence_ended";
}
