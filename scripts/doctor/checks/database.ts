/** The database: there, new enough, durable, with our roles, our migrations and the wall between tenants. */
import { readMigrationFiles } from "../../../db/migration-files.ts";
import { latestMigration } from "../../../db/schema-level.ts";
import { check, type Patient } from "../examine.ts";
import { type Finding, fail, ok, warn } from "../findings.ts";
import { shownDatabase } from "./addresses.ts";
import { judgeClock } from "./clock.ts";
import { DatabaseAway, readAs, type Session, withSession } from "./database-session.ts";

const migrateFirst = "npm run db:migrate";

/** Reached, version, durability, letters, clock. The one that says why when there is no connection. */
export const serverCheck = check("database", ["DATABASE_URL"], async ({ DATABASE_URL }, patient) => {
  const where = shownDatabase(DATABASE_URL);
  try {
    return await withSession(DATABASE_URL, patient, (session) => judgeServer(session, patient, where));
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    return [fail("database", `${where}: ${error.why}`, error.toDo)];
  }
});

/** The level of the schema, and row-level security on everything that belongs to a tenant. */
export const schemaCheck = check("migrations", ["DATABASE_URL"], ({ DATABASE_URL }, patient) =>
  withSession(DATABASE_URL, patient, async (session) => [
    await judgeMigrations(session),
    await judgeWalls(session),
  ]),
);

/** `where` names the database in words. */
export async function judgeServer(session: Session, patient: Patient, where: string): Promise<Finding[]> {
  const before = patient.now();
  const { rows } = await session.query<{ version: number; name: string; now: Date }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
            clock_timestamp() as now`,
  );
  const [server] = rows;
  if (!server) return [fail("database", `${where}: gave no answer`, "try again")];
  const offsetMs = server.now.getTime() - (before + patient.now()) / 2;
  const version = `PostgreSQL ${/^[\d.]+/.exec(server.name)?.[0] ?? "?"}`;
  return [
    server.version >= 150_000
      ? ok("database", `${version} at ${where}`)
      : fail("database", `${version} at ${where} is too old`, "upgrade to PostgreSQL 15 or later"),
    await judgeDurability(session),
    await judgeLetters(session),
    judgeClock("clock: database", "the database", offsetMs),
  ];
}

/** A delivery is answered 200 after its COMMIT, and Meta never sends it again: what is committed must stay. */
async function judgeDurability(session: Session): Promise<Finding> {
  const { rows } = await session.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')",
  );
  const off = rows
    .filter(({ setting }) => setting === "off")
    .map(({ name }) => name)
    .sort();
  if (off.length === 0) return ok("durability", "what is committed survives a crash");
  return fail(
    "durability",
    `${off.join(", ")} off: a crash loses deliveries that Meta was told are stored`,
    "switch on in postgresql.conf and for this database and user (\\drds in psql)",
  );
}

/**
 * The search in the inbox knows small letters from capitals as far as the database does: under the locale C or POSIX as
 * far as ASCII goes, and what an accent is taken off. Asked by example: locales go by many names, and a database of
 * locale C may fold by ICU, or by PostgreSQL's own copy of Unicode.
 */
async function judgeLetters(session: Session): Promise<Finding> {
  const anew =
    "make it anew with ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0, and restore a dump into it";
  const encoding = await session.query<{ utf8: boolean }>("select getdatabaseencoding() = 'UTF8' as utf8");
  if (!encoding.rows[0]?.utf8)
    return fail("letters", "the database is not in UTF-8: not all that people write can be stored", anew);
  const folding = await session.query<{ folds: boolean }>("select lower('ØЛ') = 'øл' as folds");
  if (folding.rows[0]?.folds) return ok("letters", "capitals of all alphabets have their small letters");
  return warn(
    "letters",
    "the database's locale knows small letters in ASCII only: who searches the inbox for лев does not find Лев",
    anew,
  );
}

async function judgeMigrations(session: Session): Promise<Finding> {
  const { rows } = await session.query<{ ours: boolean; jobs: boolean }>(
    // By the catalogue: a login that inherits nothing may not even name what is in a schema.
    `select exists (select from pg_class where relname = 'migrations'
                     and relnamespace = to_regnamespace('app')) as ours,
            to_regnamespace('graphile_worker') is not null as jobs`,
  );
  if (!rows[0]?.ours) return fail("migrations", "this database has none of our tables", migrateFirst);
  if (!rows[0].jobs) return fail("migrations", "the job tables are missing", migrateFirst);
  const query = "select name, digest from app.migrations order by name";
  return judgeLevel(await readAs<AppliedFile>(session, "app_web", query), await readMigrationFiles());
}

interface AppliedFile {
  name: string;
  digest: string;
}

function judgeLevel(applied: AppliedFile[], files: AppliedFile[]): Finding {
  const last = applied.at(-1)?.name ?? "none";
  const other = applied.find(({ name, digest }, at) => {
    const file = files[at];
    return file !== undefined && (file.name !== name || file.digest !== digest);
  });
  if (other) {
    const says = `from ${other.name} on this database was made by another state of db/migrations`;
    return fail("migrations", says, "use the build that migrated this database, or an empty database");
  }
  if (applied.length < files.length) {
    return fail("migrations", `at ${last}, and this build needs ${latestMigration}`, migrateFirst);
  }
  if (applied.length === files.length) return ok("migrations", `at ${latestMigration}`);
  return warn(
    "migrations",
    `at ${last}, ahead of this build (${latestMigration})`,
    "deploy the newer build everywhere",
  );
}

async function judgeWalls(session: Session): Promise<Finding> {
  const { rows } = await session.query<{ name: string; walled: boolean }>(
    `select c.relname as name,
            c.relrowsecurity and c.relforcerowsecurity
              and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_wall') as walled
       from pg_class c
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and (c.relname = 'tenants' or exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
      order by 1`,
  );
  const open = rows.filter(({ walled }) => !walled).map(({ name }) => name);
  if (rows.length === 0) return fail("tenant walls", "there are no tables of tenants", migrateFirst);
  if (open.length === 0)
    return ok("tenant walls", `row-level security is forced on all ${rows.length} tables`);
  return fail(
    "tenant walls",
    `${open.join(", ")}: row-level security is not forced, so workspaces may see each other's rows`,
    "the schema was altered: ENABLE and FORCE ROW LEVEL SECURITY, and give back the policy tenant_wall",
  );
}
