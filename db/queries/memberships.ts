/** `memberships`: who works in a workspace, for as long as they do, and ending that. */
import { sql } from "kysely";
import type { TenantDb } from "../client.ts";
import { findPerson, type OwnerDb, replacePassword } from "./people.ts";

/**
 * Whether the person is an enabled member of the transaction's workspace. If so that holds until the transaction ends:
 * what it keeps for them cannot outlive their membership. Also makes attempts of one person take turns.
 */
export async function holdMembership(tdb: TenantDb, userId: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select app.hold_membership(${userId}::uuid) as held`.execute(
    tdb,
  );
  return rows[0]?.held === true;
}

/**
 * Somebody who was removed from every workspace may come back, with this password. Undefined for anybody else: an account
 * that is in use, or disabled, is not taken over.
 */
export async function takeBackPerson(
  owner: OwnerDb,
  { email, passwordHash }: { email: string; passwordHash: string },
): Promise<string | undefined> {
  const person = await findPerson(owner, email);
  if (!person || person.isDisabled) return undefined;
  const memberships = owner
    .selectFrom("memberships")
    .select("tenant_id")
    .where("user_id", "=", person.userId);
  if (await memberships.limit(1).executeTakeFirst()) return undefined;
  await replacePassword(owner, person.userId, passwordHash);
  return person.userId;
}

/** Of these workspaces those that the person is a member of. */
export async function findMemberships(
  owner: OwnerDb,
  tenantIds: string[],
  userId: string,
): Promise<{ tenantId: string; name: string }[]> {
  return owner
    .selectFrom("memberships as m")
    .innerJoin("tenants as t", "t.id", "m.tenant_id")
    .select(["m.tenant_id as tenantId", "t.name"])
    .where("m.user_id", "=", userId)
    .where("m.tenant_id", "in", tenantIds)
    .execute();
}

/** What stood on a membership and ended with it. */
export interface EndedMembership {
  sessions: number;
  /** Sign-ins at Meta that were under way. */
  states: number;
  /** Grants that waited for a number. */
  grants: number;
  /** Enabled admins that the workspace still has. */
  adminsLeft: number;
}

/** Ends the membership and all that stands on it, or nothing. Undefined for somebody who is no member. */
export async function endMembership(
  owner: OwnerDb,
  tenantId: string,
  userId: string,
): Promise<EndedMembership | undefined> {
  const { rows } = await sql<EndedMembership & { wasMember: boolean }>`
    select was_member as "wasMember", sessions, states, grants, admins_left as "adminsLeft"
      from app.end_membership(${tenantId}::uuid, ${userId}::uuid)`.execute(owner);
  if (!rows[0]?.wasMember) return undefined;
  const { wasMember: _was, ...ended } = rows[0];
  return ended;
}
