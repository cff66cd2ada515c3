/**
 * Brings a database up to date: roles, then our plain SQL files through Kysely's migrator, then graphile-worker's own
 * migrations. Safe to run again and by several processes at once (a session lock makes them queue); every file is
 * applied once, all pending ones in one transaction, and none removes rows.
 */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runMigrations } from "graphile-worker";
import { Kysely, PostgresDialect, sql } from "kysely";
import { type Migration, type MigrationProvider, Migrator } from "kysely/migration";
import pg from "pg";
import { createPool } from "./client.ts";

const migrationLock = 4_207_001;
const folder = new URL("./migrations/", import.meta.url);

/** Throws with the failing migration's name; the database is then as it was before that run. */
export async function migrate(connectionString: string): Promise<{ applied: string[] }> {
  const lockClient = new pg.Client({ connectionString, application_name: "curbe-migrate" });
  await lockClient.connect();
  try {
    await lockClient.query("select pg_advisory_lock($1)", [migrationLock]);
    await prepareRoles(lockClient);
    const applied = await applySqlFiles(connectionString);
    await migrateJobs(connectionString);
    return { applied };
  } finally {
    await lockClient.end();
  }
}

/** Names of the migrations in the folder, in order. */
export async function migrationNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .map((name) => name.replace(/\.sql$/, ""))
    .sort();
}

async function prepareRoles(client: pg.Client): Promise<void> {
  await client.query(await readFile(fileURLToPath(new URL("./roles.sql", import.meta.url)), "utf8"));
}

async function applySqlFiles(connectionString: string): Promise<string[]> {
  const pool = new pg.Pool({ connectionString, max: 1, application_name: "curbe-migrate" });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const { error, results } = await new Migrator({ db, provider: sqlFiles }).migrateToLatest();
    if (error) {
      const failed = results?.find((result) => result.status === "Error")?.migrationName;
      throw new Error(
        `Migration ${failed ?? "(none)"} failed: ${String((error as Error).message ?? error)}`,
        {
          cause: error,
        },
      );
    }
    // Readiness of both processes asks whether the database is at the level of its build.
    await sql`grant select on kysely_migration to
      app_web, app_ingest, app_tenant, app_jobs, app_operator, app_clock`.execute(db);
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {};
    for (const name of await migrationNames()) {
      migrations[name] = {
        async up(db) {
          const text = await readFile(new URL(`${name}.sql`, folder), "utf8");
          // A migration that waits behind a long query would make every later query wait behind it.
          await sql`set local lock_timeout = '5s'`.execute(db);
          await sql`set local role app_owner`.execute(db);
          await sql.raw(text).execute(db);
          await sql`reset role`.execute(db);
        },
      };
    }
    return migrations;
  },
};

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
