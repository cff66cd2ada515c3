/** `memberships`: who works in a workspace, for as long as they do, and ending that. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";
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

/**
 * Ends the membership and, by the tables' own rules, all that stands on it, or nothing. Numbers that the person connected
 * are the workspace's and stay. Undefined for somebody who is no member.
 */
export async function endMembership(
  owner: OwnerDb,
  tenantId: string,
  userId: string,
): Promise<EndedMembership | undefined> {
  const membership = { tenant_id: tenantId, user_id: userId };
  const held = await owner
    .selectFrom("memberships")
    .select("role")
    .where((eb) => eb.and(membership))
    .forUpdate()
    .executeTakeFirst();
  if (!held) return undefined;
  const { rows } = await sql<Omit<EndedMembership, "adminsLeft">>`
    select (select count(*)::int from sessions where tenant_id = ${tenantId} and user_id = ${userId}) as sessions,
           (select count(*)::int from oauth_states where tenant_id = ${tenantId} and user_id = ${userId}
               and used_at is null and expires_at > now()) as states,
           (select count(*)::int from channel_connections where tenant_id = ${tenantId} and attempted_by = ${userId}
               and status = 'pending') as grants`.execute(owner);
  const [ended] = rows;
  if (!ended) throw new Error("A row was expected.");
  await owner
    .deleteFrom("memberships")
    .where((eb) => eb.and(membership))
    .execute();
  return { ...ended, adminsLeft: await countAdmins(owner, tenantId) };
}

async function countAdmins(owner: OwnerDb, tenantId: string): Promise<number> {
  const { count } = await owner
    .selectFrom("memberships as m")
    .innerJoin("users as u", "u.id", "m.user_id")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("m.tenant_id", "=", tenantId)
    .where("m.role", "=", "admin")
    .where("u.disabled_at", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}
