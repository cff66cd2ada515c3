/** `oauth_states`: stored before a redirect to Meta, redeemed once when the person comes back. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";

export interface StateBinding {
  tenantId: string;
  userId: string;
  sessionId: string;
  provider: string;
}

/** Stores a one-time state under its nonce, bound to who began the attempt. */
export async function insertState(
  tdb: TenantDb,
  binding: StateBinding & { nonce: string; metadata: Record<string, string> },
): Promise<void> {
  await tdb
    .insertInto("oauth_states")
    .values({
      tenant_id: binding.tenantId,
      user_id: binding.userId,
      session_id: binding.sessionId,
      provider: binding.provider,
      nonce: binding.nonce,
      metadata: JSON.stringify(binding.metadata),
    })
    .execute();
}

/** One statement decides: of any number of callers with the same nonce exactly one gets it. Time is the database's. */
export async function redeemState(
  tdb: TenantDb,
  nonce: string,
  binding: StateBinding,
): Promise<{ metadata: Record<string, unknown> } | undefined> {
  return tdb
    .updateTable("oauth_states")
    .set({ used_at: sql<Date>`now()` })
    .where("nonce", "=", nonce)
    .where("tenant_id", "=", binding.tenantId)
    .where("user_id", "=", binding.userId)
    .where("session_id", "=", binding.sessionId)
    .where("provider", "=", binding.provider)
    .where("used_at", "is", null)
    .where("expires_at", ">", sql<Date>`now()`)
    .returning("metadata")
    .executeTakeFirst();
}

/** Whether the sign-in at Meta that this person started last is still open: not come back from, not expired. */
export async function isLastStateOpen(
  tdb: TenantDb,
  { tenantId, userId, provider }: Omit<StateBinding, "sessionId">,
): Promise<boolean> {
  const last = await tdb
    .selectFrom("oauth_states")
    .select((eb) => eb.and([eb("used_at", "is", null), eb("expires_at", ">", sql<Date>`now()`)]).as("open"))
    .where("tenant_id", "=", tenantId)
    .where("user_id", "=", userId)
    .where("provider", "=", provider)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.open === true;
}

/** Why a nonce could not be redeemed, told only to the one who started it. */
export async function explainState(
  tdb: TenantDb,
  nonce: string,
  binding: StateBinding,
): Promise<"used" | "expired" | "unknown"> {
  const row = await tdb
    .selectFrom("oauth_states")
    .select((eb) => ["used_at", eb("expires_at", "<=", sql<Date>`now()`).as("expired")])
    .where("nonce", "=", nonce)
    .where("tenant_id", "=", binding.tenantId)
    .where("user_id", "=", binding.userId)
    .where("session_id", "=", binding.sessionId)
    .where("provider", "=", binding.provider)
    .executeTakeFirst();
  if (!row) return "unknown";
  if (row.used_at) return "used";
  return row.expired ? "expired" : "unknown";
}
