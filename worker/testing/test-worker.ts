/** Runs the real worker as a child process. For tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endWithUs } from "#db/testing/end-with-us.ts";
import { freePort } from "#db/testing/free-port.ts";

const metricsToken = randomBytes(24).toString("base64url");

const root = path.resolve(import.meta.dirname, "../..");

export interface WorkerProcess {
  child: ChildProcess;
  url: string;
  /** Everything it wrote so far. */
  said(): string;
  /** Its exit code, or the signal that ended it. */
  exited: Promise<number | NodeJS.Signals | null>;
}

export function workerEnvironment(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    META_APP_ID: "999000111222333",
    META_APP_SECRET: randomBytes(16).toString("hex"),
    META_REDIRECT_URI: "http://localhost/api/integrations/meta/whatsapp/callback",
    META_GRAPH_URL: "http://127.0.0.1:9",
    META_DIALOG_URL: "http://127.0.0.1:9",
    METRICS_TOKEN: metricsToken,
    TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
  };
}

const started = new Set<ChildProcess>();

/** What no test is about: where programs are, and what is compiled already. */
const inherited = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };

/** Started with nothing in its environment but `env`, a free port and where programs are. */
export async function startWorker(env: Record<string, string | undefined>): Promise<WorkerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ["worker/index.ts"], {
    cwd: root,
    env: { ...inherited, NODE_ENV: "test", WORKER_PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A test process that is killed kills no worker.
  endWithUs(child, { signal: "SIGTERM" });
  started.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("close", (code, signal) => {
      started.delete(child);
      resolve(code ?? signal);
    });
  });
  return { child, url: `http://127.0.0.1:${port}`, said: () => said, exited };
}

/** For afterEach: whatever a failed test left running. */
export async function killWorkers(): Promise<void> {
  for (const child of started) child.kill("SIGKILL");
  await until("no worker is left", () => started.size === 0);
}

export async function readiness({ url }: WorkerProcess): Promise<number | undefined> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status;
}

/** Of a worker in the environment of `workerEnvironment`. */
export async function readMetrics({ url }: WorkerProcess): Promise<string> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  return answer.text();
}

export async function untilReady(worker: WorkerProcess): Promise<void> {
  await until("the worker is ready", async () => (await readiness(worker)) === 200, worker.said);
}

/** Waits for a condition; fails naming it after 15 s. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  context: () => string = () => "",
): Promise<void> {
  for (const start = Date.now(); Date.now() - start < 15_000; await pause(20)) {
    if (await condition()) return;
  }
  throw new Error(`Waited in vain until ${what}. ${context()}`);
}
