/** A product that is started once for all files that use it, and ended after the last of them. */
import type { WorkerFixture } from "@playwright/test";

type Scoped<Started> = [WorkerFixture<Started, object>, { scope: "worker"; timeout: number }];

/** For Playwright's `test.extend`: `start` runs once in a worker process, before the first test that wants it. */
export function oncePerWorker<Started extends { stop(): Promise<void> }>(
  start: () => Promise<Started>,
): Scoped<Started> {
  return [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
    async ({}, use) => {
      const started = await start();
      await use(started);
      await started.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ];
}
