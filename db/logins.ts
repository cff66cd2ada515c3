/**
 * Logins of their own for the processes: each may act in the roles it needs and in no other, and has no rights before it
 * does. Without them every process comes in as the one user of DATABASE_URL, who may act as all, the owner included.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import type { DbRole } from "./client.ts";

export type LoginVariable = "DATABASE_URL_WEB" | "DATABASE_URL_OPERATOR" | "DATABASE_URL_WORKER";

/** The roles that each login is made a member of. (`app_web` is itself a member of `app_tenant`.) */
export const loginRoles: Record<LoginVariable, DbRole[]> = {
  DATABASE_URL_WEB: ["app_web"],
  DATABASE_URL_OPERATOR: ["app_operator"],
  DATABASE_URL_WORKER: ["app_jobs", "app_ingest", "app_tenant", "app_clock"],
};

/** What it is by membership, directly or by way of another role. */
const reachable: Record<LoginVariable, DbRole[]> = {
  ...loginRoles,
  DATABASE_URL_WEB: ["app_web", "app_tenant"],
};

export interface MadeLogin {
  variable: LoginVariable;
  name: string;
  /** With a new password; undefined where the login was there and keeps the one it has. */
  url: string | undefined;
}

interface Session {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * Makes the three logins `<prefix>_web`, `<prefix>_operator` and `<prefix>_worker`, or puts right what is there, in one
 * transaction. `rotate` gives those that are there new passwords, too; sessions that are open stay. The server is told
 * verifiers only, so no log of it holds a password. Throws when a role of that name is mightier than a login may be.
 */
export async function makeLogins(
  ownerUrl: string,
  { prefix = "curbe", rotate = false }: { prefix?: string; rotate?: boolean } = {},
): Promise<MadeLogin[]> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "curbe-logins" });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("begin");
    const made: MadeLogin[] = [];
    for (const variable of Object.keys(loginRoles) as LoginVariable[]) {
      const name = `${prefix}_${variable.slice("DATABASE_URL_".length).toLowerCase()}`;
      const password = await ensureLogin(client, name, rotate);
      await ensureMemberships(client, name, loginRoles[variable]);
      const faults = await faultsOfLogin(client, name, variable);
      if (faults.length > 0) throw new Error(`${name} ${faults.join(", ")}: drop it or mend it by hand.`);
      made.push({ variable, name, url: password && urlOf(ownerUrl, name, password) });
    }
    await client.query("commit");
    return made;
  } finally {
    await client.end();
  }
}

/** In words, what a login may that it should not, or may not that it must; empty when it is as it should be. */
export async function faultsOfLogin(
  session: Session,
  name: string,
  variable: LoginVariable,
): Promise<string[]> {
  const { rows } = await session.query<{ mighty: boolean; inherits: boolean; member_of: string[] }>(
    `select l.rolsuper or l.rolbypassrls or l.rolcreaterole or l.rolcreatedb or l.rolreplication as mighty,
            l.rolinherit as inherits,
            array(select r.rolname::text from pg_roles r
                   where r.oid <> l.oid and pg_has_role(l.oid, r.oid, 'member') order by 1) as member_of
       from pg_roles l where l.rolname = $1`,
    [name],
  );
  const [found] = rows;
  if (!found) return ["is not there"];
  if (found.mighty) return ["is a superuser or may make roles or databases, replicate or bypass policies"];
  const wanted: string[] = reachable[variable];
  const tooMuch = found.member_of.filter((role) => !wanted.includes(role));
  const missing = wanted.filter((role) => !found.member_of.includes(role));
  return [
    ...(tooMuch.length > 0 ? [`is a member of ${tooMuch.join(", ")}`] : []),
    ...(missing.length > 0 ? [`is no member of ${missing.join(", ")}`] : []),
    ...(found.inherits ? ["has its roles' rights without taking one (INHERIT)"] : []),
  ];
}

/** Returns the password when the login has a new one. */
async function ensureLogin(session: Session, name: string, rotate: boolean): Promise<string | undefined> {
  const { rows } = await session.query("select from pg_roles where rolname = $1", [name]);
  const login = pg.escapeIdentifier(name);
  const isNew = rows.length === 0;
  const password = isNew || rotate ? randomBytes(24).toString("base64url") : undefined;
  const credential = password ? ` password ${pg.escapeLiteral(scramVerifier(password))}` : "";
  // Only what the role is not anyway: a user who may make roles, and is no superuser, may not name the rest.
  await session.query(`${isNew ? "create" : "alter"} role ${login} login noinherit${credential}`);
  await session.query(
    `do $$ begin
       if not has_database_privilege(${pg.escapeLiteral(name)}, current_database(), 'connect') then
         execute format('grant connect on database %I to %I', current_database(), ${pg.escapeLiteral(name)});
       end if;
     end $$`,
  );
  return password;
}

async function ensureMemberships(session: Session, name: string, roles: DbRole[]): Promise<void> {
  const login = pg.escapeIdentifier(name);
  const { rows } = await session.query<{ role: string }>(
    `select r.rolname::text as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
      where m.member = (select oid from pg_roles where rolname = $1)`,
    [name],
  );
  for (const { role } of rows) {
    if (!(roles as string[]).includes(role)) {
      await session.query(`revoke ${pg.escapeIdentifier(role)} from ${login}`);
    }
  }
  const version = await session.query<{ number: number }>(
    "select current_setting('server_version_num')::int as number",
  );
  // Before PostgreSQL 16 every member may SET ROLE, and NOINHERIT is the login's own.
  const how = (version.rows[0]?.number ?? 0) >= 160_000 ? " with admin false, inherit false, set true" : "";
  for (const role of roles) await session.query(`grant ${role} to ${login}${how}`);
}

function urlOf(ownerUrl: string, name: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(name);
  url.password = password;
  return url.href;
}

/** As PostgreSQL stores it (RFC 5803). The password is plain ASCII, so there is nothing to normalise. */
function scramVerifier(password: string): string {
  const iterations = 4_096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyed = (text: string) => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${keyed("Server Key").toString("base64")}`;
}
