import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ChangeListener, listenForChanges } from "#db/queries/inbox/live.ts";
import { createLiveHub, type LiveStream } from "./live.server.ts";
import { keepListening } from "./live-listener.server.ts";

vi.mock("#db/queries/inbox/live.ts", () => ({ listenForChanges: vi.fn() }));
const listen = vi.mocked(listenForChanges);
const log = { info() {}, warn: vi.fn(), error() {} };
const setting = { connectionString: "", log, checkMs: 60_000, onChange() {}, onSessionEnded() {} };
const listening = () => ({ check: async () => {}, stop: async () => {} });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  listen.mockReset();
});

/** When listening was begun, in ms from the first time on, until `ms` have passed. */
async function beginnings(ms: number): Promise<number[]> {
  const start = Date.now();
  const at: number[] = [];
  listen.mockImplementation(async () => {
    at.push(Date.now() - start);
    throw new Error("away");
  });
  const listener = keepListening({ ...setting, onListening() {} });
  listener.start();
  await vi.advanceTimersByTimeAsync(ms);
  await listener.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  return at;
}

describe("a database that is away", () => {
  test.each([
    [0, [0, 50, 150, 350, 750, 1_550, 3_150, 5_650, 8_150]],
    [1, [0, 100, 300, 700, 1_500, 3_100, 6_300]],
  ])(
    "is asked again later and later, up to 5 s, by chance (%d): all webs lost it at once",
    async (drawn, expected) => {
      vi.spyOn(Math, "random").mockReturnValue(drawn);
      expect(await beginnings(9_000)).toEqual(expected);
    },
  );

  test("is asked no more once listening was stopped, also when that was while it was asked", async () => {
    let fail = (_error: Error) => {};
    listen.mockImplementation(() => new Promise((_resolve, reject) => (fail = reject)));
    const listener = keepListening({ ...setting, onListening() {} });
    listener.start();
    const stopped = listener.stop();
    fail(new Error("away"));
    await stopped;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(listen).toHaveBeenCalledTimes(1);
  });

  test("that came back is asked soon when it goes away again, and what was missed is asked for each time", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const ears: ChangeListener[] = [];
    let away = 5;
    listen.mockImplementation(async (_url, ear) => {
      ears.push(ear);
      if (away-- > 0) throw new Error("away");
      return listening();
    });
    const onListening = vi.fn();
    const listener = keepListening({ ...setting, onListening });
    listener.start();
    await vi.advanceTimersByTimeAsync(3_100);
    expect([ears.length, onListening.mock.calls.length]).toEqual([6, 1]);
    ears.at(-1)?.onLost();
    await vi.advanceTimersByTimeAsync(100);
    expect([ears.length, onListening.mock.calls.length]).toEqual([7, 2]);
    await listener.stop();
  });
});

test("streams are counted once, however often one leaves and whoever never joined", async () => {
  listen.mockResolvedValue(listening());
  const hub = createLiveHub({ connectionString: "", log });
  const streamOf = (name: string): LiveStream => ({
    tenantId: name,
    userId: name,
    sessionId: name,
    tell() {},
    verify() {},
    end() {},
  });
  const joined = Array.from({ length: 4_000 }, (_, n) => streamOf(`${n}`));
  expect(joined.every((stream) => hub.join(stream))).toBe(true);
  const refused = streamOf("one too many");
  expect(hub.join(refused)).toBe(false);
  hub.leave(refused);
  expect(hub.join(refused)).toBe(false);
  const [first = refused] = joined;
  hub.leave(first);
  hub.leave(first);
  expect([hub.join(streamOf("a")), hub.join(streamOf("b"))]).toEqual([true, false]);
  await hub.close();
});

test("all streams are told of what was missed, one after the other and within two seconds", async () => {
  const drawn = Array.from({ length: 800 }, (_, n) => n / 800);
  vi.spyOn(Math, "random").mockImplementation(() => drawn.shift() ?? 0);
  listen.mockResolvedValue(listening());
  const hub = createLiveHub({ connectionString: "", log });
  const told: string[] = [];
  const verify = vi.fn();
  for (let n = 0; n < 800; n++) {
    const names = { tenantId: `t${n}`, userId: `u${n}`, sessionId: `s${n}` };
    const stream: LiveStream = { ...names, tell: (topic) => told.push(`${n} ${topic}`), verify, end() {} };
    hub.join(stream);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.length).toBeGreaterThan(780);
  expect(told.length).toBeLessThan(820);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(new Set(told).size).toBe(1_600);
  expect(verify).toHaveBeenCalledTimes(800);
  await hub.close();
});
