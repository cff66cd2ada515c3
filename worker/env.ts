/** The worker's environment. It has its own schema: each deployable is told only what it needs. */
import type { z } from "zod";
import { integrationEnv } from "#app/integrations/env.server.ts";
import { mailVariables, needsAllOfMail } from "#app/mail/env.server.ts";
import { databaseUrl, port, wholeNumber } from "#app/platform/env.server.ts";

export const workerEnv = integrationEnv
  .extend({
    DATABASE_URL: databaseUrl,
    WORKER_CONCURRENCY: wholeNumber(1, 64).default(4),
    WORKER_PORT: port.default(3001),
    // Meta repeats what it could not deliver for seven days.
    DELIVERY_RETENTION_DAYS: wholeNumber(8, 3_650).default(14),
    ...mailVariables,
  })
  .superRefine(needsAllOfMail);

export type WorkerEnv = z.infer<typeof workerEnv>;
