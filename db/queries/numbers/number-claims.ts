/** Which workspace a number belongs to, and when: taking it, asking for it, letting it go. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";

/** 'taken' when a workspace other than the transaction's holds the number and has not let it go; says nothing about who. */
export async function takeOverRevokedNumber(tdb: TenantDb, phoneNumberId: string): Promise<"free" | "taken"> {
  const answer = await sql<{ verdict: "free" | "taken" }>`
    select app.take_over_revoked_number(${phoneNumberId}) as verdict`.execute(tdb);
  return answer.rows[0]?.verdict ?? "taken";
}

/** Lets the workspace that holds a number know that somebody with rights to it asked, and nothing more. */
export async function askHolderForNumber(
  tdb: TenantDb,
  { requestId }: { requestId: string },
  provider: string,
  phoneNumberId: string,
): Promise<void> {
  await sql`select app.ask_holder_for_number(${provider}, ${phoneNumberId}, ${requestId})`.execute(tdb);
}

/**
 * From now on deliveries of this number are this connection's, and so are those that came while nobody held it, unless
 * another workspace held it before. One that it already owns stays its own, and waits for a first delivery anew.
 */
export async function claimNumber(
  tdb: TenantDb,
  claim: { tenantId: string; connectionId: string; provider: string; phoneNumberId: string },
): Promise<void> {
  const open = await tdb
    .updateTable("number_claims")
    .set({ reconnected_at: sql<Date>`clock_timestamp()`, first_event_at: null })
    .where("tenant_id", "=", claim.tenantId)
    .where("connection_id", "=", claim.connectionId)
    .where("provider", "=", claim.provider)
    .where("phone_number_id", "=", claim.phoneNumberId)
    .where("released_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (open) return;
  await tdb
    .insertInto("number_claims")
    .values({
      tenant_id: claim.tenantId,
      connection_id: claim.connectionId,
      provider: claim.provider,
      phone_number_id: claim.phoneNumberId,
    })
    .execute();
}

/** What is received after this moment is nobody's, until the number is claimed again. */
export async function releaseNumber(tdb: TenantDb, tenantId: string, connectionId: string): Promise<void> {
  await tdb
    .updateTable("number_claims")
    .set({ released_at: sql<Date>`clock_timestamp()` })
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .where("released_at", "is", null)
    .execute();
}

/** What has come for a number since it is held. */
export interface SeenOfNumber {
  /** Its first delivery. */
  firstEventAt: Date | null;
  /** The platform's assistant, last. */
  agentSeenAt: Date | null;
}

/** Of each connection that holds its number now, by connection. */
export async function seenOfNumbers(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
): Promise<Map<string, SeenOfNumber>> {
  const claims = await tdb
    .selectFrom("number_claims")
    .select(["connection_id", "first_event_at as firstEventAt", "agent_seen_at as agentSeenAt"])
    .where("tenant_id", "=", tenantId)
    .where("provider", "=", provider)
    .where("released_at", "is", null)
    .execute();
  return new Map(claims.map(({ connection_id, ...seen }) => [connection_id, seen]));
}
