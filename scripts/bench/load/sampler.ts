/**
 * When does what was sent become visible? Sampled events are looked up by message id, which has a unique index, every
 * `pollMs`: a message is visible when its row is, a status when its step has a time. The row can be read only after its
 * COMMIT, so the time seen is at most one poll later than the truth, and never earlier. One short query for each poll
 * and stream, of at most 500 ids, on a connection of its own.
 */
import pg from "pg";
import { createHistogram, type DurationSummary } from "../measures/histogram.ts";
import type { WatchedEvent } from "./bodies.ts";

export interface Sampler {
  /** `sinceMs`: the moment (of performance.now) from which the event is timed. */
  watch(request: number, events: WatchedEvent[], sinceMs: number): void;
  /** For requests that were refused. */
  forget(request: number): void;
  /** Sampled requests that are not visible in full. */
  pending(): number;
  poll(): Promise<void>;
  visible(): DurationSummary;
  close(): Promise<void>;
}

interface Watched {
  events: WatchedEvent[];
  sinceMs: number;
}

const idsAtOnce = 500;

export async function openSampler(databaseUrl: string): Promise<Sampler> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "bench-sampler" });
  client.on("error", () => {});
  await client.connect();
  const waiting = new Map<number, Watched>();
  const times = createHistogram();
  let turn = 0;
  async function poll(): Promise<void> {
    const all = [...waiting];
    // More than that is looked at in turns: then the system is far behind and 50 ms do not matter.
    const start = all.length > idsAtOnce ? (turn++ * idsAtOnce) % all.length : 0;
    const looked = all.slice(start, start + idsAtOnce);
    if (looked.length === 0) return;
    const seen = await readSteps(
      client,
      looked.flatMap(([, { events }]) => events.map(({ id }) => id)),
    );
    const nowMs = performance.now();
    for (const [request, one] of looked) {
      if (!one.events.every(({ id, step }) => seen.get(id)?.includes(step))) continue;
      times.addMs(nowMs - one.sinceMs);
      waiting.delete(request);
    }
  }
  return {
    watch: (request, events, sinceMs) => waiting.set(request, { events, sinceMs }),
    forget: (request) => waiting.delete(request),
    pending: () => waiting.size,
    poll,
    visible: times.summary,
    close: () => client.end(),
  };
}

async function readSteps(client: pg.Client, ids: string[]): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ id: string; steps: string[] }>({
    name: "seen",
    text: `/* bench */ select provider_message_id as id, array_remove(array['message',
                  case when sent_at is not null then 'sent' end,
                  case when delivered_at is not null then 'delivered' end,
                  case when read_at is not null then 'read' end], null) as steps
             from messages where provider_message_id = any($1::text[])`,
    values: [ids],
  });
  return new Map(rows.map(({ id, steps }) => [id, steps]));
}
