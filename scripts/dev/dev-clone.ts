/** A clone of this working tree in which commands are run as a person runs them, `npm run dev` among them. For tests. */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithUs } from "../../db/testing/end-with-us.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { root } from "../stack.ts";

/** Made by commands, or a person's own. */
const notCloned = /^(\.git|node_modules|\.data|\.cache|\.env|build|gallery|test-results|playwright-report)$/;

export interface Ended {
  code: number | null;
  said: string;
}

export interface Clone {
  folder: string;
  /** A command, in an environment in which nothing of ours is set; never rejects. */
  run(command: string, ...args: string[]): Promise<Ended>;
  /** `npm run dev`, as from a terminal of its own. */
  startDev(): Promise<Dev>;
  remove(): void;
}

export interface Dev {
  said(): string;
  /** Resolves when it says that it is ready, rejects with what it said when it ended before. */
  ready(): Promise<void>;
  /** Its addresses, as the commands beside it find them; some of them only once it is ready. */
  noted(): Record<"origin" | "sandboxUrl" | "databaseUrl" | "smtpUrl" | "mailsUrl", string>;
  /** Every process that has come of it so far and is there. */
  processes(): number[];
  /** As the terminal does it: to all of its foreground processes at once. Nothing when it has ended. */
  ctrlC(): void;
  /** When npm is gone, and the prompt is back. */
  ended: Promise<void>;
}

export function makeClone(): Clone {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "curbe-clone-")));
  // PostgreSQL runs as somebody else where we are root.
  chmodSync(folder, 0o755);
  for (const name of readdirSync(root).filter((one) => !notCloned.test(one)))
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true, filter: isSource });
  symlinkSync(realpathSync(path.join(root, "node_modules")), path.join(folder, "node_modules"));
  const { PATH = "", HOME = "" } = process.env;
  const bin = path.join(folder, "node_modules", ".bin");
  const env = {
    PATH: `${bin}:${PATH}`,
    HOME,
    npm_config_update_notifier: "false",
  } as unknown as NodeJS.ProcessEnv;
  return {
    folder,
    run: (command, ...args) =>
      new Promise((resolve) => {
        const child = execFile(command, args, { cwd: folder, env }, (_error, out, err) =>
          resolve({ code: child.exitCode, said: out + err }),
        );
      }),
    async startDev() {
      const names = ["PORT", "WORKER_PORT", "SANDBOX_PORT", "MAILS_PORT"];
      const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())]));
      return watch(folder, { ...env, ...Object.fromEntries(ports) });
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function isSource(file: string): boolean {
  return file !== path.join(root, "public/build");
}

function watch(folder: string, env: NodeJS.ProcessEnv): Dev {
  // Without what comes before it, which would install packages into the folder that both clones share.
  const command = ["run", "--ignore-scripts", "dev"];
  const child = spawn("npm", command, {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithUs(child, { signal: "SIGINT", isGroup: true });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += chunk;
    });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    said: () => said,
    async ready() {
      for (; !said.includes("Ctrl-C ends everything."); await sleep(20))
        if (hasEnded(child)) throw new Error(`npm run dev ended before it was ready:\n${said}`);
    },
    noted: () => JSON.parse(readFileSync(path.join(folder, ".data/dev.json"), "utf8")),
    processes: () => descendants(child.pid ?? 0),
    ctrlC: () => void (hasEnded(child) || process.kill(-(child.pid ?? 0), "SIGINT")),
    ended,
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function descendants(pid: number): number[] {
  const all = processTable();
  const found = [pid];
  for (const parent of found) found.push(...all.filter((one) => one.parent === parent).map((one) => one.pid));
  return found;
}

/** Whether somebody listens there. */
export async function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  const listens = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return listens;
}

/** Those of `pids` that still run. */
export function running(pids: number[]): string[] {
  return processTable()
    .filter(({ pid }) => pids.includes(pid))
    .map(({ pid, command }) => `${pid} ${command}`);
}

function processTable(): { pid: number; parent: number; command: string }[] {
  const table = execFileSync("ps", ["-axo", "pid=,ppid=,stat=,command="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const [, pid, parent, state = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    // A dead one that nobody has asked for yet is no process any more.
    return pid && !state.startsWith("Z") ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
}
