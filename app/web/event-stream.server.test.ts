/** What README promises to whoever runs a proxy: no stream is silent for as long as a proxy may take for its end. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openEventStream } from "./event-stream.server.ts";
import { type LiveHub, usualPace } from "./live.server.ts";
import { provideServices, type Services } from "./services.server.ts";
import type { Viewer } from "./session.server.ts";

const viewer = vi.hoisted(() => ({ tenantId: "t", userId: "u", sessionId: "s" }) as Viewer);
vi.mock("./session.server.ts", () => ({ readViewer: async () => viewer }));

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const promisedMs = Number(/silent for more than (\d+) seconds/.exec(readme)?.[1]) * 1_000;
/** What a busy process, a slow network and a proxy's own clock may add to the way of a sign of life. */
const marginMs = 5_000;

beforeEach(() => {
  vi.useFakeTimers();
  const live: LiveHub = { pace: usualPace, join: () => true, leave() {}, close: async () => {} };
  provideServices({ live } as unknown as Services);
});
afterEach(() => {
  vi.useRealTimers();
});

test("a stream is heard of well before a proxy may close it, from its first moment to its end", async () => {
  const answer = openEventStream(new Request("http://curbe.test/events"), viewer);
  const openedAt = Date.now();
  const heardAt: number[] = [];
  const reading = (async () => {
    for await (const _ of answer.body as ReadableStream<Uint8Array>) heardAt.push(Date.now() - openedAt);
    return Date.now() - openedAt;
  })();
  await vi.advanceTimersByTimeAsync(usualPace.lifetimeMs + 1);
  const endedAt = await reading;
  expect(endedAt).toBe(usualPace.lifetimeMs);
  const silences = [...heardAt, endedAt].map((at, n) => at - (heardAt[n - 1] ?? 0));
  expect(promisedMs).toBeGreaterThan(0);
  expect(Math.max(...silences)).toBeLessThanOrEqual(promisedMs - marginMs);
});
