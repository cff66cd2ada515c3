/** The processes that a run of the tests is made of. Whatever ends the run ends them, and what they started. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { endWithUs } from "../../db/testing/end-with-us.ts";
import { root, signalGroup } from "../stack.ts";

export interface NodeCommand {
  /** What stands after `node`. */
  command: string[];
  env?: Record<string, string>;
  /** Another Node than the one that runs us. */
  node?: string;
}

/** A third of what a process costs that a test starts is compiling the same modules: it finds them compiled. */
const compiled = path.join(root, "node_modules/.cache/node-compile");

/** Where the processes of a part write, and how they are stopped. */
export interface Place {
  /** Resolves when the command ended well; else rejects with a sentence. Nothing is started once the place is stopped. */
  node(command: NodeCommand): Promise<void>;
  /** What they wrote, when they were not told to write straight to the terminal. */
  written(): string;
  /** Ends them; resolves when they are gone. */
  stop(): Promise<void>;
  isStopped(): boolean;
}

/** `isLive`: output goes to the terminal as it comes; else it is kept until somebody asks for it. */
export function openPlace(isLive: boolean): Place {
  const kept: Buffer[] = [];
  const running = new Set<ChildProcess>();
  let stopped = false;
  return {
    async node({ command, env = {}, node = process.execPath }) {
      if (stopped) throw new Error("stopped");
      const child = spawn(node, command, {
        cwd: root,
        // A group of its own: what the terminal sends reaches only us, and we end all of it in order.
        detached: true,
        stdio: ["ignore", isLive ? "inherit" : "pipe", isLive ? "inherit" : "pipe"],
        env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...colours(), ...env },
      });
      endWithUs(child, { signal: "SIGTERM", isGroup: true });
      running.add(child);
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (some) => kept.push(some));
      const ended = await endOf(child);
      running.delete(child);
      if (ended !== 0) throw new Error(`${path.basename(command[0] ?? "")} ended with ${ended}`);
    },
    written: () => Buffer.concat(kept).toString(),
    async stop() {
      stopped = true;
      await Promise.all([...running].map(end));
    },
    isStopped: () => stopped,
  };
}

/** Output that is kept first is shown on the same terminal. */
function colours(): Record<string, string> {
  return process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {};
}

function endOf(child: ChildProcess): Promise<string | 0> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code === 0 ? 0 : (signal ?? `code ${code}`)));
  });
}

/** Asked as Ctrl-C would, which test runners tidy up after; all of the group is killed when they take too long. */
async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.kill("SIGINT");
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), 10_000);
  await gone;
  clearTimeout(timer);
  signalGroup(pid, "SIGKILL");
}
