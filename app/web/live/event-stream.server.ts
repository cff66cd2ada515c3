/** What one open page hears from us: server-sent events that name what changed, never how. */
import type { AppLoadContext } from "@remix-run/node";
import type { ChangeTopic } from "#db/queries/inbox/live.ts";
import { services } from "../services.server.ts";
import { readViewer, type Viewer } from "../session/session.server.ts";
import type { LiveHub, LiveStream } from "./live.server.ts";

const headers = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  // Proxies that gather an answer before they pass it on would gather this one for a quarter of an hour.
  "X-Accel-Buffering": "no",
};

/**
 * `event: changed` with `data: conversations` or `data: connections`, of the viewer's workspace only and each at most
 * once a second, the last one never left out. Ends when the browser leaves, after 15 minutes, with the session (within
 * 15 s where nobody was told of its end: it was idle, or the database was away), and when the process drains. 503 when
 * the process has as many streams as it may.
 */
export function openEventStream(request: Request, viewer: Viewer, context: AppLoadContext = {}): Response {
  const { live } = services();
  let end = () => {};
  let full = false;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
      send("retry: 3000\n\n");
      const close = () => {
        if (!cancelled) controller.close();
      };
      const stream = streamOf(live, viewer, { send, close, isStillHere: () => isStillHere(request, viewer) });
      end = stream.end;
      full = !live.join(stream);
      if (full) return end();
      stream.watch();
      // Last: of a browser that has left already `onGone` tells at once, and only what has joined can leave.
      whenGone(request, context, end);
    },
    cancel() {
      cancelled = true;
      end();
    },
  });
  if (full) return new Response(null, { status: 503, headers: { "Retry-After": "5" } });
  return new Response(body, { headers });
}

/**
 * Calls `end` when the answer is over or its reader has left. By the response's own word where there is one: the signal
 * of a request is wired through copies of it, and says nothing any more once one of them was collected, which a stream
 * of minutes lives to see.
 */
export function whenGone(request: Request, { onGone }: AppLoadContext, end: () => void): void {
  if (typeof onGone === "function") onGone(end);
  else request.signal.addEventListener("abort", end);
}

/** True as well when nobody can tell at the moment: the next check will. */
async function isStillHere(request: Request, { sessionId, tenantId }: Viewer): Promise<boolean> {
  try {
    const now = await readViewer(request);
    return now?.sessionId === sessionId && now.tenantId === tenantId;
  } catch {
    return true;
  }
}

interface Wire {
  send(text: string): void;
  close(): void;
  isStillHere(): Promise<boolean>;
}

/** `watch` begins the signs of life, and ends the stream when `isStillHere` says no or its time is over. */
function streamOf(
  live: LiveHub,
  { tenantId, userId, sessionId }: Viewer,
  { send, close, isStillHere }: Wire,
) {
  const { heartbeatMs, lifetimeMs, pauseMs } = live.pace;
  const changes = throttled((topic) => send(`event: changed\ndata: ${topic}\n\n`), pauseMs);
  let heart: NodeJS.Timeout | undefined;
  let life: NodeJS.Timeout | undefined;
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    changes.stop();
    clearInterval(heart);
    clearTimeout(life);
    live.leave(stream);
    close();
  };
  const verify = async () => {
    if (!ended && !(await isStillHere())) end();
  };
  const watch = () => {
    if (ended) return;
    life = setTimeout(end, lifetimeMs).unref();
    heart = setInterval(() => {
      send(":\n\n");
      void verify();
    }, heartbeatMs).unref();
    // The session may have ended after it was read and before anybody was told whom to tell.
    void verify();
  };
  const stream: LiveStream & { watch: typeof watch } = {
    tenantId,
    userId,
    sessionId,
    tell: changes.tell,
    verify,
    end,
    watch,
  };
  return stream;
}

/** At once when there was none of its topic for `pauseMs`; else one when that time is over, however many there were. */
function throttled(send: (topic: ChangeTopic) => void, pauseMs: number) {
  const pauses = new Map<ChangeTopic, { timer: NodeJS.Timeout; waiting: boolean }>();
  let stopped = false;
  const tell = (topic: ChangeTopic) => {
    if (stopped) return;
    const pause = pauses.get(topic);
    if (pause) {
      pause.waiting = true;
      return;
    }
    const over = () => {
      const waiting = pauses.get(topic)?.waiting;
      pauses.delete(topic);
      if (waiting) tell(topic);
    };
    pauses.set(topic, { timer: setTimeout(over, pauseMs).unref(), waiting: false });
    send(topic);
  };
  const stop = () => {
    stopped = true;
    for (const { timer } of pauses.values()) clearTimeout(timer);
  };
  return { tell, stop };
}
