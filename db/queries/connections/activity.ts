/** `connection_events` as the workspace reads them. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";

export interface ActivityRow {
  id: string;
  kind: string;
  at: Date;
  /** Whether a person did it, be they a member still or not. */
  byPerson: boolean;
  actorEmail: string | null;
  phoneNumberE164: string | null;
  requestId: string | null;
  detail: Record<string, unknown>;
}

/** What is undefined leaves nothing out. */
export interface ActivityWanted {
  beforeId?: string | undefined;
  limit: number;
  since?: Date | undefined;
  kinds?: { only: string[] } | { not: string[] } | undefined;
  connectionId?: string | undefined;
  actor?: { is: string } | { isNot: string } | "nobody" | undefined;
}

/** Newest first, those before `beforeId` when it is given. */
export async function listActivityRows(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
  wanted: ActivityWanted,
): Promise<ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    select e.id, e.kind, e.created_at as at, e.actor_user_id is not null as "byPerson", p.email as "actorEmail",
           c.phone_number_e164 as "phoneNumberE164", e.request_id as "requestId", e.detail
      from connection_events e
      left join app.people_of_tenant() p on p.user_id = e.actor_user_id
      left join channel_connections c on c.tenant_id = e.tenant_id and c.id = e.connection_id
     where e.tenant_id = ${tenantId} and e.provider = ${provider} ${conditions(wanted)}
     order by e.id desc limit ${wanted.limit}`.execute(tdb);
  return rows;
}

/** Whether more than `most` are wanted; reads no more than it has to. */
export async function hasMoreActivityThan(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
  most: number,
  wanted: Omit<ActivityWanted, "limit">,
): Promise<boolean> {
  const { rows } = await sql`
    select from connection_events e
     where e.tenant_id = ${tenantId} and e.provider = ${provider} ${conditions(wanted)}
     order by e.id desc offset ${most} limit 1`.execute(tdb);
  return rows.length > 0;
}

function conditions({ beforeId, since, kinds, connectionId, actor }: Omit<ActivityWanted, "limit">) {
  const all = [];
  if (since) all.push(sql`and e.created_at >= ${since}`);
  if (beforeId) all.push(sql`and e.id < ${beforeId}::bigint`);
  if (connectionId) all.push(sql`and e.connection_id = ${connectionId}`);
  if (kinds)
    all.push("only" in kinds ? sql`and e.kind = any(${kinds.only})` : sql`and e.kind <> all(${kinds.not})`);
  if (actor === "nobody") all.push(sql`and e.actor_user_id is null`);
  else if (actor)
    all.push(
      "is" in actor ? sql`and e.actor_user_id = ${actor.is}` : sql`and e.actor_user_id <> ${actor.isNot}`,
    );
  return sql.join(all, sql` `);
}

export interface LoggedNumberRow {
  connectionId: string;
  phoneNumberE164: string;
}

/** The numbers that a workspace has or had on a channel. */
export async function listLoggedNumbers(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
): Promise<LoggedNumberRow[]> {
  const { rows } = await sql<LoggedNumberRow>`
    select id as "connectionId", phone_number_e164 as "phoneNumberE164"
      from channel_connections
     where tenant_id = ${tenantId} and provider = ${provider} and phone_number_e164 is not null
     order by phone_number_e164, updated_at desc limit 100`.execute(tdb);
  return rows;
}
