/**
 * Brings a database up to date: roles, then our plain SQL files, then graphile-worker's own migrations. Roles, files and
 * the record of them are one transaction on one connection, so that older tables can be set aside before and taken over
 * after within it, and that a dry run can take all of it back. Several processes at once queue at a session lock.
 *
 * Ours and not Kysely's migrator, which takes a connection and a transaction of its own and knows names alone: here a
 * database made by another state of a file is told from one that is behind.
 */
import { readFile } from "node:fs/promises";
import { runMigrations } from "graphile-worker";
import pg from "pg";
import { createPool } from "./client.ts";
import { type MigrationFile, readMigrationFiles } from "./migration-files.ts";

const migrationLock = 4_207_001;
const rolesFile = new URL("./roles.sql", import.meta.url);
const firstOfFormerMigrations = "0001_tenants_and_people";

/** Tables that were there before Curbe's. Both run as the connecting user, within the one transaction. */
export interface Adoption {
  /** Before the first file runs on a database that has none of ours: puts whatever is in the way out of it. */
  setAside(client: pg.Client): Promise<void>;
  /** After the files ran: brings the rows over. */
  takeOver(client: pg.Client): Promise<void>;
}

export interface MigrateOptions {
  /** Everything is done and then taken back, roles included; jobs' own tables are not looked at. */
  dryRun?: boolean;
  adoption?: Adoption;
}

/** The database was made by another state of the files. Nothing was changed. The message says what it is and what to do. */
export class OtherSchemaError extends Error {
  override name = "OtherSchemaError";
}

/**
 * Returns what was applied: nothing when all is there. Throws OtherSchemaError, or with the failing file's name; the
 * database is then as it was before.
 */
export async function migrate(
  connectionString: string,
  { dryRun = false, adoption }: MigrateOptions = {},
): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString, application_name: "curbe-migrate" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await client.query("begin");
    const applied = await applyPending(client, adoption);
    await client.query(dryRun ? "rollback" : "commit");
    if (!dryRun) await migrateJobs(connectionString);
    return { applied };
  } finally {
    // Ends an open transaction and gives the lock back, too.
    await client.end();
  }
}

async function applyPending(client: pg.Client, adoption: Adoption | undefined): Promise<string[]> {
  const files = await readMigrationFiles();
  const pending = files.slice(await countApplied(client, files));
  const isNew = pending.length === files.length;
  await client.query(await readFile(rolesFile, "utf8"));
  if (isNew) await adoption?.setAside(client);
  for (const file of pending) await applyFile(client, file);
  if (isNew) await adoption?.takeOver(client);
  return pending.map(({ name }) => name);
}

/** How many of the files the database has, which are always the first ones. Throws OtherSchemaError. */
async function countApplied(client: pg.Client, files: MigrationFile[]): Promise<number> {
  if (await hasTable(client, "public", "kysely_migration")) {
    const query = "select from public.kysely_migration where name = $1";
    const { rows } = await client.query(query, [firstOfFormerMigrations]);
    if (rows.length > 0) throw new OtherSchemaError(refusal("the migrations that came before the baseline"));
  }
  if (!(await hasTable(client, "app", "migrations"))) return 0;
  const { rows } = await client.query<{ name: string; digest: string }>(
    "select name, digest from app.migrations order by name",
  );
  for (const [at, { name, digest }] of rows.entries()) {
    const file = files[at];
    if (!file) throw new OtherSchemaError(refusal(`a later build, which has ${name}`));
    if (file.name !== name || file.digest !== digest) {
      throw new OtherSchemaError(refusal(`another state of db/migrations (from ${name} on)`));
    }
  }
  return rows.length;
}

function refusal(maker: string): string {
  return (
    `This database was made by ${maker}: nothing was changed. ` +
    "Use an empty database, or the build that made this one."
  );
}

async function hasTable(client: pg.Client, schema: string, name: string): Promise<boolean> {
  const query = "select from pg_class where relname = $2 and relnamespace = to_regnamespace($1)";
  return (await client.query(query, [schema, name])).rows.length > 0;
}

async function applyFile(client: pg.Client, { name, text, digest }: MigrationFile): Promise<void> {
  try {
    // One that waits behind a long query would make every later query wait behind it.
    await client.query("set local lock_timeout = '5s'; set local role app_owner");
    await client.query(text);
    await client.query("insert into app.migrations (name, digest) values ($1, $2)", [name, digest]);
    await client.query("reset role");
  } catch (cause) {
    throw new Error(`Migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function migrateJobs(connectionString: string): Promise<void> {
  const pgPool = createPool({
    connectionString,
    role: "app_jobs",
    applicationName: "curbe-migrate",
    max: 1,
    statementTimeoutMs: 60_000,
    onError: () => {},
  });
  try {
    await runMigrations({ pgPool });
  } finally {
    await pgPool.end();
  }
}
