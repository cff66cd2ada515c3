/** Leaving a channel: closed here at once, finished at Meta by the worker. */
import { randomUUID } from "node:crypto";
import { type TenantDb, withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  lockConnectionsToRevoke,
  revokeConnection,
} from "../../../db/queries/connections/connections.ts";
import { insertTeardown } from "../../../db/queries/connections/teardowns.ts";
import { releaseNumber } from "../../../db/queries/numbers/number-claims.ts";
import type { ChannelId } from "../catalog.ts";
import { TokenVaultError } from "../crypto.server.ts";
import { type Actor, type IntegrationDeps, isSealed, openToken } from "../deps.server.ts";

/**
 * One connection of the channel, or all of them without an id; of attempts without a number only the person's own. When
 * this returns the rows are `revoked`, their tokens are gone from them, nothing can be sent, and what arrives from now on
 * is nobody's; conversations stay. Whether Meta is up does not matter: a job asks it to stop delivering, with a copy of
 * the token that only that job's row holds and destroys. Safe to repeat; returns how many were open. Never deregisters a
 * number.
 */
export async function disconnect(
  deps: IntegrationDeps,
  actor: Actor,
  { channel, connectionId }: { channel: ChannelId; connectionId?: string | undefined },
): Promise<{ disconnected: number }> {
  return withTenant(deps.db, actor.tenantId, async (tdb) => {
    const rows = await lockConnectionsToRevoke(tdb, actor, channel, connectionId);
    for (const row of rows) await close(deps, tdb, actor, row);
    return { disconnected: rows.length };
  });
}

async function close(deps: IntegrationDeps, tdb: TenantDb, actor: Actor, row: ConnectionRow): Promise<void> {
  const { tenantId, userId, requestId } = actor;
  await askMetaToStop(deps, tdb, actor, row);
  const note = { revoked_at: deps.now().toISOString(), revoked_by: userId };
  await revokeConnection(tdb, tenantId, row.id, note);
  await releaseNumber(tdb, tenantId, row.id);
  const event = { tenantId, connectionId: row.id, provider: row.provider, actorUserId: userId, requestId };
  await recordEvent(tdb, { ...event, kind: "disconnected" });
}

async function askMetaToStop(
  deps: IntegrationDeps,
  tdb: TenantDb,
  actor: Actor,
  row: ConnectionRow,
): Promise<void> {
  if (!row.waba_id || !isSealed(row)) return;
  const { tenantId, requestId } = actor;
  const id = randomUUID();
  try {
    const token = openToken(deps, row);
    const accessTokenEnc = deps.vault.encryptToken(token, teardownPlace(tenantId, id));
    await insertTeardown(tdb, { id, tenantId, connectionId: row.id, accountId: row.waba_id, accessTokenEnc });
    await enqueue(tdb, "stop_deliveries", { tenantId, teardownId: id, requestId });
  } catch (error) {
    // A token that no longer opens must not keep a person from leaving; what stays on at Meta is said.
    if (!(error instanceof TokenVaultError)) throw error;
    const { id: connectionId, provider } = row;
    await recordEvent(tdb, {
      tenantId,
      connectionId,
      provider,
      kind: "teardown_gave_up",
      actorUserId: null,
      requestId,
      detail: { code: "token_unreadable" },
    });
  }
}

/** Where the teardown's copy of a token is sealed for. */
export function teardownPlace(tenantId: string, teardownId: string) {
  return { table: "connection_teardowns", column: "access_token_enc", tenantId, rowId: teardownId };
}
