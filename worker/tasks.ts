/** What does each job. A task only names the function of the domain that does it: what that guarantees stands there. */
import type { InboxDeps } from "#app/inbox/ingest/ingest.server.ts";
import { drainDeliveries } from "#app/inbox/intake/drain.server.ts";
import { type ReconcileDeps, reconcileDeliveries } from "#app/inbox/intake/reconcile.server.ts";
import { replayParked } from "#app/inbox/intake/replay.server.ts";
import { dropOutlivedDeliveries, type RetentionDeps } from "#app/inbox/intake/retention.server.ts";
import { applyAccountEvent } from "#app/integrations/health/account-events.server.ts";
import { type ClockDeps, checkConnection, requestDueChecks } from "#app/integrations/health/check.server.ts";
import { finishTeardown, subscribeWaba } from "#app/integrations/health/provisioning.server.ts";
import { registerNumber } from "#app/integrations/health/registration.server.ts";
import { type AccountMailDeps, sendAccountMail } from "#app/mail/account.server.ts";
import { type MailDeps, sendMail } from "#app/mail/send.server.ts";
import { enqueue, type JobName } from "#db/jobs.ts";
import { forgetOutlived } from "#db/queries/deliveries/retention.ts";
import type { WorkerMetrics } from "./metrics.ts";
import type { RunJob } from "./task-frame.ts";

export interface TaskDeps {
  /** Across workspaces, as app_ingest. */
  inbox: InboxDeps;
  retention: RetentionDeps;
  reconcile: ReconcileDeps;
  /** Within a workspace, as app_tenant; and for the clock. */
  connections: ClockDeps;
  mail: MailDeps & AccountMailDeps;
  metrics: Pick<WorkerMetrics, "countIngest">;
  /** True once the process is to end: a drain then leaves the rest to others. */
  isStopping: () => boolean;
}

/** How long a delivery may wait before it counts as left behind: longer than a job waits on a good day. */
const leftBehindMs = 30_000;

/** A task for each job of the catalogue. */
export function createTasks(deps: TaskDeps): { [Name in JobName]: RunJob<Name> } {
  const { inbox, connections, mail } = deps;
  return {
    process_deliveries: () => processDeliveries(deps),
    subscribe_waba: (payload, attempt) => subscribeWaba(connections, { ...payload, ...attempt }),
    stop_deliveries: (payload, attempt) => finishTeardown(connections, { ...payload, ...attempt }),
    register_number: (payload, attempt) => registerNumber(connections, { ...payload, ...attempt }),
    check_connection: (payload) => checkConnection(connections, payload),
    request_checks: (_payload, { requestId }) => requestDueChecks(connections, requestId),
    apply_account_event: (payload) => applyAccountEvent(connections, payload),
    reconcile_deliveries: () => reconcileDeliveries(deps.reconcile, { olderThanMs: leftBehindMs }),
    forget_outlived: () => forgetWhatOutlived(connections),
    replay_parked: (payload) => replayParked(inbox, payload),
    drop_deliveries: () => dropOutlivedDeliveries(deps.retention),
    send_mail: (payload, { lastAttempt }) => sendMail(mail, { ...payload, lastAttempt }),
    send_account_mail: (payload, { lastAttempt }) => sendAccountMail(mail, { ...payload, lastAttempt }),
  };
}

/** Works off whatever is open; asks for another job when it had to leave some. */
export async function processDeliveries({
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
