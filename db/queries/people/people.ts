/** People and workspaces: who may sign in, which features a workspace has, and making new ones. */
import { CompiledQuery, sql, type Transaction } from "kysely";
import type { Db, TenantDb } from "../../client.ts";
import type { Role, Schema } from "../../schema.ts";

export interface LoginCandidate {
  userId: string;
  tenantId: string;
  passwordHash: string;
}

export interface SignInSubject {
  /** One and the same for all spellings of an address, also where nobody has it. */
  person: string;
  candidate: LoginCandidate | undefined;
}

/** Whom an address means, in any case and width of its letters: the enabled person and the workspace they land in. */
export async function findSignInSubject(db: Db, email: string): Promise<SignInSubject> {
  const { rows } = await sql<{
    key: string;
    user_id: string | null;
    tenant_id: string;
    password_hash: string;
  }>`select app.email_key(${email}) as key, c.* from (select) one left join app.login_candidate(${email}) c on true`.execute(
    db,
  );
  const [row] = rows;
  if (!row) throw new Error("A row was expected.");
  const { key, user_id, tenant_id, password_hash } = row;
  if (user_id === null) return { person: `address ${key}`, candidate: undefined };
  const candidate = { userId: user_id, tenantId: tenant_id, passwordHash: password_hash };
  return { person: personOf(user_id), candidate };
}

/** As `SignInSubject` names somebody whose id is known. */
export function personOf(userId: string): string {
  return `user ${userId}`;
}

/** Tells the person by e-mail that many passwords were tried; once in a day, however often it is called. Role app_web. */
export async function tellSignInFailures(db: Db, userId: string): Promise<void> {
  await sql`select app.tell_sign_in_failures(${userId}::uuid)`.execute(db);
}

/** True only when the workspace has the flag and it is on. */
export async function isFlagOn(tdb: TenantDb, tenantId: string, flag: string): Promise<boolean> {
  const row = await tdb
    .selectFrom("feature_flags")
    .select("enabled")
    .where("tenant_id", "=", tenantId)
    .where("flag", "=", flag)
    .executeTakeFirst();
  return row?.enabled ?? false;
}

/** The language of a person's e-mails, for somebody of the workspace. `onlyIfUnknown`: what they chose before stands. */
export async function keepLanguage(
  tdb: TenantDb,
  userId: string,
  language: string,
  { onlyIfUnknown }: { onlyIfUnknown: boolean },
): Promise<void> {
  await sql`select app.keep_language(${userId}::uuid, ${language}, ${onlyIfUnknown})`.execute(tdb);
}

/** What rate-limiter-flexible needs of a PostgreSQL client to keep its counters in `login_limits`. */
export interface CounterClient {
  query(query: { text: string; values?: unknown[] }): Promise<{ rows: unknown[]; rowCount: number }>;
}

export function counterClient(db: Db): CounterClient {
  return {
    async query({ text, values = [] }) {
      const { rows, numAffectedRows } = await db.executeQuery(CompiledQuery.raw(text, values));
      return { rows, rowCount: Number(numAffectedRows ?? rows.length) };
    },
  };
}

/** What making people and workspaces needs: a transaction of the role that owns the tables (`app_owner`). */
export type OwnerDb = Transaction<Schema>;

/** Workspaces of that name, in any case, or the one with that id. */
export async function findWorkspaceIds(owner: OwnerDb, name: string): Promise<string[]> {
  const rows = await owner
    .selectFrom("tenants")
    .select("id")
    .where((eb) =>
      eb.or([
        eb(sql<string>`lower(name)`, "=", name.toLowerCase()),
        eb(sql<string>`id::text`, "=", name.toLowerCase()),
      ]),
    )
    .execute();
  return rows.map((row) => row.id);
}

/** The new workspace's id. */
export async function insertWorkspace(owner: OwnerDb, name: string): Promise<string> {
  const { id } = await owner.insertInto("tenants").values({ name }).returning("id").executeTakeFirstOrThrow();
  return id;
}

/** Whoever has that address, in any spelling, enabled or not. */
export async function findPerson(
  owner: OwnerDb,
  email: string,
): Promise<{ userId: string; email: string; isDisabled: boolean } | undefined> {
  const { rows } = await sql<{ userId: string; email: string; isDisabled: boolean }>`
    select id as "userId", email, disabled_at is not null as "isDisabled" from users
     where email_key = app.email_key(${email})`.execute(owner);
  return rows[0];
}

/** Another password: all sessions end, and so does what was mailed; a mail tells the person. How many sessions ended. */
export async function replacePassword(owner: OwnerDb, userId: string, passwordHash: string): Promise<number> {
  const { rows } = await sql<{ ended: number }>`
    select app.replace_password(${userId}::uuid, ${passwordHash}, null) as ended`.execute(owner);
  return rows[0]?.ended ?? 0;
}

/** By the table's own rule all sessions and mailed links end with it (`end_access_of_disabled`). How many did. */
export async function disablePerson(owner: OwnerDb, userId: string): Promise<number> {
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from sessions where user_id = ${userId} and expires_at > now()`.execute(
    owner,
  );
  await owner.updateTable("users").set({ disabled_at: sql<Date>`now()` }).where("id", "=", userId).execute();
  return rows[0]?.open ?? 0;
}

export async function enablePerson(owner: OwnerDb, userId: string): Promise<void> {
  await owner.updateTable("users").set({ disabled_at: null }).where("id", "=", userId).execute();
}

/** The new person's id, or undefined when somebody has that address already (any spelling). */
export async function insertPerson(
  owner: OwnerDb,
  person: { email: string; passwordHash: string },
): Promise<string | undefined> {
  const row = await owner
    .insertInto("users")
    .values({ email: person.email, password_hash: person.passwordHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function insertMembership(
  owner: OwnerDb,
  membership: { tenantId: string; userId: string; role: Role },
): Promise<void> {
  await owner
    .insertInto("memberships")
    .values({ tenant_id: membership.tenantId, user_id: membership.userId, role: membership.role })
    .execute();
}

/** Marks a person as platform staff, who may look across workspaces. */
export async function insertStaffMark(owner: OwnerDb, userId: string): Promise<void> {
  await owner.insertInto("platform_staff").values({ user_id: userId }).execute();
}
