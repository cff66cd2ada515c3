/** What Meta's users may ask of the app, reached only through narrow functions: they name no tenant. */
import { sql } from "kysely";
import type { Db } from "../../client.ts";

export interface MetaUserAsks {
  metaUserId: string;
  /** Meta's time of the request; what the person granted after it is left alone. */
  askedAt: Date;
  requestId: string;
}

/** Ends what this person granted, in whatever workspace, in one transaction. Returns how many connections changed. */
export async function deauthorizeMetaUser(db: Db, asks: MetaUserAsks): Promise<number> {
  const { rows } = await sql<{ ended: number }>`
    select app.deauthorize_meta_user(${asks.metaUserId}, ${asks.askedAt}, ${asks.requestId}) as ended`.execute(
    db,
  );
  return rows[0]?.ended ?? 0;
}

/** Deletes and records in one transaction. Returns `newCode`, or the code this very request got the first time. */
export async function deleteMetaUserData(
  db: Db,
  asks: MetaUserAsks & { digest: Buffer; newCode: string },
): Promise<string> {
  const { rows } = await sql<{ code: string }>`
    select app.delete_meta_user_data(${asks.metaUserId}, ${asks.digest}, ${asks.askedAt}, ${asks.newCode},
      ${asks.requestId}) as code`.execute(db);
  const code = rows[0]?.code;
  if (!code) throw new Error("A deletion was recorded without a code.");
  return code;
}

export interface DeletionRequestRow {
  status: "completed" | "nothing_found";
  requestedAt: Date;
  completedAt: Date;
  connectionsCleared: number;
  tokensDestroyed: number;
}

export async function findDeletionRequest(db: Db, code: string): Promise<DeletionRequestRow | undefined> {
  const { rows } = await sql<DeletionRequestRow>`
    select status, requested_at as "requestedAt", completed_at as "completedAt",
           connections_cleared as "connectionsCleared", tokens_destroyed as "tokensDestroyed"
      from app.deletion_request(${code})`.execute(db);
  return rows[0];
}
