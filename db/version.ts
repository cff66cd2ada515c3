/** Whether a database is at the level of the schema that this build was made for. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";
import { latestMigration, schemaDigest } from "./schema-level.ts";

/**
 * Whether the database has all of this build's migrations, in this build's state of them; it may have later ones.
 * Throws when it cannot be asked.
 */
export async function isMigrated(db: Kysely<Schema>): Promise<boolean> {
  const found = await sql`select from app.migrations
    where name = ${latestMigration} and digest = ${schemaDigest}`.execute(db);
  return found.rows.length > 0;
}
