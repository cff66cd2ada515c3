/** What the domain of connections works with. Everything below a composition root takes these first. */
import type { Db } from "../../db/client.ts";
import type { Log } from "../platform/log.server.ts";
import type { SecretPlace, TokenVault } from "./crypto.server.ts";
import type { ConnectorRegistry } from "./registry.server.ts";

export interface IntegrationDeps {
  /** In a role under the tenant wall (app_web or app_tenant). */
  db: Db;
  vault: TokenVault;
  connectors: ConnectorRegistry;
  log: Log;
  now: () => Date;
}

/** Who asks, in which workspace, from which session and request. */
export interface Actor {
  tenantId: string;
  userId: string;
  sessionId: string;
  requestId: string;
}

/** Where a connection's token is sealed for. */
export function tokenPlace(tenantId: string, connectionId: string): SecretPlace {
  return { table: "channel_connections", column: "access_token_enc", tenantId, rowId: connectionId };
}
