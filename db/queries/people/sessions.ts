/** Sessions, reached only through narrow functions: a request has no tenant before its session is read. */
import { sql } from "kysely";
import type { Db } from "../../client.ts";
import type { Role } from "../../schema.ts";

export interface SessionRow {
  sessionId: string;
  userId: string;
  tenantId: string;
  tenantName: string;
  email: string;
  role: Role;
  isStaff: boolean;
  data: Record<string, unknown>;
}

export interface NewSession {
  userId: string;
  tenantId: string;
  /** The stored hash that the password was checked against. */
  checkedPasswordHash: string;
  data: Record<string, unknown>;
  lifetimeSeconds: number;
}

/**
 * Stores a session under the hash of its token; both clocks (idle and absolute) are the database's. False, and there is
 * none, when the password was changed, or the person disabled or removed, since it was checked.
 */
export async function insertSession(db: Db, tokenHash: Buffer, session: NewSession): Promise<boolean> {
  const { userId, tenantId, checkedPasswordHash, data, lifetimeSeconds } = session;
  const { rows } = await sql<{ opened: boolean }>`
    select app.open_session(${tokenHash}, ${userId}::uuid, ${tenantId}::uuid, ${checkedPasswordHash},
      ${JSON.stringify(data)}::jsonb, make_interval(secs => ${lifetimeSeconds})) as opened`.execute(db);
  return rows[0]?.opened ?? false;
}

/** The live session behind a token, or undefined: expired, idle, signed out, disabled or no longer a member. */
export async function findSession(
  db: Db,
  tokenHash: Buffer,
  idleSeconds: number,
): Promise<SessionRow | undefined> {
  const { rows } = await sql<{
    session_id: string;
    user_id: string;
    tenant_id: string;
    role: Role;
    email: string;
    tenant_name: string;
    data: Record<string, unknown>;
    is_staff: boolean;
  }>`select * from app.session_read(${tokenHash}, make_interval(secs => ${idleSeconds}))`.execute(db);
  const row = rows[0];
  return (
    row && {
      sessionId: row.session_id,
      userId: row.user_id,
      tenantId: row.tenant_id,
      tenantName: row.tenant_name,
      email: row.email,
      role: row.role,
      isStaff: row.is_staff,
      data: row.data,
    }
  );
}

/** Replaces what the session remembers. Nothing happens when it is gone. */
export async function updateSessionData(
  db: Db,
  tokenHash: Buffer,
  data: Record<string, unknown>,
): Promise<void> {
  await sql`select app.session_write(${tokenHash}, ${JSON.stringify(data)}::jsonb)`.execute(db);
}

/** Ends the session for good, whoever still holds its cookie. Idempotent. */
export async function deleteSession(db: Db, tokenHash: Buffer): Promise<void> {
  await sql`select app.session_delete(${tokenHash})`.execute(db);
}
