import { expect, test } from "vitest";
import { graphileLogger } from "./runner.ts";

test("nothing of a job or an error reaches the log, and numbers in messages are masked", () => {
  const lines: unknown[] = [];
  const write = (level: string) => (message: string, fields: unknown) =>
    void lines.push([level, message, fields]);
  const logger = graphileLogger({ info: write("info"), warn: write("warn"), error: write("error") });
  const job = { id: "1", payload: { body: "Secreto" } };
  const error = Object.assign(new Error("Secreto"), { detail: "Secreto" });
  logger.info("Completed task 1", { job });
  logger.error("Failed task 1 with error 'Secreto'", { failure: true, job, error });
  logger.scope({ label: "worker" }).error('Lost "Secreto" of 34600111222', { job, error });
  logger.warn("Runner stopping");
  expect(lines).toEqual([
    ["error", 'jobs: Lost "[…]" of […]', {}],
    ["warn", "jobs: Runner stopping", {}],
  ]);
});
