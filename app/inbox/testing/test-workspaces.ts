/** Arranges what ingest finds in a database: workspaces with a connected number, and stored deliveries. For tests. */

import { bytes } from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { whatsappWebhook } from "#app/integrations/meta/whatsapp/webhook/webhook.server.ts";
import type { Log, LogFields } from "#app/platform/log.server.ts";
import type { TestDatabase } from "#db/testing/test-database.ts";
import type { InboxDeps } from "../ingest/ingest.server.ts";

export interface Workspace {
  tenantId: string;
  connectionId: string;
}

/** A workspace that owns `phoneNumberId` from `since` on, or until `until`. */
export async function connectWorkspace(
  database: TestDatabase,
  phoneNumberId: string,
  { since = "2020-01-01", until = null as string | null } = {},
): Promise<Workspace> {
  const [workspace] = await database.sql<Workspace>(
    `with t as (insert into tenants (name) values ('Workspace of ' || $1) returning id),
          c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
                select id, 'meta_whatsapp', case when $3::text is null then 'active' else 'revoked' end, '1',
                       case when $3::text is null then $1 end from t returning id, tenant_id),
          n as (insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at, released_at)
                select 'meta_whatsapp', $1, tenant_id, id, $2::timestamptz, $3::timestamptz from c)
     select tenant_id as "tenantId", id as "connectionId" from c`,
    [phoneNumberId, since, until],
  );
  if (!workspace) throw new Error("no workspace");
  return workspace;
}

/** One more claim of a workspace on a number, from `since` on or until `until`. */
export async function claimAgain(
  database: TestDatabase,
  { tenantId, connectionId }: Workspace,
  phoneNumberId: string,
  { since, until = null }: { since: string; until?: string | null },
): Promise<void> {
  await database.sql(
    `insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at, released_at)
     values ('meta_whatsapp', $1, $2, $3, $4, $5)`,
    [phoneNumberId, tenantId, connectionId, since, until],
  );
}

/** Stores a body as the web would, without a job; returns the delivery's id. */
export async function deliver(
  database: TestDatabase,
  body: unknown,
  receivedAt = "2026-01-01T00:00:00Z",
): Promise<string> {
  const [id] = await deliverAll(database, [body], [receivedAt]);
  if (!id) throw new Error("no delivery");
  return id;
}

/** Stores several at once, ids ascending in the order given. */
export async function deliverAll(
  database: TestDatabase,
  bodies: unknown[],
  receivedAt: string[] = bodies.map(() => "2026-01-01T00:00:00Z"),
): Promise<string[]> {
  const rows = await database.sql<{ id: string }>(
    `insert into webhook_deliveries (provider, request_id, body, received_at)
     select 'meta_whatsapp', 'request-' || n, b, at from unnest($1::bytea[], $2::timestamptz[]) with ordinality as r (b, at, n)
      order by n returning id`,
    [bodies.map((body) => Buffer.from(body instanceof Uint8Array ? body : bytes(body))), receivedAt],
  );
  return rows.map(({ id }) => id);
}

export interface LoggedLine extends LogFields {
  level: "info" | "warn" | "error";
  message: string;
}

export function inboxDeps(database: TestDatabase): InboxDeps & { lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const write =
    (level: LoggedLine["level"]): Log["info"] =>
    (message, fields = {}) =>
      lines.push({ level, message, ...fields });
  const log: Log = { info: write("info"), warn: write("warn"), error: write("error") };
  return { db: database.as("app_ingest"), readers: { meta_whatsapp: whatsappWebhook }, log, lines };
}
