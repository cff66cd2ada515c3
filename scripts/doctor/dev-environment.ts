/** The environment of a running `npm run dev`, from what it noted in `.data/`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { mailEnvironment } from "../stack.ts";

const runNote = z.object({
  pid: z.number(),
  origin: z.url(),
  sandboxUrl: z.url(),
  databaseUrl: z.string(),
  smtpUrl: z.url().optional(),
});
const secretsNote = z.object({
  appId: z.string(),
  appSecret: z.string(),
  verifyToken: z.string(),
  encryptionKey: z.string(),
  sessionSecret: z.string(),
});

/** What its web and worker were started with; undefined when none runs for this clone. */
export function devEnvironment(dataFolder: string): Record<string, string> | undefined {
  const run = runNote.safeParse(noted(dataFolder, "dev.json")).data;
  const secrets = secretsNote.safeParse(noted(dataFolder, "dev-secrets.json")).data;
  if (!run || !secrets || !isAlive(run.pid)) return undefined;
  return {
    DATABASE_URL: run.databaseUrl,
    APP_ORIGIN: run.origin,
    META_APP_ID: secrets.appId,
    META_APP_SECRET: secrets.appSecret,
    META_REDIRECT_URI: `${run.origin}/api/integrations/meta/whatsapp/callback`,
    META_WEBHOOK_VERIFY_TOKEN: secrets.verifyToken,
    META_GRAPH_URL: run.sandboxUrl,
    META_DIALOG_URL: run.sandboxUrl,
    TOKEN_ENCRYPTION_KEY_BASE64: secrets.encryptionKey,
    SESSION_SECRETS: secrets.sessionSecret,
    ...mailEnvironment(run.smtpUrl),
  };
}

function noted(folder: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path.join(folder, file), "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
