/** What the numbers were measured on. */
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { root } from "../../stack.ts";

export interface Machine {
  time: string;
  commit: string;
  cpu: string;
  cores: number;
  memoryGb: number;
  kernel: string;
  node: string;
  loadAverage: string;
}

export function describeMachine(): Machine {
  return {
    time: new Date().toISOString(),
    commit: commit(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: `${type()} ${release()}`,
    node: process.version,
    loadAverage: loadavg()
      .map((value) => value.toFixed(2))
      .join(", "),
  };
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return git("rev-parse", "HEAD") + (changed ? " with changes" : "");
  } catch {
    return "unknown";
  }
}
