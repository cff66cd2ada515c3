/**
 * Changing a password, ending sessions, and setting a forgotten password anew, through narrow functions: each acts
 * for whoever's session or token the hash belongs to, and for nobody else. Role app_web.
 */
import { sql } from "kysely";
import type { Db } from "../../client.ts";

/** Undefined when there is no such session. */
export async function findOwnPasswordHash(db: Db, sessionHash: Buffer): Promise<string | undefined> {
  const { rows } = await sql<{ hash: string | null }>`
    select app.own_password_hash(${sessionHash}) as hash`.execute(db);
  return rows[0]?.hash ?? undefined;
}

export interface PasswordChange {
  sessionHash: Buffer;
  /** The stored hash that the present password was checked against. */
  checkedPasswordHash: string;
  newPasswordHash: string;
  /** Of the token under which the session goes on. */
  newSessionHash: Buffer;
}

/**
 * In one statement: the new password, the end of all other sessions and of what was mailed to set one, the session's new
 * token, and a mail about it. False, and nothing happened, when password or session changed since they were looked at.
 */
export async function changePassword(db: Db, change: PasswordChange): Promise<boolean> {
  const { sessionHash, checkedPasswordHash, newPasswordHash, newSessionHash } = change;
  const { rows } = await sql<{ changed: boolean }>`
    select app.change_password(${sessionHash}, ${checkedPasswordHash}, ${newPasswordHash}, ${newSessionHash})
        as changed`.execute(db);
  return rows[0]?.changed ?? false;
}

/** Of the same person, in any workspace, that are live. */
export async function countOtherSessions(db: Db, sessionHash: Buffer, idleSeconds: number): Promise<number> {
  const { rows } = await sql<{ others: number }>`
    select app.count_other_sessions(${sessionHash}, make_interval(secs => ${idleSeconds})) as others`.execute(
    db,
  );
  return rows[0]?.others ?? 0;
}

/** Ends every other session of the same person. Idempotent. */
export async function endOtherSessions(db: Db, sessionHash: Buffer): Promise<void> {
  await sql`select app.end_other_sessions(${sessionHash})`.execute(db);
}

/**
 * Has a mail sent by which this person sets a new password within 30 minutes; the one asked for before opens nothing any
 * more. Nothing for whoever is unknown, disabled, or has asked too often; the answer is the same.
 */
export async function requestPasswordReset(db: Db, email: string): Promise<void> {
  await sql`select app.request_password_reset(${email})`.execute(db);
}

/** The address of the person whose password the token may still set. */
export async function findPasswordReset(db: Db, tokenHash: Buffer): Promise<string | undefined> {
  const { rows } = await sql<{ email: string | null }>`
    select app.find_password_reset(${tokenHash}) as email`.execute(db);
  return rows[0]?.email ?? undefined;
}

/**
 * Sets the password, once for each token and however many ask at the same moment: every session of the person ends, and
 * a mail tells them. Returns the person's id; undefined, and nothing happened, for a token that opens nothing.
 */
export async function redeemPasswordReset(
  db: Db,
  tokenHash: Buffer,
  newPasswordHash: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ person: string | null }>`
    select app.use_password_reset(${tokenHash}, ${newPasswordHash}) as person`.execute(db);
  return rows[0]?.person ?? undefined;
}
