/** A migrated database of its own for a test file, copied from the run's template in about 50 ms. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { createDb, createPool, type Db, type DbRole } from "../client.ts";
import { createEmptyTables, type EmptyTables } from "./empty-tables.ts";

export interface TestDatabase {
  /** Superuser URL, as DATABASE_URL would be. */
  url: string;
  /** Runs SQL as the superuser, past every wall: for arranging and for looking, never for the code under test. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Empties these tables and all that refer to them; ids begin again. */
  empty: EmptyTables;
  /** A Kysely in one of the product's roles. */
  as(role: DbRole): Db;
  drop(): Promise<void>;
}

/** `adminUrl` is a superuser URL of any database in the cluster; `template` the name of a migrated one. */
export async function createTestDatabase(adminUrl: string, template: string): Promise<TestDatabase> {
  const name = `curbe_test_${randomBytes(6).toString("hex")}`;
  await administer(adminUrl, `create database ${name} template ${template} strategy file_copy`);
  const url = withDatabase(adminUrl, name);
  const admin = new pg.Pool({ connectionString: url, max: 3, application_name: "curbe-test" });
  admin.on("error", () => {});
  const opened: Db[] = [];
  const sql = async <Row>(text: string, values: unknown[] = []) =>
    (await admin.query(text, values)).rows as Row[];
  return {
    url,
    sql,
    empty: createEmptyTables(sql),
    as(role) {
      const pool = createPool({
        connectionString: url,
        role,
        applicationName: `curbe-test-${role}`,
        max: 8,
        statementTimeoutMs: 10_000,
        onError: () => {},
      });
      const db = createDb(pool);
      opened.push(db);
      return db;
    },
    async drop() {
      await Promise.all(opened.map((db) => db.destroy()));
      await admin.end();
      await administer(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

export async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: "curbe-test-admin" });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
