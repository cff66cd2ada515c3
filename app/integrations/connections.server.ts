/**
 * A tenant's connections to channels: what they are now and what they may do. The roads that change one (connect,
 * choose, connect manually, disconnect) stand in files of their own and are re-exported here.
 */
import { withTenant } from "../../db/client.ts";
import {
  type ConnectionRow,
  countKept,
  findConnection,
  listConnectionRows,
} from "../../db/queries/connections.ts";
import type { ConnectionStatus } from "../../db/schema.ts";
import { inGroups } from "../platform/phone-number.server.ts";
import type { ChannelId } from "./catalog.ts";
import type { IntegrationDeps } from "./deps.server.ts";

export { completeConnect, startConnect } from "./connect.server.ts";
export type { Actor, IntegrationDeps } from "./deps.server.ts";
export { disconnect } from "./disconnect.server.ts";
export type { ConnectOutcome } from "./establish.server.ts";
export { connectManually } from "./manual.server.ts";
export { chooseNumber, lookForNumbers, pendingChoice } from "./number-choice.server.ts";
export { isConnecting } from "./oauth-states.server.ts";
export { retryStep } from "./retry.server.ts";

export interface ConnectionView {
  id: string;
  channel: ChannelId;
  status: ConnectionStatus;
  phoneNumberE164: string | null;
  /** As people read it: `+52 55 1234 5678`. */
  phoneNumber: string | null;
  displayName: string | null;
  tokenExpiresAt: Date | null;
  /** Of the latest connect: a reconnect uses the same row. */
  connectedAt: Date;
  updatedAt: Date;
  error: { code: string; at: string } | null;
  /** Whether Meta has confirmed that it delivers this number's events to us. */
  deliveries: "starting" | "on" | "failed";
  /** Why Meta did not register the number, so that it receives nothing; null while it has not refused. */
  registrationRefusal: string | null;
  /** The last message, where messages usually come and none has for a day; null otherwise. */
  silentSince: Date | null;
  maySend: boolean;
  /** Somebody with rights to the number at Meta asked for it from another workspace, last at this time. */
  requestedAt: Date | null;
}

/** The workspace's connections on a channel, the working ones first, then the most recently changed. */
export async function listConnections(
  deps: IntegrationDeps,
  tenantId: string,
  channel: ChannelId,
): Promise<ConnectionView[]> {
  const rows = await withTenant(deps.db, tenantId, (tdb) => listConnectionRows(tdb, tenantId, channel));
  const order: Record<ConnectionStatus, number> = { active: 0, error: 1, pending: 2, revoked: 3 };
  return rows
    .map((row) => viewOf(row, deps.now()))
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

/** The answer of the status endpoint: the foremost connection at the top, every one that has a number in the list. */
export async function channelStatus(
  deps: IntegrationDeps,
  tenantId: string,
  channel: ChannelId,
): Promise<ChannelStatus> {
  const views = await listConnections(deps, tenantId, channel);
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
      .filter((view) => view.phoneNumberE164 !== null)
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

/**
 * The one decision whether anything may be sent through a connection. Only an active one with a live token says yes;
 * a revoked one has no token and says no from the moment its disconnect is committed.
 */
export function maySend(
  connection: Pick<ConnectionRow, "status" | "access_token_enc" | "token_expires_at">,
  now: Date,
): boolean {
  if (connection.status !== "active" || connection.access_token_enc === null) return false;
  return connection.token_expires_at === null || connection.token_expires_at > now;
}

/** What a disconnect would leave behind, for the page that asks before it. Zeroes for a connection of another tenant. */
export async function disconnectEffects(
  deps: IntegrationDeps,
  tenantId: string,
  connectionId: string,
): Promise<{ conversations: number; messages: number }> {
  return withTenant(deps.db, tenantId, async (tdb) => {
    const connection = await findConnection(tdb, tenantId, connectionId);
    return connection ? countKept(tdb, tenantId, connectionId) : { conversations: 0, messages: 0 };
  });
}

function viewOf(row: ConnectionRow, now: Date): ConnectionView {
  const { connected_at, requested_at, silent_since, registration, deliveries, error } = row.metadata as {
    silent_since?: string | null;
    registration?: { result?: string; code?: string };
    requested_at?: string;
    connected_at?: string;
    deliveries?: { state?: ConnectionView["deliveries"] };
    error?: { code?: string; at?: string };
  };
  return {
    id: row.id,
    channel: row.provider as ChannelId,
    status: row.status,
    phoneNumberE164: row.phone_number_e164,
    phoneNumber: row.phone_number_e164 && inGroups(row.phone_number_e164),
    displayName: row.display_name,
    tokenExpiresAt: row.token_expires_at,
    connectedAt: connected_at ? new Date(connected_at) : row.created_at,
    updatedAt: row.updated_at,
    error: error?.code && error.at ? { code: error.code, at: error.at } : null,
    deliveries: deliveries?.state ?? "starting",
    registrationRefusal: registration?.result === "failed" ? (registration.code ?? "unknown") : null,
    silentSince: silent_since ? new Date(silent_since) : null,
    maySend: maySend(row, now),
    requestedAt: requested_at ? new Date(requested_at) : null,
  };
}
