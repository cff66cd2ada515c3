/** Connected numbers through which nothing works at the moment. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";

export interface IncidentRow {
  connectionId: string;
  provider: string;
  phoneNumberE164: string;
  /** `metadata.error`, for a connection in `error`. */
  error: unknown;
  isBroken: boolean;
  tokenExpiresAt: Date | null;
  updatedAt: Date;
}

/** Those in `error`, and the active ones without a token that lives past `now`. One statement over the tenant's index. */
export async function listIncidents(tdb: TenantDb, tenantId: string, now: Date): Promise<IncidentRow[]> {
  const { rows } = await sql<IncidentRow>`
    select id as "connectionId", provider, phone_number_e164 as "phoneNumberE164", metadata->'error' as error,
           status = 'error' as "isBroken", token_expires_at as "tokenExpiresAt", updated_at as "updatedAt"
      from channel_connections
     where tenant_id = ${tenantId} and phone_number_e164 is not null
       and (status = 'error'
            or status = 'active' and (access_token_enc is null or token_expires_at <= ${now}))
     order by id limit 100`.execute(tdb);
  return rows;
}

/** E-mail addresses of the workspace's first `most` admins. */
export async function listAdminAddresses(tdb: TenantDb, most: number): Promise<string[]> {
  const { rows } = await sql<{ email: string }>`
    select email from app.admins_of_tenant() order by email limit ${most}`.execute(tdb);
  return rows.map(({ email }) => email);
}
