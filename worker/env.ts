/** The worker's environment. It has its own schema: each deployable is told only what it needs. */
import type { z } from "zod";
import { integrationEnv } from "#app/integrations/env.server.ts";
import { mailVariables, needsAllOfMail } from "#app/mail/env.server.ts";
import { databaseVariables, requireDatabase } from "#app/platform/database-env.server.ts";
import { bearerToken, logLevel, port, wholeNumber } from "#app/platform/env.server.ts";

const variables = integrationEnv
  .extend({
    ...databaseVariables("DATABASE_URL_WORKER"),
    LOG_LEVEL: logLevel,
    WORKER_CONCURRENCY: wholeNumber(1, 64).default(4),
    WORKER_PORT: port.default(3001),
    METRICS_TOKEN: bearerToken.optional(),
    // Meta repeats what it could not deliver for seven days.
    DELIVERY_RETENTION_DAYS: wholeNumber(8, 3_650).default(14),
    ...mailVariables,
  })
  .superRefine(needsAllOfMail);

export const workerEnv = requireDatabase(variables, "DATABASE_URL_WORKER");

export type WorkerEnv = z.infer<typeof workerEnv>;
