/** What scenarios get and what they answer. */
import type { Cluster } from "./cluster.ts";
import type { Tally } from "./measures/counts.ts";
import type { Measured } from "./measures/measure.ts";
import { warmUp } from "./measures/measure.ts";
import { type BenchOptions, isTiny, scaled } from "./options.ts";
import {
  dropDatabase,
  newDatabase,
  type Processes,
  startBaseline,
  startProduct,
  type Target,
} from "./targets.ts";

export interface Bench {
  cluster: Cluster;
  options: BenchOptions;
  say(line: string): void;
}

/** One line of the table of goals. */
export interface GoalLine {
  what: string;
  product: string;
  baseline?: string;
  ratio?: string;
  goal: string;
  /** Undefined: reported, no goal. */
  met?: boolean;
}

/** CPU time for each event, in microseconds, by part. */
export interface CostLine {
  label: string;
  events: number;
  seconds: number;
  webUs: number;
  workerUs: number;
  postgresUs: number;
  loadUs: number;
}

export interface Table {
  columns: string[];
  rows: string[][];
}

export interface ScenarioResult {
  goals: GoalLine[];
  table: Table;
  costs: CostLine[];
  tallies: Tally[];
  notes: string[];
  /** Long text, folded in the results. */
  details?: { title: string; text: string };
}

export interface Scenario {
  name: string;
  /** What is measured and how; stands above the scenario's table. */
  about: string;
  run(bench: Bench): Promise<ScenarioResult>;
}

type Work<T> = (target: Target, warm: Measured) => Promise<T>;

/** One of each kind, when numbers are tiny: starting processes would take most of the time. */
const shared = new Map<Target["kind"], { target: Target; warmed: Measured }>();

/**
 * Runs `work` on a warm target with a fresh database, which then goes. What warming up stored is counted like everything
 * else. `prepare` fills the database before the target starts.
 */
export async function withTarget<T>(
  bench: Bench,
  kind: Target["kind"],
  work: Work<T>,
  prepare: (databaseUrl: string) => Promise<void> = async () => {},
): Promise<T> {
  if (isTiny(bench.options)) return withShared(bench, kind, work, prepare);
  const databaseUrl = await newDatabase(bench.cluster, kind);
  await prepare(databaseUrl);
  try {
    return await withTargetOn(bench, kind, databaseUrl, work);
  } finally {
    await dropDatabase(bench.cluster, databaseUrl);
  }
}

/** The same on a database that is there and stays. */
export async function withTargetOn<T>(
  bench: Bench,
  kind: Target["kind"],
  databaseUrl: string,
  work: Work<T>,
  processes?: Processes,
): Promise<T> {
  const target = await start(bench, kind, databaseUrl, processes);
  try {
    return await work(target, await warm(bench, target));
  } finally {
    await target.stop();
  }
}

async function withShared<T>(
  bench: Bench,
  kind: Target["kind"],
  work: Work<T>,
  prepare: (databaseUrl: string) => Promise<void>,
): Promise<T> {
  const there = shared.get(kind) ?? (await startShared(bench, kind));
  await prepare(there.target.databaseUrl);
  return work(there.target, there.warmed);
}

async function startShared(bench: Bench, kind: Target["kind"]) {
  const target = await start(bench, kind, await newDatabase(bench.cluster, kind));
  const started = { target, warmed: await warm(bench, target) };
  shared.set(kind, started);
  return started;
}

function start(
  { cluster }: Bench,
  kind: Target["kind"],
  url: string,
  processes?: Processes,
): Promise<Target> {
  return kind === "product" ? startProduct(cluster, url, processes) : startBaseline(cluster, url);
}

function warm({ cluster, options, say }: Bench, target: Target): Promise<Measured> {
  say(`${target.kind}: warming up`);
  return warmUp(
    cluster,
    target,
    scaled(options, target.kind === "product" ? 20_000 : 8_000, 50),
    options.seed,
  );
}

/** Events for each second from the first byte sent until the last event was visible. */
export const eventsPerSecond = ({ events, load }: Measured) => events / load.secondsUntilVisible;

/** Acknowledged bodies for each second of sending. */
export const answersPerSecond = ({ stream }: Measured) => stream.acknowledgedRequests / stream.sendingSeconds;

export function costOf({ label, events, cpu, load }: Measured): CostLine {
  const us = (seconds: number) => (seconds * 1e6) / Math.max(1, events);
  return {
    label,
    events,
    seconds: load.secondsUntilVisible,
    webUs: us(cpu.web),
    workerUs: us(cpu.worker),
    postgresUs: us(cpu.postgres),
    loadUs: us(cpu.load),
  };
}

/** CPU of what is measured, without the load generator. */
export const costUs = ({ webUs, workerUs, postgresUs }: CostLine) => webUs + workerUs + postgresUs;
