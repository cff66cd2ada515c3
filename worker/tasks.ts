/** What does each job: a function of the domain, whose guarantees stand there, and here what only the worker knows. */
import type { InboxDeps } from "#app/inbox/ingest/ingest.server.ts";
import { drainDeliveries } from "#app/inbox/intake/drain.server.ts";
import { type ReconcileDeps, reconcileDeliveries } from "#app/inbox/intake/reconcile.server.ts";
import { replayParked } from "#app/inbox/intake/replay.server.ts";
import { rereadDeliveries } from "#app/inbox/intake/reread.server.ts";
import { dropOutlivedDeliveries, type RetentionDeps } from "#app/inbox/intake/retention.server.ts";
import type { IntegrationDeps } from "#app/integrations/deps.server.ts";
import { applyAccountEvent } from "#app/integrations/health/account-events.server.ts";
import { type ClockDeps, checkConnection, requestDueChecks } from "#app/integrations/health/check.server.ts";
import { requestHistory } from "#app/integrations/health/phone-history.server.ts";
import { finishTeardown, subscribeWaba } from "#app/integrations/health/provisioning.server.ts";
import { registerNumber } from "#app/integrations/health/registration.server.ts";
import { type AccountMailDeps, sendAccountMail } from "#app/mail/account.server.ts";
import { type MailDeps, sendMail } from "#app/mail/send.server.ts";
import { enqueue, type JobName } from "#db/jobs.ts";
import { forgetOutlived } from "#db/queries/deliveries/retention.ts";
import type { WorkerMetrics } from "./metrics.ts";
import type { RunJob } from "./task-frame.ts";

export interface TaskDeps {
  /** Across workspaces, as app_ingest: for what arrives, for what is left behind, and for what is old enough to go. */
  inbox: InboxDeps;
  reconciliation: ReconcileDeps;
  retention: RetentionDeps;
  /** Within a workspace, as app_tenant. */
  integrations: IntegrationDeps;
  /** The same, and across workspaces as app_clock, to find what is due in them. */
  clock: ClockDeps;
  /** Within a workspace; across them, as app_jobs, for what concerns a person's account. */
  mail: MailDeps & AccountMailDeps;
  metrics: Pick<WorkerMetrics, "countIngest">;
  /** True once the process is to end: a drain then leaves the rest to others. */
  isStopping: () => boolean;
}

/** How long a delivery may wait before it counts as left behind: longer than a job waits on a good day. */
const leftBehindMs = 30_000;

/** A task for each job of the catalogue. */
export function createTasks(deps: TaskDeps): { [Name in JobName]: RunJob<Name> } {
  const { inbox, integrations, clock, mail } = deps;
  return {
    process_deliveries: () => drainAll(deps),
    subscribe_waba: (payload, attempt) => subscribeWaba(integrations, { ...payload, ...attempt }),
    stop_deliveries: (payload, attempt) => finishTeardown(integrations, { ...payload, ...attempt }),
    register_number: (payload, attempt) => registerNumber(integrations, { ...payload, ...attempt }),
    request_history: (payload, attempt) => requestHistory(integrations, { ...payload, ...attempt }),
    check_connection: (payload) => checkConnection(integrations, payload),
    request_checks: (_payload, { requestId }) => requestDueChecks(clock, requestId),
    apply_account_event: (payload) => applyAccountEvent(integrations, payload),
    reconcile_deliveries: () => reconcileDeliveries(deps.reconciliation, { olderThanMs: leftBehindMs }),
    reread_deliveries: async () => void (await rereadDeliveries(inbox, { isStopping: deps.isStopping })),
    forget_outlived: () => forgetWhatOutlived(clock),
    replay_parked: (payload) => replayParked(inbox, payload),
    drop_deliveries: () => dropOutlivedDeliveries(deps.retention),
    send_mail: (payload, { lastAttempt }) => sendMail(mail, { ...payload, lastAttempt }),
    send_account_mail: (payload, { lastAttempt }) => sendAccountMail(mail, { ...payload, lastAttempt }),
  };
}

/** Works off whatever is open; asks for another job when it had to leave some. */
export async function drainAll({
  inbox,
  metrics,
  isStopping,
}: Pick<TaskDeps, "inbox" | "metrics" | "isStopping">): Promise<void> {
  const left = await drainDeliveries(inbox, { isStopping, onReport: metrics.countIngest });
  if (left === "more") await enqueue(inbox.db, "process_deliveries", {});
}

async function forgetWhatOutlived({ clockDb, log }: ClockDeps): Promise<void> {
  const count = await forgetOutlived(clockDb);
  if (count > 0) log.info("outlived rows were removed", { count });
}
