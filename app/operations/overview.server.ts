/** How the platform is doing at a glance, what staff did, and the jobs. */
import { itemsByReason } from "../../db/queries/operators/operations.ts";
import {
  countDay,
  countOpen,
  type GivenUpJob,
  givenUpJobs,
  jobsByTask,
  type TaskJobs,
} from "../../db/queries/operators/operations-overview.ts";
import { type OperatorEvent, operatorTrail } from "../../db/queries/operators/operator-acts.ts";
import type { QuarantineReason } from "../../db/schema.ts";
import type { OperationsDeps } from "./deliveries.server.ts";
import { listUnrouted } from "./quarantine.server.ts";

/** Counting stops here; what was counted to its end is exact. */
const mostCounted = 100_000;

export interface Count {
  amount: number;
  /** `atLeast`: counting stopped there. `about`: by ids, of which now and then one is left out. */
  is: "exact" | "atLeast" | "about";
}

export interface Overview {
  open: Count;
  oldestOpenMs: number | null;
  /** Of the last 24 hours. `processed` with whatever outcome, `quarantined` those with items there now. */
  day: { received: Count; processed: Count; quarantined: Count };
  quarantine: { reason: QuarantineReason; items: number }[];
  jobs: { waiting: number; running: number; failing: number; givenUp: number };
  unrouted: Count;
}

/** Bounded, however much there is: no count looks at more than 100,000 rows, and none reads the deliveries from end to end. */
export async function readOverview({ db }: OperationsDeps, now: Date): Promise<Overview> {
  // One after the other: the pool is small, and the pages of others are waiting for it, too.
  const waiting = await countOpen(db, mostCounted);
  const day = await countDay(db, mostCounted);
  const quarantine = await itemsByReason(db, mostCounted);
  const jobs = await jobsByTask(db);
  const { numbers, lookedAt } = await listUnrouted({ db });
  const received = day.exact ? exactly(day.received) : { amount: day.received, is: "about" as const };
  return {
    open: upTo(waiting.open),
    oldestOpenMs: waiting.oldestAt && Math.max(0, now.getTime() - waiting.oldestAt.getTime()),
    day: {
      received,
      processed: { ...received, amount: Math.max(0, day.received - day.open) },
      quarantined: upTo(day.quarantined),
    },
    quarantine,
    jobs: {
      waiting: sum(jobs, "waiting"),
      running: sum(jobs, "running"),
      failing: sum(jobs, "failing"),
      givenUp: sum(jobs, "givenUp"),
    },
    unrouted:
      numbers.length >= 200 || lookedAt ? { amount: numbers.length, is: "atLeast" } : exactly(numbers.length),
  };
}

const exactly = (amount: number): Count => ({ amount, is: "exact" });
const upTo = (amount: number): Count => ({ amount, is: amount >= mostCounted ? "atLeast" : "exact" });

function sum(jobs: TaskJobs[], what: "waiting" | "running" | "failing" | "givenUp"): number {
  return jobs.reduce((total, job) => total + job[what], 0);
}

const trailPage = 20;

/** What staff did, newest first, 20 at a time. */
export async function readTrail(
  { db }: OperationsDeps,
  before: string | undefined,
): Promise<{ items: OperatorEvent[]; older: string | null }> {
  const rows = await operatorTrail(db, before, trailPage + 1);
  const items = rows.slice(0, trailPage);
  return { items, older: rows.length > trailPage ? (items.at(-1)?.id ?? null) : null };
}

/** The jobs of each task, and the last 50 that failed for good. Never what a job carries. */
export async function readJobs({
  db,
}: OperationsDeps): Promise<{ tasks: TaskJobs[]; givenUp: GivenUpJob[] }> {
  return { tasks: await jobsByTask(db), givenUp: await givenUpJobs(db, 50) };
}
