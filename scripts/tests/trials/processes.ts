/** What a run has started, as the system sees it. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface Seen {
  pid: number;
  parent: number;
  /** With the pid it names one process for good. */
  since: string;
  command: string;
}

/** All that `pid` started and what those started. */
export function descendantsOf(pid: number): Seen[] {
  const all = everybody();
  const found: Seen[] = [];
  for (let of = new Set([pid]); of.size > 0; ) {
    const children = all.filter(({ parent }) => of.has(parent));
    found.push(...children);
    of = new Set(children.map((child) => child.pid));
  }
  return found;
}

/** Those that are there still after `ms`; none as soon as none is. */
export async function leftAfter(ms: number, seen: Seen[]): Promise<Seen[]> {
  const key = ({ pid, since }: Seen) => `${pid} ${since}`;
  for (const started = performance.now(); ; await sleep(50)) {
    const now = new Set(everybody().map(key));
    const left = seen.filter((one) => now.has(key(one)));
    if (left.length === 0 || performance.now() - started > ms) return left;
  }
}

/** Zombies are gone: whoever adopted them only has not looked yet. */
function everybody(): Seen[] {
  const text = execFileSync("ps", ["-eo", "pid=,ppid=,stat=,lstart=,args="], {
    encoding: "utf8",
    maxBuffer: 10_000_000,
    env: { ...process.env, LC_ALL: "C" },
  });
  return text.split("\n").flatMap((line) => {
    const [, pid, parent, stat = "Z", since = "", command = ""] =
      /^ *(\d+) +(\d+) +(\S+) +(\S+ +\S+ +\S+ +\S+ +\S+) +(.*)$/.exec(line) ?? [];
    return stat.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), since, command }];
  });
}
