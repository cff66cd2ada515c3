/** One measurement: a load on a running target, what it cost, and whether everything arrived. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { keep } from "../children.ts";
import { type Cluster, withClient } from "../cluster.ts";
import type { FromLoad, LoadPlan, LoadResult, StreamPlan, ToLoad } from "../load/plan.ts";
import type { Target } from "../targets.ts";
import { everybody } from "../world/world.ts";
import { compare, countStored, type Tally } from "./counts.ts";
import { type CpuSeconds, cpuBetween, type ProcessGroups, readCpu } from "./proc.ts";

export interface Measured {
  label: string;
  load: LoadResult;
  /** The first stream, which most scenarios have alone. */
  stream: LoadResult["streams"][number];
  /** Messages and statuses of all streams that were acknowledged. */
  events: number;
  /** From the first byte sent until the last event was visible. */
  cpu: CpuSeconds;
  tally: Tally;
}

export interface MeasureOptions {
  label: string;
  streams: StreamPlan[];
  pollMs?: number;
  drainSecondsAtMost?: number;
  /** Called each second while the load runs. */
  eachSecond?: () => void;
}

let runs = 0;

/** A stream of one-message bodies over everybody; `more` says what is different. Each has message ids of its own. */
export function streamOf(more: Partial<StreamPlan> & { requests: number; seed: number }): StreamPlan {
  return {
    name: "messages",
    run: ++runs,
    part: everybody,
    mix: "message",
    updatesPerBody: 1,
    secondsAtMost: 600,
    connections: 64,
    sampleEvery: 100,
    ...more,
  };
}

export async function measure(cluster: Cluster, target: Target, options: MeasureOptions): Promise<Measured> {
  const { label, streams, pollMs = 50, drainSecondsAtMost = 300 } = options;
  const load = startLoad();
  try {
    const { databaseUrl, ports, path, appSecret, openWorkSql } = target;
    const plan: LoadPlan = {
      streams,
      ports,
      path,
      appSecret,
      databaseUrl,
      openWorkSql,
      pollMs,
      drainSecondsAtMost,
    };
    await load.ask({ kind: "plan", plan }, "prepared");
    const before = await countStored(target);
    const groups: ProcessGroups = {
      web: target.webs.map(({ pid }) => pid),
      worker: target.workers.map(({ pid }) => pid),
      load: [load.pid],
      postgres: cluster.pid,
    };
    const cpuBefore = readCpu(groups);
    const clock = options.eachSecond && setInterval(options.eachSecond, 1_000);
    const { result } = await load.ask({ kind: "go" }, "result").finally(() => clearInterval(clock));
    const cpu = cpuBetween(cpuBefore, readCpu(groups));
    const ended = [...target.webs, ...target.workers].flatMap((child) => child.ended() ?? []);
    const tally = compare(label, before, await countStored(target), result, ended);
    const [stream] = result.streams;
    if (!stream) throw new Error("The load answered no stream.");
    const events = result.streams.reduce(
      (total, one) => total + one.acknowledgedMessages + one.acknowledgedStatuses,
      0,
    );
    return { label, load: result, stream, events, cpu, tally };
  } finally {
    await load.end();
  }
}

/** A closed loop that is not measured: just-in-time compilers, pools and caches are then as in a process that runs. */
export async function warmUp(
  cluster: Cluster,
  target: Target,
  requests: number,
  seed: number,
): Promise<Measured> {
  const stream = streamOf({ requests, seed, backlogEvents: 5_000, sampleEvery: 50 });
  const measured = await measure(cluster, target, { label: "warm-up", streams: [stream] });
  // What autovacuum does within a minute.
  await withClient(target.databaseUrl, (client) => client.query("analyze"));
  return measured;
}

function startLoad() {
  const child: ChildProcess = fork(fileURLToPath(new URL("../load/index.ts", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    detached: true,
  });
  const pid = keep(child);
  const ask = <Kind extends FromLoad["kind"]>(message: ToLoad, kind: Kind) =>
    new Promise<Extract<FromLoad, { kind: Kind }>>((resolve, reject) => {
      const ended = () => reject(new Error("The load generator ended."));
      child.once("exit", ended);
      child.once("message", (answer: FromLoad) => {
        child.off("exit", ended);
        if (answer.kind === kind) resolve(answer as Extract<FromLoad, { kind: Kind }>);
        else reject(new Error(answer.kind === "failed" ? answer.message : "The load generator is confused."));
      });
      child.send(message);
    });
  const end = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once("exit", () => resolve());
      if (child.connected) child.send({ kind: "end" } satisfies ToLoad);
    });
  return { pid, ask, end };
}
