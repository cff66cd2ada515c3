/** `npm run db:migrate`: brings the database of DATABASE_URL up to date. */
import { z } from "zod";
import { databaseUrl, envOrExit } from "../app/platform/env.server.ts";
import { migrate } from "../db/migrate.ts";

const { DATABASE_URL } = envOrExit(z.object({ DATABASE_URL: databaseUrl }));
try {
  const { applied } = await migrate(DATABASE_URL);
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "Nothing to apply.");
} catch (error) {
  console.error(error instanceof Error ? error.message : "The migration failed.");
  process.exit(1);
}
