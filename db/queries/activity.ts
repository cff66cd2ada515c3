/** `connection_events` as the workspace reads them. */
import { sql } from "kysely";
import type { TenantDb } from "../client.ts";

export interface ActivityRow {
  id: string;
  kind: string;
  at: Date;
  actorEmail: string | null;
  phoneNumberE164: string | null;
  requestId: string | null;
  detail: Record<string, unknown>;
}

/** Newest first, those before `beforeId` when it is given. */
export async function listActivityRows(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    select e.id, e.kind, e.created_at as at, p.email as "actorEmail", c.phone_number_e164 as "phoneNumberE164",
           e.request_id as "requestId", e.detail
      from connection_events e
      left join app.people_of_tenant() p on p.user_id = e.actor_user_id
      left join channel_connections c on c.tenant_id = e.tenant_id and c.id = e.connection_id
     where e.tenant_id = ${tenantId} and e.provider = ${provider}
       and (${beforeId ?? null}::bigint is null or e.id < ${beforeId ?? null}::bigint)
     order by e.id desc limit ${limit}`.execute(tdb);
  return rows;
}
