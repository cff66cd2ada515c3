/** Was anything lost, doubled or set aside? Counted in the database after everything came to rest. */
import { setTimeout as sleep } from "node:timers/promises";
import { withClient } from "../cluster.ts";
import type { LoadResult } from "../load/plan.ts";
import type { Target } from "../targets.ts";

export interface Stored {
  messages: number;
  steps: number;
  quarantined: number;
  openDeliveries: number;
  jobs: number;
}

export interface Tally {
  label: string;
  acknowledgedMessages: number;
  storedMessages: number;
  acknowledgedStatuses: number;
  storedStatuses: number;
  quarantined: number;
  openDeliveries: number;
  jobsLeft: number;
  failedAnswers: number;
  /** Empty when everything holds. */
  wrong: string[];
}

/** Rows of inbound messages, and times of steps; jobs get five seconds to leave the table. */
export async function countStored({
  kind,
  databaseUrl,
}: Pick<Target, "kind" | "databaseUrl">): Promise<Stored> {
  return withClient(databaseUrl, async (client) => {
    const one = async (text: string) => Number((await client.query(text)).rows[0]?.n ?? 0);
    let jobs = 0;
    for (let waited = 0; waited < 5_000; waited += 100) {
      jobs = await one("select count(*) as n from graphile_worker.jobs");
      if (jobs === 0) break;
      await sleep(100);
    }
    const product = kind === "product";
    return {
      jobs,
      messages: await one("select count(*) as n from messages where direction = 'inbound'"),
      steps: await one("select count(sent_at) + count(delivered_at) + count(read_at) as n from messages"),
      quarantined: product ? await one("select count(*) as n from delivery_quarantine") : 0,
      openDeliveries: product
        ? await one("select count(*) as n from webhook_deliveries where processed_at is null")
        : 0,
    };
  });
}

/** A request without a 200 may or may not have been stored; everything with one must have been, exactly once. */
export function compare(
  label: string,
  before: Stored,
  after: Stored,
  { streams, drained }: LoadResult,
  ended: string[],
): Tally {
  const sum = (value: (stream: LoadResult["streams"][number]) => number) =>
    streams.reduce((total, stream) => total + value(stream), 0);
  const failedAnswers = sum((stream) => stream.sentRequests - stream.acknowledgedRequests);
  const tally = {
    label,
    acknowledgedMessages: sum((stream) => stream.acknowledgedMessages),
    storedMessages: after.messages - before.messages,
    acknowledgedStatuses: sum((stream) => stream.acknowledgedStatuses),
    storedStatuses: after.steps - before.steps,
    quarantined: after.quarantined - before.quarantined,
    openDeliveries: after.openDeliveries,
    jobsLeft: after.jobs,
    failedAnswers,
  };
  const same = (stored: number, acknowledged: number) =>
    failedAnswers > 0 ? stored >= acknowledged : stored === acknowledged;
  const wrong = [
    ...ended,
    ...(same(tally.storedMessages, tally.acknowledgedMessages) ? [] : ["messages stored ≠ acknowledged"]),
    ...(same(tally.storedStatuses, tally.acknowledgedStatuses) ? [] : ["statuses stored ≠ acknowledged"]),
    ...(tally.quarantined > 0 ? ["items in quarantine"] : []),
    ...(tally.openDeliveries > 0 ? ["deliveries open"] : []),
    ...(tally.jobsLeft > 0 ? ["jobs left"] : []),
    ...(drained ? [] : ["not everything became visible in time"]),
  ];
  return { ...tally, wrong };
}
