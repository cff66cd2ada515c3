/** The whole product on loopback, each part a process of its own: Meta sandbox, web, worker. For dev and browser tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { loginRoles, type MadeLogin } from "../db/logins.ts";
import { endWithUs } from "../db/testing/end-with-us.ts";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

export interface StackOptions {
  databaseUrl: string;
  /** Logins of their own for web and worker, which then get no DATABASE_URL. */
  logins?: MadeLogin[] | undefined;
  ports: { web: number; worker: number; sandbox: number };
  secrets: StackSecrets;
  /** Commands after `node`. */
  webCommand: string[];
  workerCommand: string[];
  nodeEnv: "development" | "production";
  /** Where e-mails go; without it none are sent. */
  smtpUrl?: string;
  /** Keeps the sandbox's world over restarts. */
  sandboxStateFile?: string;
  /** Ports of further web processes, which serve the same address as the first. */
  moreWebs?: number[];
  /** More for the environment of all parts. */
  env?: Record<string, string>;
  onLine(part: string, line: string): void;
}

/** Generated, never committed: they open nothing but what this stack stored. */
export interface StackSecrets {
  appId: string;
  appSecret: string;
  verifyToken: string;
  encryptionKey: string;
  sessionSecret: string;
  metricsToken: string;
}

export interface Stack {
  origin: string;
  sandboxUrl: string;
  workerUrl: string;
  pids(): number[];
  /** Resolves when each part says it is ready; rejects when one ended or took a minute. */
  ready: Promise<void>;
  /** Resolves with the name of the first part that ended by itself. */
  failed: Promise<string>;
  /** Worker, web, sandbox, in this order; each is given 10 s. */
  stop(): Promise<void>;
}

export function generateSecrets(): StackSecrets {
  const random = (bytes: number) => randomBytes(bytes).toString("base64url");
  return {
    appId: `9${String(randomBytes(6).readUIntBE(0, 6)).padStart(15, "0").slice(-15)}`,
    appSecret: randomBytes(16).toString("hex"),
    verifyToken: random(24),
    encryptionKey: randomBytes(32).toString("base64"),
    sessionSecret: random(32),
    metricsToken: random(24),
  };
}

/** Starts all three. They can be stopped from this moment on, ready or not. */
export function startStack(options: StackOptions): Stack {
  const { ports } = options;
  const origin = `http://localhost:${ports.web}`;
  const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
  const workerUrl = `http://localhost:${ports.worker}`;
  const env = environment(options, origin, sandboxUrl);
  const parts = new Map<string, ChildProcess>();
  let stopping = false;
  let fail: (part: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    fail = resolve;
  });
  const start = (name: string, command: string[], extra: Record<string, string>, respawn: boolean) => {
    const child = launch(name, command, { ...env, ...extra }, options.onLine);
    parts.set(name, child);
    child.once("exit", async (code) => {
      if (stopping) return;
      if (!respawn) return fail(name);
      // A worker ends itself when it loses the database; the one who runs it starts it again.
      options.onLine(name, `ended with code ${code}, starting again`);
      await sleep(1_000);
      if (!stopping) start(name, command, extra, respawn);
    });
  };
  const stop = async () => {
    stopping = true;
    // The worker first, the sandbox last: nobody is left alone with what it still has to do.
    const { worker, sandbox, ...webs } = Object.fromEntries(parts);
    await end(worker);
    await Promise.all(Object.values(webs).map(end));
    await end(sandbox);
  };

  start("sandbox", ["scripts/meta-sandbox/index.ts"], { PORT: String(ports.sandbox) }, false);
  start("web", options.webCommand, { PORT: String(ports.web) }, false);
  for (const port of options.moreWebs ?? [])
    start(`web ${port}`, options.webCommand, { PORT: String(port) }, false);
  start("worker", options.workerCommand, {}, true);
  const more = (options.moreWebs ?? []).map((port) => `http://localhost:${port}/readyz`);
  const addresses = [`${sandboxUrl}/sandbox`, `${origin}/readyz`, `${workerUrl}/readyz`, ...more];
  const ready = Promise.race([
    Promise.all(addresses.map(untilOk)).then(() => {}),
    failed.then((part) => {
      throw new Error(`${part} ended before it was ready: see its lines above.`);
    }),
  ]);
  return {
    origin,
    sandboxUrl,
    workerUrl,
    ready,
    failed,
    stop,
    pids: () => [...parts.values()].flatMap((child) => (child.pid === undefined ? [] : [child.pid])),
  };
}

function environment(
  { databaseUrl, logins, ports, secrets, nodeEnv, smtpUrl, sandboxStateFile, env }: StackOptions,
  origin: string,
  sandboxUrl: string,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: nodeEnv,
    ...databaseEnvironment(databaseUrl, logins),
    APP_ORIGIN: origin,
    WORKER_PORT: String(ports.worker),
    META_APP_ID: secrets.appId,
    META_APP_SECRET: secrets.appSecret,
    META_REDIRECT_URI: `${origin}/api/integrations/meta/whatsapp/callback`,
    META_WEBHOOK_VERIFY_TOKEN: secrets.verifyToken,
    META_GRAPH_URL: sandboxUrl,
    META_DIALOG_URL: sandboxUrl,
    META_SDK_URL: `${sandboxUrl}/sdk.js`,
    WEBHOOK_CALLBACK_URL: `${origin}/webhooks/meta/whatsapp`,
    SANDBOX_STATE_FILE: sandboxStateFile ?? "",
    TOKEN_ENCRYPTION_KEY_BASE64: secrets.encryptionKey,
    SESSION_SECRETS: secrets.sessionSecret,
    METRICS_TOKEN: secrets.metricsToken,
    ...mailEnvironment(smtpUrl),
    ...env,
  };
}

/** What is not given is empty, that is unset: no part of a stack comes in by way of its operator's variables. */
function databaseEnvironment(databaseUrl: string, logins: MadeLogin[] | undefined): Record<string, string> {
  const none = Object.fromEntries(Object.keys(loginRoles).map((variable) => [variable, ""]));
  if (!logins) return { ...none, DATABASE_URL: databaseUrl };
  const own = Object.fromEntries(logins.map(({ variable, url = "" }) => [variable, url]));
  return { ...none, ...own, DATABASE_URL: "" };
}

/** Of whoever sends to a mail server of our own. Empty is unset: no part of a stack sends where its operator does. */
export function mailEnvironment(smtpUrl: string | undefined): { SMTP_URL: string; MAIL_FROM: string } {
  return { SMTP_URL: smtpUrl ?? "", MAIL_FROM: smtpUrl ? "Curbe <no-reply@curbe.example>" : "" };
}

function launch(
  name: string,
  command: string[],
  env: NodeJS.ProcessEnv,
  onLine: StackOptions["onLine"],
): ChildProcess {
  // A process group of its own: Ctrl-C reaches only us, and we end the parts in order.
  const child = spawn(process.execPath, command, {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithUs(child, { signal: "SIGTERM", isGroup: true });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim()) onLine(name, line);
    });
    stream?.on("end", () => rest.trim() && onLine(name, rest));
  }
  return child;
}

async function untilOk(url: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} did not answer within a minute.`);
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(() => child.pid && signalGroup(child.pid, "SIGKILL"), 10_000);
  await gone;
  clearTimeout(timer);
  // The compiler of `dev` has the server as its own child.
  signalGroup(child.pid, "SIGKILL");
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}
