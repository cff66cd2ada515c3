/** The worker process: reads the environment, opens pools, chooses implementations, and ends when it cannot go on. */
import { setTimeout as pause } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import { createIntegrationDeps } from "#app/integrations/env.server.ts";
import { webhookReaders } from "#app/integrations/registry.server.ts";
import { createSmtpPost, type Post } from "#app/mail/post.server.ts";
import type { MailDeps } from "#app/mail/send.server.ts";
import { databaseUrlOf } from "#app/platform/database-env.server.ts";
import { envOrExit } from "#app/platform/env.server.ts";
import { captureConsole, createLog } from "#app/platform/log.server.ts";
import { Secret } from "#app/platform/secret.server.ts";
import { createDb, createPool, type Db, type DbRole, whyUnavailable } from "#db/client.ts";
import { connectionFault } from "#db/connection-proof.ts";
import { backlog } from "#db/queries/deliveries/open-deliveries.ts";
import { noteMailService } from "#db/queries/mail/account-mails.ts";
import { isMigrated } from "#db/version.ts";
import { type WorkerEnv, workerEnv } from "./env.ts";
import { createLiveness, type Liveness } from "./liveness.ts";
import { createMetrics } from "./metrics.ts";
import { createProbes } from "./probes.ts";
import { type JobRunner, startRunner } from "./runner.ts";
import { frameTasks } from "./task-frame.ts";
import { createTasks } from "./tasks.ts";

const env = envOrExit(workerEnv);
const log = createLog("worker");
captureConsole(log);
// graphile-worker prints some errors there with all their fields; the logger is told of the same.
console.trace = () => {};

// A restart of PostgreSQL breaks every connection at once: one line says it.
let lostAtMs = Number.NEGATIVE_INFINITY;
function onConnectionLost(error: Error): void {
  if (performance.now() - lostAtMs > 1_000) log.warn("Database connections lost", { error });
  lostAtMs = performance.now();
}

const openPool = (role: DbRole, purpose: string, max: number, settings: Record<string, string> = {}) =>
  createPool({
    settings,
    connectionString: databaseUrlOf(env, "DATABASE_URL_WORKER"),
    role,
    applicationName: `curbe-worker-${purpose}`,
    max,
    statementTimeoutMs: 30_000,
    onError: onConnectionLost,
  });
// LISTEN and the clockwork hold or take one each besides the jobs.
const jobsPool = openPool("app_jobs", "jobs", env.WORKER_CONCURRENCY + 2);
const livenessPool = openPool("app_jobs", "liveness", 2);
// Ingest looks rows up by their keys and nothing else. Left to its statistics, the planner reads a table that was small a
// minute ago from end to end, for each message.
const byKeyOnly = { enable_seqscan: "off", jit: "off" };
const ingestPool = openPool("app_ingest", "ingest", env.WORKER_CONCURRENCY + 1, byKeyOnly);
const ingestDb = createDb(ingestPool);
const livenessDb = createDb(livenessPool);
const tenantDb = createDb(openPool("app_tenant", "tenant", env.WORKER_CONCURRENCY));
const clockDb = createDb(openPool("app_clock", "clock", 1));

let draining = false;
let liveness: Liveness | undefined;
let runner: JobRunner | undefined;
let post: Post | undefined;

const metrics = createMetrics(() => backlog(ingestDb));
const metricsToken = env.METRICS_TOKEN === undefined ? undefined : new Secret(env.METRICS_TOKEN);
const probes = createProbes({ whyNotReady, registry: metrics.registry, metricsToken, log });
probes.once("error", (error) => end("WORKER_PORT cannot be listened on", error));
probes.listen(env.WORKER_PORT, () => log.info("Worker answers probes", { port: env.WORKER_PORT }));

closeWithGrace(
  { delay: 20_000, logger: false, onTimeout: () => log.error("Worker did not drain in time") },
  async ({ err, signal }) => {
    // graphile-worker ends by an unhandled rejection when PostgreSQL restarts. Nothing can be drained then.
    if (err) return end("Worker ends on an error", err);
    log.info("Worker is draining", { reason: signal ?? "asked to close" });
    draining = true;
    await runner?.stop();
    post?.close();
    liveness?.stop();
    log.info("Worker has drained");
  },
);

await untilDatabaseIsReady();
liveness = await createLiveness({
  pool: livenessPool,
  log,
  onLost: () => end("Worker lost its lock: the database is away or does not answer", undefined),
});
await noteMailService(livenessDb, env.SMTP_URL !== undefined);
runner = await startRunner({
  pool: jobsPool,
  concurrency: env.WORKER_CONCURRENCY,
  taskList: createTaskList(env),
  liveness,
  log,
  onEnded: (error) => end("The job runner ended", error),
});
log.info("Worker is taking jobs", { count: env.WORKER_CONCURRENCY });

/** The process manager starts a new one; running jobs roll back and are done again there. */
function end(why: string, error: unknown): void {
  log.error(why, { error });
  process.exit(1);
}

/** At boot we wait, so that the order in which an operator starts things does not matter. */
async function untilDatabaseIsReady(): Promise<void> {
  for (let waited = 0; ; waited++) {
    // In each of its roles: a job that could not be done for want of one would be tried and given up.
    const reasons = await Promise.all([livenessDb, ingestDb, tenantDb, clockDb].map(whyNot));
    const reason = reasons.find(Boolean);
    if (!reason) return;
    if (waited % 10 === 0) log.warn("Worker waits for the database", { reason });
    await pause(1_000);
  }
}

function whyNot(db: Db): Promise<string | undefined> {
  return isMigrated(db).then(
    (migrated) => (migrated ? undefined : "not at this build's schema"),
    whyUnavailable,
  );
}

async function whyNotReady(): Promise<string | undefined> {
  if (draining) return "draining";
  const fault = connectionFault();
  if (fault) return fault;
  // The cause before its effect: without the database there is no lock and are no jobs.
  return (await whyNot(livenessDb)) ?? (liveness?.isHeld() ? undefined : "not taking jobs");
}

function createTaskList(config: WorkerEnv) {
  const integrations = createIntegrationDeps(config, tenantDb, log, metrics.countUnsealFailure);
  const mail: MailDeps = { db: tenantDb, log, outgoing: outgoingMail(config) };
  const tasks = createTasks({
    inbox: { db: ingestDb, readers: webhookReaders, log },
    reconciliation: { db: ingestDb, jobsDb: livenessDb, log },
    retention: { db: ingestDb, log, retentionDays: config.DELIVERY_RETENTION_DAYS },
    integrations,
    clock: { ...integrations, clockDb },
    mail: { ...mail, jobsDb: livenessDb },
    metrics,
    isStopping: () => draining,
  });
  return frameTasks(tasks, { log, metrics });
}

function outgoingMail({ SMTP_URL, MAIL_FROM, APP_ORIGIN }: WorkerEnv): MailDeps["outgoing"] {
  if (!SMTP_URL || !MAIL_FROM || !APP_ORIGIN) {
    log.info("e-mails are off: SMTP_URL is not set");
    return undefined;
  }
  post = createSmtpPost({ url: new Secret(SMTP_URL), from: MAIL_FROM });
  return { post, origin: APP_ORIGIN };
}
