/** `connection_teardowns`: what is left to do at Meta after a disconnect. */
import { type Selectable, sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import type { Schema } from "../../schema.ts";

export type TeardownRow = Selectable<Schema["connection_teardowns"]>;

/** Keeps the sealed credential of a connection that ends, for `stop_deliveries` alone; it is destroyed there. */
export async function insertTeardown(
  tdb: TenantDb,
  teardown: { id: string; tenantId: string; connectionId: string; accountId: string; accessTokenEnc: string },
): Promise<void> {
  await tdb
    .insertInto("connection_teardowns")
    .values({
      id: teardown.id,
      tenant_id: teardown.tenantId,
      connection_id: teardown.connectionId,
      waba_id: teardown.accountId,
      access_token_enc: teardown.accessTokenEnc,
    })
    .execute();
}

export async function findOpenTeardown(
  tdb: TenantDb,
  tenantId: string,
  id: string,
): Promise<TeardownRow | undefined> {
  return tdb
    .selectFrom("connection_teardowns")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
}

/** True while any connection, of whatever workspace, receives through this WABA. */
export async function accountInUse(tdb: TenantDb, provider: string, accountId: string): Promise<boolean> {
  const answer = await sql<{
    in_use: boolean;
  }>`select app.waba_in_use(${provider}, ${accountId}) as in_use`.execute(tdb);
  return answer.rows[0]?.in_use ?? true;
}

/** Destroys the credential for good. */
export async function finishTeardownRow(
  tdb: TenantDb,
  tenantId: string,
  id: string,
  outcome: NonNullable<TeardownRow["outcome"]>,
): Promise<void> {
  await tdb
    .updateTable("connection_teardowns")
    .set({ access_token_enc: null, finished_at: sql<Date>`now()`, outcome })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}
