/** What the domain of connections works with. Everything below a composition root takes these first. */
import type { Db } from "../../db/client.ts";
import type { ConnectionRow } from "../../db/queries/connections/connections.ts";
import { factsOf } from "../../db/queries/connections/facts.ts";
import type { Log } from "../platform/log.server.ts";
import type { Secret } from "../platform/secret.server.ts";
import type { ChannelId } from "./catalog.ts";
import { markOf, type SecretPlace, type TokenVault } from "./crypto.server.ts";
import type { ConnectorRegistry } from "./registry.server.ts";

export interface IntegrationDeps {
  /** In a role under the tenant wall (app_web or app_tenant). */
  db: Db;
  vault: TokenVault;
  connectors: ConnectorRegistry;
  log: Log;
  now: () => Date;
}

/** What sending a person to a platform takes besides. */
export interface ConnectDeps extends IntegrationDeps {
  /** Where the channel's platform sends people back to: the same at the dialog and at the exchange of its code. */
  redirectUriOf(channel: ChannelId): string;
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

/**
 * A token sealed for its row, and what the row's metadata keeps beside it, so that an earlier token of the same row is
 * no longer taken for its own.
 */
export function sealToken(
  { vault }: Pick<IntegrationDeps, "vault">,
  token: Secret,
  { tenantId, connectionId }: { tenantId: string; connectionId: string },
): { accessTokenEnc: string; sealed: { token_mark: string } } {
  const accessTokenEnc = vault.encryptToken(token, tokenPlace(tenantId, connectionId));
  return { accessTokenEnc, sealed: { token_mark: markOf(accessTokenEnc) } };
}

type SealedRow = Pick<ConnectionRow, "tenant_id" | "id" | "metadata"> & { access_token_enc: string };

export function isSealed<Row extends ConnectionRow>(row: Row): row is Row & { access_token_enc: string } {
  return row.access_token_enc !== null;
}

/** A connection's token, or `TokenVaultError`. Rows that were saved before marks were kept are taken without one. */
export function openToken({ vault }: Pick<IntegrationDeps, "vault">, row: SealedRow): Secret {
  const mark = factsOf(row).token_mark;
  const place = { ...tokenPlace(row.tenant_id, row.id), ...(mark === undefined ? {} : { mark }) };
  return vault.decryptToken(row.access_token_enc, place);
}
