import type { JobHelpers } from "graphile-worker";
import { describe, expect, test } from "vitest";
import type { LogFields } from "#app/platform/log.server.ts";
import { currentRequestId } from "#app/platform/request-id.server.ts";
import { createMetrics } from "./metrics.ts";
import { frameTask, JobFailed } from "./task-frame.ts";

const metrics = createMetrics(async () => ({ unprocessed: 0, oldestSeconds: 0 }));
const tenantId = "0190a000-0000-7000-8000-000000000001";
const payload = { tenantId, connectionId: tenantId, requestId: "request-1" };

function helpers(attempts = 1, max_attempts = 25): JobHelpers {
  return { job: { id: "42", attempts, max_attempts } } as unknown as JobHelpers;
}

function frame(run: Parameters<typeof frameTask<"subscribe_waba">>[1]) {
  const lines: [string, string, LogFields | undefined][] = [];
  const write = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push([level, message, fields]);
  const log = { info: write("info"), warn: write("warn"), error: write("error") };
  return { task: frameTask("subscribe_waba", run, { log, metrics }), lines };
}

describe("a job", () => {
  test("runs under the request id of its payload and is told of its last attempt", async () => {
    const seen: unknown[] = [];
    const { task } = frame(async (given, attempt) => {
      seen.push(given, attempt, currentRequestId());
    });
    await task(payload, helpers());
    await task(payload, helpers(25));
    expect(seen).toEqual([
      payload,
      { requestId: "request-1", lastAttempt: false },
      "request-1",
      payload,
      { requestId: "request-1", lastAttempt: true },
      "request-1",
    ]);
  });

  test("that throws leaves the kind of its error in the jobs table, and no value", async () => {
    const error = Object.assign(new Error("token EAAG-secret of 34600111222"), {
      name: "GraphError",
      kind: "retry_later",
      code: "EAAG secret",
      detail: "34600111222",
    });
    const { task, lines } = frame(async () => {
      throw error;
    });
    const failed = await Promise.resolve(task(payload, helpers(3))).catch((thrown: Error) => thrown);
    expect(failed).toBeInstanceOf(JobFailed);
    expect((failed as Error).message).toBe("GraphError retry_later");
    expect((failed as Error).cause).toBeUndefined();
    expect(String((failed as Error).stack)).not.toMatch(/EAAG|34600/);
    expect(lines).toMatchObject([
      ["warn", "Job failed", { task: "subscribe_waba", job_id: "42", attempt: 3 }],
    ]);
  });

  test("with another job's payload does not run", async () => {
    const { task } = frame(async () => expect.unreachable());
    await expect(Promise.resolve(task({ deliveryIds: ["1"] }, helpers()))).rejects.toThrow("TypeError");
  });

  test("names the SQLSTATE of a database error", () => {
    const error = Object.assign(new Error('duplicate key "34600111222"'), { name: "error", code: "23505" });
    expect(new JobFailed(error).message).toBe("error 23505");
    expect(new JobFailed("EAAG").message).toBe("unknown error");
  });
});
