/** What the load process is told to do, and what it answers. Both cross a process boundary as JSON. */
import type { DurationSummary } from "../measures/histogram.ts";
import type { Part } from "../world/world.ts";

export interface StreamPlan {
  name: string;
  /** Goes into message ids; no two streams on one database have the same. */
  run: number;
  seed: number;
  part: Part;
  /** message: one text each. sizing: one message, then sent, delivered and read of others. bulk: `updatesPerBody`. */
  mix: "message" | "sizing" | "bulk";
  updatesPerBody: number;
  /** Bodies prepared before the clock starts; the stream ends with them. */
  requests: number;
  /** The stream ends then even if bodies are left. */
  secondsAtMost: number;
  connections: number;
  /** Open loop: sent when their time has come, and timed from it. Undefined, closed loop: each connection in turn. */
  perSecond?: number;
  /** Closed loop: sending pauses while about this many events are acknowledged and not yet visible. */
  backlogEvents?: number;
  /** Every n-th body is looked for in the database. */
  sampleEvery: number;
}

export interface LoadPlan {
  streams: StreamPlan[];
  ports: number[];
  path: string;
  appSecret: string;
  databaseUrl: string;
  /** Returns one row while there is accepted work that is not done. */
  openWorkSql: string;
  pollMs: number;
  /** How long what was accepted may take to become visible after the last answer. */
  drainSecondsAtMost: number;
}

export interface StreamResult {
  name: string;
  sentRequests: number;
  acknowledgedRequests: number;
  acknowledgedMessages: number;
  acknowledgedStatuses: number;
  /** By HTTP status, or `no answer`. */
  failed: Record<string, number>;
  answer: DurationSummary;
  visible: DurationSummary;
  sendingSeconds: number;
  /** Open loop: more than five seconds behind its schedule, so the rest was not sent. */
  abandoned: boolean;
}

export interface LoadResult {
  streams: StreamResult[];
  /** From the first byte sent until everything accepted was seen. */
  secondsUntilVisible: number;
  /** False when the wait for that ended first. */
  drained: boolean;
}

export type ToLoad = { kind: "plan"; plan: LoadPlan } | { kind: "go" } | { kind: "end" };
export type FromLoad =
  | { kind: "prepared"; seconds: number }
  | { kind: "result"; result: LoadResult }
  | { kind: "failed"; message: string };
