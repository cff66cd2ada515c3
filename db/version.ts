/** The level of the schema that this build was made for. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";

/** The last file in migrations/; a test keeps it true. The bundles carry no SQL files to look at. */
export const latestMigration = "0026_pins";

/** Whether the database has at least this build's migrations. Throws when it cannot be asked. */
export async function isMigrated(db: Kysely<Schema>): Promise<boolean> {
  const found = await sql`select 1 from kysely_migration where name = ${latestMigration}`.execute(db);
  return found.rows.length > 0;
}
