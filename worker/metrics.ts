/** What an operator watches of the worker. No label ever names a tenant. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { IngestReport } from "#app/inbox/ingest/ingest.server.ts";

export interface WorkerMetrics {
  registry: Registry;
  countIngest(report: IngestReport): void;
  countUnsealFailure(reason: string): void;
  observeJob(task: string, outcome: "done" | "failed", seconds: number): void;
}

/** `backlog` is asked at each scrape; while it fails, its two gauges keep their last value. */
export function createMetrics(
  backlog: () => Promise<{ unprocessed: number; oldestSeconds: number }>,
): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: "deliveries_processed_total",
    help: "Deliveries closed, by outcome.",
    labelNames: ["outcome"] as const,
    registers,
  });
  const deadLetters = new Counter({
    name: "dead_letters_total",
    help: "Items of deliveries set aside, by reason.",
    labelNames: ["reason"] as const,
    registers,
  });
  const passedBy = new Counter({
    name: "deliveries_ignored_fields_total",
    help: "Deliveries with something that this build does not read, by field or list.",
    labelNames: ["field"] as const,
    registers,
  });
  // Names are the platform's, and each makes a series.
  const named = new Set<string>();
  const mostNames = 200;
  const unsealFailures = new Counter({
    name: "token_unsealed_failures_total",
    help: "Sealed tokens and PINs that did not open, by reason; one is reason enough to look.",
    labelNames: ["reason"] as const,
    registers,
  });
  const jobs = new Histogram({
    name: "job_duration_seconds",
    help: "Duration of one attempt of a job, by task and outcome.",
    labelNames: ["task", "outcome"] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers,
  });
  const oldest = new Gauge({
    name: "inbox_oldest_seconds",
    help: "Age of the oldest unprocessed delivery; 0 when there is none.",
    registers,
  });
  new Gauge({
    name: "inbox_unprocessed",
    help: "Deliveries stored and not processed yet.",
    registers,
    async collect() {
      const now = await backlog().catch(() => undefined);
      if (!now) return;
      this.set(now.unprocessed);
      oldest.set(now.oldestSeconds);
    },
  });
  return {
    registry,
    countIngest({ outcomes, quarantined, ignored = [] }) {
      for (const outcome of outcomes) deliveries.inc({ outcome });
      for (const reason of quarantined) deadLetters.inc({ reason });
      for (const field of ignored) {
        if (named.size < mostNames) named.add(field);
        passedBy.inc({ field: named.has(field) ? field : "more" });
      }
    },
    countUnsealFailure: (reason) => unsealFailures.inc({ reason }),
    observeJob: (task, outcome, seconds) => jobs.observe({ task, outcome }, seconds),
  };
}
