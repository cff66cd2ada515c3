/** The web process's environment. The worker has its own: each deployable is told only what it needs. */
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
} from "../platform/env.server.ts";

export const webEnv = z.object({
  DATABASE_URL: databaseUrl,
  META_APP_ID: metaId,
  META_APP_SECRET: secretText,
  META_APP_SECRET_PREVIOUS: secretText.optional(),
  META_REDIRECT_URI: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
  META_WEBHOOK_VERIFY_TOKEN: secretText,
  META_CONFIG_ID: metaId.optional(),
  META_GRAPH_VERSION: graphVersion.default("v25.0"),
  META_GRAPH_URL: httpUrl.default("https://graph.facebook.com"),
  META_DIALOG_URL: httpUrl.default("https://www.facebook.com"),
  TOKEN_ENCRYPTION_KEY_BASE64: key32,
  TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64: commaList(key32).optional(),
  SESSION_SECRETS: commaList(z.string().min(32, { error: "must be secrets of at least 32 characters" })),
  APP_ORIGIN: httpUrl.refine((value) => new URL(value).origin === value, {
    error: "must be an origin such as https://app.example.com, without a path",
  }),
  PORT: port.default(3000),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  FEATURE_INTEGRATION_DEBUG: z
    .enum(["true", "false"], { error: 'must be "true" or "false"' })
    .default("true"),
});

export type WebEnv = z.infer<typeof webEnv>;
