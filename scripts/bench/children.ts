/** Processes that the benchmark starts. They are ended by pid, all of them, also when the benchmark is interrupted. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithUs } from "../../db/testing/end-with-us.ts";
import { root } from "../stack.ts";

export interface Child {
  name: string;
  pid: number;
  /** What ended it, when nobody had asked it to. */
  ended(): string | undefined;
  /** Nothing is in flight when this is called: it need not drain. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
let over = false;

/** Output goes to `logFile` as it is, so that nobody spends time on it. */
export function startNode(
  name: string,
  command: string[],
  env: Record<string, string>,
  logFile: string,
): Child {
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", NODE_ENV: "production", ...env },
    // Ctrl-C reaches only us, and we end the parts in order.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const pid = keep(child);
  let stopping = false;
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    if (!stopping) ended = `${name} ended with ${signal ?? `code ${code}`}: ${lastLines(logFile)}`;
  });
  return {
    name,
    pid,
    ended: () => ended,
    stop() {
      stopping = true;
      return kill(child);
    },
  };
}

/** Counts a child as ours until it is gone; returns its pid. */
export function keep(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("A process could not be started.");
  running.add(child);
  endWithUs(child, { signal: "SIGTERM" });
  child.once("exit", () => running.delete(child));
  // Somebody ended the benchmark a moment ago.
  if (over) void kill(child);
  return child.pid;
}

/** For good: what is started after this is ended at once. */
export async function stopAll(): Promise<void> {
  over = true;
  await Promise.all([...running].map(kill));
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await gone;
}

export async function untilOk(url: string, needed: Child): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 25) {
    const ended = needed.ended();
    if (ended) throw new Error(ended);
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(25);
  }
  throw new Error(`${needed.name} was not ready within a minute.`);
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" ").slice(-600);
}
