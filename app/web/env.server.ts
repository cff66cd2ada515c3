/** The web process's environment. The worker has its own: each deployable is told only what it needs. */
import { z } from "zod";
import { integrationEnv } from "../integrations/env.server.ts";
import { databaseVariables, requireDatabase } from "../platform/database-env.server.ts";
import {
  bearerToken,
  commaList,
  httpUrl,
  logLevel,
  port,
  secretText,
  wholeNumber,
} from "../platform/env.server.ts";

const ownDatabases = ["DATABASE_URL_WEB", "DATABASE_URL_OPERATOR"] as const;

const variables = integrationEnv.extend({
  ...databaseVariables(...ownDatabases),
  META_APP_SECRET_PREVIOUS: secretText.optional(),
  META_WEBHOOK_VERIFY_TOKEN: secretText,
  METRICS_TOKEN: bearerToken.optional(),
  SESSION_SECRETS: commaList(z.string().min(32, { error: "must be secrets of at least 32 characters" })),
  APP_ORIGIN: httpUrl.refine((value) => new URL(value).origin === value, {
    error: "must be an origin such as https://app.example.com, without a path",
  }),
  OPERATOR_EMAIL: z.email({ error: "must be an e-mail address" }).optional(),
  LOG_LEVEL: logLevel,
  PORT: port.default(3000),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  FEATURE_INTEGRATION_DEBUG: z
    .enum(["true", "false"], { error: 'must be "true" or "false"' })
    .default("true"),
});

export const webEnv = requireDatabase(variables, ...ownDatabases);

export type WebEnv = z.infer<typeof webEnv>;
