/**
 * A stream by its clock: no silence as long as a proxy may take for its end, as scripts/operate/README.md promises to
 * whoever runs one, and a check whether whoever opened it may still hear. Here nobody else tells of a session's end: each
 * check is the only one.
 */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { provideServices, type Services } from "../services.server.ts";
import type { Viewer } from "../session/session.server.ts";
import { openEventStream } from "./event-stream.server.ts";
import { type LiveHub, usualPace } from "./live.server.ts";

const viewer = { tenantId: "t", userId: "u", sessionId: "s" } as Viewer;
const session = vi.hoisted(() => ({ read: async (): Promise<Viewer | undefined> => undefined }));
vi.mock("../session/session.server.ts", () => ({ readViewer: () => session.read() }));

const operating = readFileSync(new URL("../../../scripts/operate/README.md", import.meta.url), "utf8");
const promisedMs = Number(/silent for more than (\d+) seconds/.exec(operating)?.[1]) * 1_000;
/** What a busy process, a slow network and a proxy's own clock may add to the way of a sign of life. */
const marginMs = 5_000;

beforeEach(() => {
  vi.useFakeTimers();
  session.read = async () => viewer;
  const live: LiveHub = { pace: usualPace, join: () => true, leave() {}, close: async () => {} };
  provideServices({ live } as unknown as Services);
});
afterEach(() => {
  vi.useRealTimers();
});

/** When it was heard of, and when it ended, in ms from its opening. */
function open() {
  const answer = openEventStream(new Request("http://curbe.test/events"), viewer);
  const openedAt = Date.now();
  const stream = { heardAt: [] as number[], endedAt: undefined as number | undefined };
  void (async () => {
    for await (const _ of answer.body as ReadableStream<Uint8Array>)
      stream.heardAt.push(Date.now() - openedAt);
    stream.endedAt = Date.now() - openedAt;
  })();
  return stream;
}

test("a stream is heard of well before a proxy may close it, from its first moment to its end", async () => {
  const stream = open();
  await vi.advanceTimersByTimeAsync(usualPace.lifetimeMs + 1);
  const { heardAt, endedAt = Number.NaN } = stream;
  expect(endedAt).toBe(usualPace.lifetimeMs);
  const silences = [...heardAt, endedAt].map((at, n) => at - (heardAt[n - 1] ?? 0));
  expect(promisedMs).toBeGreaterThan(0);
  expect(Math.max(...silences)).toBeLessThanOrEqual(promisedMs - marginMs);
});

describe("a stream whose", () => {
  const { heartbeatMs } = usualPace;
  test.each<[string, Viewer | undefined]>([
    ["session is over", undefined],
    ["browser has another session", { ...viewer, sessionId: "another" }],
    ["session is in another workspace", { ...viewer, tenantId: "another" }],
  ])(
    "%s ends when that is so as it opens, and at its next sign of life when it becomes so",
    async (_what, now) => {
      const before = open();
      await vi.advanceTimersByTimeAsync(heartbeatMs - 1);
      session.read = async () => now;
      const after = open();
      await vi.advanceTimersByTimeAsync(0);
      expect([before.endedAt, after]).toEqual([undefined, { heardAt: [0], endedAt: 0 }]);
      await vi.advanceTimersByTimeAsync(1);
      expect(before.endedAt).toBe(heartbeatMs);
    },
  );

  test("session nobody can tell of at the moment goes on, and is checked again", async () => {
    const stream = open();
    session.read = async () => {
      throw new Error("the database is away");
    };
    await vi.advanceTimersByTimeAsync(heartbeatMs);
    expect(stream.endedAt).toBeUndefined();
    session.read = async () => undefined;
    await vi.advanceTimersByTimeAsync(heartbeatMs);
    expect(stream.endedAt).toBe(2 * heartbeatMs);
  });
});
