/** What processes cost, from Linux's /proc: CPU time and resident memory. Elsewhere everything is zero. */
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

export interface ProcessGroups {
  web: number[];
  worker: number[];
  load: number[];
  /** The postmaster; its children are found. */
  postgres: number;
}

export type CpuSeconds = Record<"web" | "worker" | "postgres" | "load", number>;

export function readCpu({ web, worker, load, postgres }: ProcessGroups): CpuSeconds {
  const sum = (pids: number[]) => pids.reduce((total, pid) => total + (readStat(pid)?.ownSeconds ?? 0), 0);
  const children = allPids().filter((pid) => readStat(pid)?.parent === postgres);
  return {
    web: sum(web),
    worker: sum(worker),
    load: sum(load),
    // Backends that ended meanwhile have become the postmaster's waited-for time.
    postgres: sum([postgres, ...children]) + (readStat(postgres)?.waitedSeconds ?? 0),
  };
}

export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return {
    web: after.web - before.web,
    worker: after.worker - before.worker,
    postgres: after.postgres - before.postgres,
    load: after.load - before.load,
  };
}

export function readResidentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kb ?? 0) / 1024;
}

function readStat(pid: number): { parent: number; ownSeconds: number; waitedSeconds: number } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (!text) return undefined;
  // The name of the program may hold spaces; the fields after it do not.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (field: number) => Number(fields[field - 3]);
  return {
    parent: at(4),
    ownSeconds: (at(14) + at(15)) / ticksPerSecond,
    waitedSeconds: (at(16) + at(17)) / ticksPerSecond,
  };
}

function allPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
