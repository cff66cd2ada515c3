/**
 * A tenant's connections to channels: what they are now and what they may do. The flows that change one stand in
 * `connect/` and, for the end, in `disconnect.server.ts`.
 */
import { withTenant } from "../../../db/client.ts";
import {
  type ConnectionRow,
  listConnectionRows,
  listNumberRows,
  type Member,
} from "../../../db/queries/connections/connections.ts";
import { countEffects, type DisconnectEffects } from "../../../db/queries/connections/disconnect-effects.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import { seenOfNumbers } from "../../../db/queries/numbers/number-claims.ts";
import type { ConnectionStatus } from "../../../db/schema.ts";
import { type ChannelId, channelIds } from "../catalog.ts";
import type { IntegrationDeps } from "../deps.server.ts";
import { type ConnectionView, maySend, viewOf } from "./connection-view.server.ts";

/**
 * What a member sees on a channel, the working ones first, then the most recently changed: the workspace's numbers, and
 * attempts of their own.
 */
export async function listConnections(
  deps: IntegrationDeps,
  member: Member,
  channel: ChannelId,
): Promise<ConnectionView[]> {
  const { tenantId } = member;
  const [rows, seen] = await withTenant(deps.db, tenantId, async (tdb) => [
    await listConnectionRows(tdb, member, channel),
    await seenOfNumbers(tdb, tenantId, channel),
  ]);
  const order: Record<ConnectionStatus, number> = { active: 0, error: 1, pending: 2, revoked: 3 };
  return rows
    .map((row) => viewOf(row, seen.get(row.id), deps.now()))
    .sort((a, b) => order[a.status] - order[b.status] || b.updatedAt.getTime() - a.updatedAt.getTime());
}

export interface ChannelStatus {
  connected: boolean;
  phone_number_e164: string | null;
  display_name: string | null;
  updated_at: string | null;
  status: ConnectionStatus | "not_connected";
  may_send: boolean;
  connections: {
    id: string;
    status: ConnectionStatus;
    phone_number_e164: string | null;
    display_name: string | null;
    deliveries: ConnectionView["deliveries"];
    updated_at: string;
  }[];
}

/** The answer of the status endpoint to a member: the foremost connection at the top, every one that has a number in the list. */
export async function channelStatus(
  deps: IntegrationDeps,
  member: Member,
  channel: ChannelId,
): Promise<ChannelStatus> {
  const views = await listConnections(deps, member, channel);
  const foremost = views[0];
  const connected = foremost?.status === "active";
  return {
    connected,
    phone_number_e164: connected ? foremost.phoneNumberE164 : null,
    display_name: connected ? foremost.displayName : null,
    updated_at: foremost?.updatedAt.toISOString() ?? null,
    status: foremost?.status ?? "not_connected",
    may_send: views.some((view) => view.maySend),
    connections: views
      .filter((view) => view.isOfNumber)
      .map((view) => ({
        id: view.id,
        status: view.status,
        phone_number_e164: view.phoneNumberE164,
        display_name: view.displayName,
        deliveries: view.deliveries,
        updated_at: view.updatedAt.toISOString(),
      })),
  };
}

/** Counted no further than this. */
export const mostCounted = 100_000;
const recentMs = 30 * 24 * 60 * 60 * 1000;

/**
 * What a disconnect would end and leave behind, for the page that asks before it; `recent` are the messages of the last
 * 30 days. Each is counted up to `mostCounted`. Zeroes for a connection of another tenant.
 */
export async function disconnectEffects(
  deps: IntegrationDeps,
  tenantId: string,
  connectionId: string,
): Promise<DisconnectEffects> {
  const since = new Date(deps.now().getTime() - recentMs);
  return withTenant(deps.db, tenantId, (tdb) =>
    countEffects(tdb, tenantId, connectionId, { since, most: mostCounted }),
  );
}

export interface Reachability {
  /** Connections, on any channel, through which something may be sent now. */
  maySend: string[];
  /** Nothing stands in the way of messages to one of the numbers, as far as we know. */
  receives: boolean;
}

/** What the inbox needs to know of the workspace's numbers. */
export async function readReachability(
  { db, now }: Pick<IntegrationDeps, "db" | "now">,
  tenantId: string,
): Promise<Reachability> {
  const rows = await withTenant(db, tenantId, async (tdb) => {
    const found: ConnectionRow[] = [];
    for (const channel of channelIds()) found.push(...(await listNumberRows(tdb, tenantId, channel)));
    return found;
  });
  return {
    maySend: rows.filter((row) => maySend(row, now())).map(({ id }) => id),
    receives: rows.some((row) => maySend(row, now()) && receives(row)),
  };
}

function receives(row: ConnectionRow): boolean {
  const { deliveries, registration } = factsOf(row);
  return deliveries?.state !== "failed" && registration?.result !== "failed";
}
