/** The database of `npm run dev` in its embedded cluster: this clone's own, with nothing in it that cannot be made again. */
import { sqlState } from "../../db/client.ts";
import { migrate, OtherSchemaError } from "../../db/migrate.ts";
import { administer, withDatabase } from "../../db/testing/test-database.ts";

/**
 * The URL of the database `name`, made if it is not there, at this build's level. One that was made by another state of
 * db/migrations is dropped and made anew, with all that was in it, and `say` is told so in a line.
 */
export async function migratedDevDatabase(
  adminUrl: string,
  name: string,
  say: (line: string) => void,
): Promise<string> {
  const url = withDatabase(adminUrl, name);
  await administer(adminUrl, `create database ${name}`).catch((error) => {
    if (sqlState(error) !== "42P04") throw error;
  });
  try {
    await migrate(url);
  } catch (error) {
    if (!(error instanceof OtherSchemaError)) throw error;
    say(
      "db/migrations has changed since this clone's own database was made: it is made anew, with the demo data.",
    );
    await administer(adminUrl, `drop database ${name} with (force)`);
    await administer(adminUrl, `create database ${name}`);
    await migrate(url);
  }
  return url;
}
