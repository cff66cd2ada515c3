/**
 * The load generator, a process of its own. It prepares everything it will send, waits for the word, sends, watches
 * events become visible, and returns numbers. It ends when its parent does.
 */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { FromLoad, LoadPlan, LoadResult, StreamPlan, ToLoad } from "./plan.ts";
import { type PreparedRequests, prepareRequests } from "./requests.ts";
import { openSampler, type Sampler } from "./sampler.ts";
import { sendStream } from "./stream.ts";

interface ReadyStream {
  stream: StreamPlan;
  requests: PreparedRequests;
  sampler: Sampler;
}

const tell = (message: FromLoad) => process.send?.(message);
let plan: LoadPlan | undefined;
let streams: ReadyStream[] = [];

process.once("disconnect", () => process.exit(0));
process.on("message", (message: ToLoad) => {
  act(message).catch((error: unknown) => tell({ kind: "failed", message: String(error) }));
});

async function act(message: ToLoad): Promise<void> {
  if (message.kind === "end") return process.disconnect();
  if (message.kind === "plan") {
    const startMs = performance.now();
    plan = message.plan;
    streams = await Promise.all(plan.streams.map((stream) => makeReady(stream, message.plan)));
    tell({ kind: "prepared", seconds: (performance.now() - startMs) / 1000 });
  } else if (plan) {
    tell({ kind: "result", result: await run(plan) });
  }
}

async function makeReady(
  stream: StreamPlan,
  { path, appSecret, databaseUrl }: LoadPlan,
): Promise<ReadyStream> {
  return {
    stream,
    requests: prepareRequests(stream, { path, appSecret }),
    sampler: await openSampler(databaseUrl),
  };
}

async function run({
  ports,
  pollMs,
  databaseUrl,
  openWorkSql,
  drainSecondsAtMost,
}: LoadPlan): Promise<LoadResult> {
  const startMs = performance.now();
  let watching = true;
  const watch = async (sampler: Sampler) => {
    while (watching) {
      await Promise.all([sampler.poll(), sleep(pollMs)]);
    }
  };
  const watchers = streams.map(({ sampler }) => watch(sampler));
  const sending = Promise.all(
    streams.map(({ stream, requests, sampler }) => sendStream(stream, requests, sampler, ports)),
  );
  const results = await Promise.race([sending, Promise.all(watchers).then(() => [])]);
  const allSeen = () => streams.every(({ sampler }) => sampler.pending() === 0);
  const drained = await untilDone(allSeen, { pollMs, databaseUrl, openWorkSql, drainSecondsAtMost });
  const secondsUntilVisible = (performance.now() - startMs) / 1000;
  watching = false;
  await Promise.all(watchers);
  await Promise.all(streams.map(({ sampler }) => sampler.close()));
  return {
    streams: results.map((result, n) => ({
      ...result,
      visible: streams[n]?.sampler.visible() ?? result.visible,
    })),
    secondsUntilVisible,
    drained,
  };
}

/** All sampled events are seen, and nothing that was accepted is still open: the unsampled ones are visible, too. */
async function untilDone(
  allSeen: () => boolean,
  {
    pollMs,
    databaseUrl,
    openWorkSql,
    drainSecondsAtMost,
  }: Omit<LoadPlan, "streams" | "ports" | "path" | "appSecret">,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "bench-drain" });
  await client.connect();
  const endMs = performance.now() + drainSecondsAtMost * 1000;
  try {
    while (performance.now() < endMs) {
      if (allSeen() && (await client.query(openWorkSql)).rowCount === 0) return true;
      await sleep(pollMs);
    }
    return false;
  } finally {
    await client.end();
  }
}
