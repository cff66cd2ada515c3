/** What commands on a database have in common: where it is, and errors as one line that says what to do. */
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { databaseUrl, EnvError, parseEnv } from "../app/platform/env.server.ts";
import { isDatabaseUnavailable, sqlState } from "../db/client.ts";

/** True in the file that was started, false where it is imported. (`import.meta.main` is younger than our oldest Node.) */
export function isCommand(moduleUrl: string): boolean {
  const started = process.argv[1];
  return started !== undefined && pathToFileURL(realpathSync(started)).href === moduleUrl;
}

/**
 * Runs `work` with DATABASE_URL and prints what it answers, bytes as they are; a failure is one line on standard error
 * and exit code 1, or 78 where it is the environment's.
 */
export async function runAsCommand(
  work: (databaseUrl: string) => Promise<string | Uint8Array>,
): Promise<void> {
  try {
    const answer = await work(requireDatabaseUrl());
    process.stdout.write(typeof answer === "string" ? `${answer}\n` : answer);
  } catch (error) {
    console.error(explain(error));
    process.exitCode = error instanceof EnvError ? 78 : 1;
  }
}

function requireDatabaseUrl(): string {
  if (!process.env.DATABASE_URL)
    throw new Error("DATABASE_URL is required: a postgres:// URL of a migrated database.");
  return parseEnv(z.object({ DATABASE_URL: databaseUrl }), process.env).DATABASE_URL;
}

/** Never the driver's own message where it could hold a value. */
function explain(error: unknown): string {
  const state = sqlState(error);
  if (state === "42P01" || state === "3F000" || state === "22023") {
    return "This database has no tables yet: run npm run db:migrate first.";
  }
  if (state === "3D000") return "There is no database of that name at DATABASE_URL.";
  if (state?.startsWith("28")) return "The database refused the user or the password in DATABASE_URL.";
  if (isDatabaseUnavailable(error)) return "The database at DATABASE_URL cannot be reached.";
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
}
