/** What the migration of a second channel does, in a test's own database. */
import type { TestDatabase } from "./test-database.ts";

/** From now on each table that names the channel may name `channel`, too. */
export async function widenProvider(database: TestDatabase, channel: string): Promise<void> {
  const checks = await database.sql<{ table: string; name: string }>(
    `select conrelid::regclass::text as table, conname as name from pg_constraint where conname like '%\\_provider\\_check'`,
  );
  for (const { table, name } of checks) {
    await database.sql(
      `alter table ${table} drop constraint ${name},
         add constraint ${name} check (provider in ('meta_whatsapp', '${channel}'))`,
    );
  }
}
