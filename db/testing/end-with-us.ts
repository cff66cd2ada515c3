/**
 * What a run starts ends with it, however it ends: by itself, by Ctrl-C, or by `kill -9`, which leaves no time to tidy up.
 * A process of its own holds the other end of a pipe; when that closes, nobody who could have ended them is left.
 */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

export interface Ward {
  pid: number;
  /** What it is asked with; after ten seconds it is killed. */
  signal: "SIGINT" | "SIGTERM";
  /** Whether `pid` leads a process group that ends as a whole. */
  isGroup?: boolean;
  /** Folders that are of no use once it is gone. */
  remove?: string[];
}

let watchdog: ChildProcess | undefined;

/** Has the child and its folders gone soon after this process, unless it ended before. Costs one process for all of them. */
export function endWithUs(child: ChildProcess, ward: Omit<Ward, "pid">): void {
  const { pid } = child;
  if (pid === undefined) return;
  tell({ guard: { ...ward, pid } });
  // Its number may be given to somebody else.
  child.once("exit", () => tell({ forget: pid }));
}

function tell(message: { guard: Ward } | { forget: number }): void {
  watchdog ??= startWatchdog();
  watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** In a session of its own, out of reach of what a terminal or a runner sends to ours. It keeps nobody from ending. */
function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "watchdog.ts")], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => {});
  child.stdin?.on("error", () => {});
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  child.unref();
  return child;
}
