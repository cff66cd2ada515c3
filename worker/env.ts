/** The worker's environment. It has its own schema: each deployable is told only what it needs. */
import { z } from "zod";
import {
  commaList,
  databaseUrl,
  graphVersion,
  httpUrl,
  key32,
  metaId,
  port,
  secretText,
  wholeNumber,
} from "#app/platform/env.server.ts";

export const workerEnv = z.object({
  DATABASE_URL: databaseUrl,
  META_APP_ID: metaId,
  META_APP_SECRET: secretText,
  META_REDIRECT_URI: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
  META_CONFIG_ID: metaId.optional(),
  META_GRAPH_VERSION: graphVersion.default("v25.0"),
  META_GRAPH_URL: httpUrl.default("https://graph.facebook.com"),
  META_DIALOG_URL: httpUrl.default("https://www.facebook.com"),
  TOKEN_ENCRYPTION_KEY_BASE64: key32,
  TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64: commaList(key32).optional(),
  WORKER_CONCURRENCY: wholeNumber(1, 64).default(4),
  WORKER_PORT: port.default(3001),
});

export type WorkerEnv = z.infer<typeof workerEnv>;
