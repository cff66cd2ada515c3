/**
 * `npm run db:migrate [-- --dry-run] [-- --token-column NAME]`: brings the database of DATABASE_URL up to date. Tables of
 * an earlier time that have our names are taken over; `--dry-run` says what would be done and changes nothing,
 * `--token-column` names a column of channel_connections that holds tokens in plain text, beside `access_token`.
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { createTokenVault } from "../app/integrations/crypto.server.ts";
import { sealToken } from "../app/integrations/deps.server.ts";
import { databaseUrl, envOrExit, key32 } from "../app/platform/env.server.ts";
import { toE164 } from "../app/platform/phone-number.server.ts";
import { Secret } from "../app/platform/secret.server.ts";
import { type AdoptionOptions, createAdoption } from "../db/adopt/adoption.ts";
import { migrate } from "../db/migrate.ts";
import { isCommand } from "./command.ts";

const usage = "Usage: npm run db:migrate [-- --dry-run] [-- --token-column NAME]";

interface Wish {
  dryRun: boolean;
  tokenColumn: string | undefined;
}

/** Throws with the usage for anything that is not as it should be. */
export function readArguments(args: string[]): Wish {
  try {
    const { values } = parseArgs({
      args,
      options: { "dry-run": { type: "boolean" }, "token-column": { type: "string" } },
    });
    if (values["token-column"] === "") throw new Error(usage);
    return { dryRun: values["dry-run"] ?? false, tokenColumn: values["token-column"] };
  } catch {
    throw new Error(usage);
  }
}

/** How older rows are taken over; tokens can be sealed only with a key. */
export function adoptionOptions(key: string | undefined, tokenColumn?: string): AdoptionOptions {
  const vault = key === undefined ? undefined : createTokenVault({ primary: key });
  return {
    toE164,
    now: new Date(),
    tokenColumn,
    seal: vault && ((token, place) => sealToken({ vault }, new Secret(token), place)),
  };
}

async function run(args: string[]): Promise<string> {
  const { dryRun, tokenColumn } = readArguments(args);
  const env = envOrExit(
    z.object({ DATABASE_URL: databaseUrl, TOKEN_ENCRYPTION_KEY_BASE64: key32.optional() }),
  );
  const adoption = createAdoption(adoptionOptions(env.TOKEN_ENCRYPTION_KEY_BASE64, tokenColumn));
  const { applied } = await migrate(env.DATABASE_URL, { dryRun, adoption });
  if (applied.length === 0) return "Nothing to apply.";
  const done = `${dryRun ? "Would apply" : "Applied"} ${applied.join(", ")}.`;
  const note = dryRun ? ["Nothing was changed: this is what the run would do."] : [];
  return [...note, done, ...adoption.report()].join("\n");
}

if (isCommand(import.meta.url)) {
  try {
    console.log(await run(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : "The migration failed.");
    process.exitCode = 1;
  }
}
