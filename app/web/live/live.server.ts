/** Tells open pages of changes in their own workspace: one listening connection for all the streams of a process. */
import type { ChangeTopic } from "#db/queries/inbox/live.ts";
import type { Log } from "../../platform/log.server.ts";
import { liveStreams } from "../http/metrics.server.ts";
import { keepListening } from "./live-listener.server.ts";

export interface LivePace {
  /** Between two signs of life of a stream, and two checks whether its session and the listening connection live. */
  heartbeatMs: number;
  /** A stream ends then; the browser opens the next one. */
  lifetimeMs: number;
  /** Between two events of one topic on one stream. */
  pauseMs: number;
}

/** A proxy may close what is silent for 20 s, as scripts/operate/README.md says: a sign of life that is a little late must not be too late. */
export const usualPace: LivePace = { heartbeatMs: 15_000, lifetimeMs: 15 * 60_000, pauseMs: 1_000 };
const streamsOfOnePerson = 12;
const streamsOfOneProcess = 4_000;

export interface LiveStream {
  tenantId: string;
  userId: string;
  sessionId: string;
  tell(topic: ChangeTopic): void;
  /** Checks whether its session lives, and ends it when not. */
  verify(): void;
  end(): void;
}

export interface LiveHub {
  readonly pace: LivePace;
  /**
   * From now on the stream is told what changes in its workspace, and nothing of any other, and ends when its session
   * does, whichever process ends that. The person's oldest one ends when there are more than twelve; false when the
   * process has as many as it may. While closing, the stream is ended.
   */
  join(stream: LiveStream): boolean;
  leave(stream: LiveStream): void;
  /** Ends every stream and the listening; whoever joins afterwards is ended at once. Idempotent. */
  close(): Promise<void>;
}

interface HubSetting {
  connectionString: string;
  log: Log;
  pace?: LivePace;
}

/** Listens from the first stream on. While the database is away streams stay, and are told of everything afterwards. */
export function createLiveHub({ connectionString, log, pace = usualPace }: HubSetting): LiveHub {
  const streams = new StreamRegister();
  const listener = keepListening({
    connectionString,
    checkMs: pace.heartbeatMs,
    log,
    onChange: (topic, tenantIds) => {
      for (const stream of tenantIds.flatMap((id) => streams.ofTenant(id))) stream.tell(topic);
    },
    onSessionEnded: (sessionId) => {
      for (const stream of streams.ofSession(sessionId)) stream.end();
    },
    onListening: () => refreshAll(streams.all()),
  });
  let closed = false;
  return {
    pace,
    join(stream) {
      if (closed) stream.end();
      else if (streams.size >= streamsOfOneProcess) return false;
      else {
        streams.add(stream)?.end();
        listener.start();
      }
      return true;
    },
    leave: (stream) => streams.delete(stream),
    async close() {
      closed = true;
      for (const stream of streams.all()) stream.end();
      await listener.stop();
    },
  };
}

/** What was missed is not known. Thousands of pages ask for their data one after the other, not in the same moment. */
function refreshAll(streams: LiveStream[]): void {
  const withinMs = Math.min(2_000, streams.length * 5);
  for (const stream of streams) {
    setTimeout(() => {
      stream.tell("conversations");
      stream.tell("connections");
      stream.verify();
    }, Math.random() * withinMs).unref();
  }
}

class StreamRegister {
  readonly #byTenant = new Map<string, Set<LiveStream>>();
  readonly #byPerson = new Map<string, Set<LiveStream>>();
  readonly #bySession = new Map<string, Set<LiveStream>>();
  size = 0;

  /** Returns the stream that is one too many for its person. */
  add(stream: LiveStream): LiveStream | undefined {
    this.size++;
    liveStreams.inc();
    into(this.#byTenant, stream.tenantId, stream);
    into(this.#bySession, stream.sessionId, stream);
    const own = into(this.#byPerson, stream.userId, stream);
    return own.size > streamsOfOnePerson ? own.values().next().value : undefined;
  }

  delete(stream: LiveStream): void {
    if (!outOf(this.#byTenant, stream.tenantId, stream)) return;
    outOf(this.#byPerson, stream.userId, stream);
    outOf(this.#bySession, stream.sessionId, stream);
    this.size--;
    liveStreams.dec();
  }

  ofTenant(tenantId: string): LiveStream[] {
    return [...(this.#byTenant.get(tenantId) ?? [])];
  }

  ofSession(sessionId: string): LiveStream[] {
    return [...(this.#bySession.get(sessionId) ?? [])];
  }

  all(): LiveStream[] {
    return [...this.#byTenant.values()].flatMap((streams) => [...streams]);
  }
}

function into<T>(map: Map<string, Set<T>>, key: string, item: T): Set<T> {
  const items = map.get(key) ?? new Set();
  map.set(key, items.add(item));
  return items;
}

function outOf<T>(map: Map<string, Set<T>>, key: string, item: T): boolean {
  const items = map.get(key);
  if (!items?.delete(item)) return false;
  if (items.size === 0) map.delete(key);
  return true;
}
