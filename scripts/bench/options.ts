/** What the command line may say, and how large each scenario is because of it. */
import path from "node:path";
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Scenarios to run; empty: all. */
  only: string[];
  /** 1 is what the goals are stated for; smaller numbers shorten every scenario alike. */
  scale: number;
  seed: number;
  /** Length of the memory scenario. */
  memorySeconds: number;
  build: boolean;
  resultsFolder: string;
  /** Where the benchmark's PostgreSQL keeps its data; must not be a file system in memory. */
  dataFolder: string;
}

export const usage = `npm run bench -- [options]
  --only a,b       scenarios to run (default: all)
  --scale n        0.001 to 1 (default 1): shortens everything alike; goals are stated for 1
  --seed n         payloads are made from it (default 1)
  --minutes n      length of the memory scenario (default 5)
  --no-build       measure build/ as it stands
  --results dir    where RESULTS.md is written (default scripts/bench)
  --data dir       where PostgreSQL keeps its data (default /var/tmp)`;

/** Throws a sentence on anything it does not know. */
export function parseOptions(args: string[], scenarios: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      only: { type: "string", multiple: true },
      scale: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      minutes: { type: "string", default: "5" },
      build: { type: "boolean", default: true },
      results: { type: "string", default: path.resolve(import.meta.dirname) },
      data: { type: "string", default: "/var/tmp" },
    },
  });
  const only = (values.only ?? []).flatMap((one) => one.split(",")).filter(Boolean);
  const unknown = only.find((name) => !scenarios.includes(name));
  if (unknown) throw new Error(`There is no scenario "${unknown}": ${scenarios.join(", ")}.`);
  const scale = numberWithin("scale", values.scale, 0.001, 1);
  return {
    only,
    scale,
    seed: numberWithin("seed", values.seed, 0, 2 ** 31),
    memorySeconds: Math.max(2, Math.round(numberWithin("minutes", values.minutes, 0.01, 60) * 60 * scale)),
    build: values.build,
    resultsFolder: path.resolve(values.results),
    dataFolder: path.resolve(values.data),
  };
}

function numberWithin(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most))
    throw new Error(`--${name} must be a number from ${least} to ${most}.`);
  return value;
}

/** `full` at scale 1, in proportion below, and never under `least`. */
export function scaled({ scale }: BenchOptions, full: number, least: number): number {
  return Math.max(least, Math.round(full * scale));
}

/** So short that no time means anything: parts are then shared and steps left out, so that CI can run all of it. */
export const isTiny = ({ scale }: BenchOptions) => scale < 0.1;
