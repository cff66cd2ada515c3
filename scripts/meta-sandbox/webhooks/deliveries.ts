import { callLoopback } from "../loopback-http.ts";
import type { Clock } from "../world/clock.ts";

/**
 * Meta: an immediate retry after the first failure, then growing pauses for up to seven days in all (older pages say 36
 * hours), then the update is dropped.
 */
export const DEFAULT_RETRY_DELAYS_MS = [
  0, 1000, 5000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 172_800_000, 259_200_000,
];

const TIMEOUT_MS = 10_000;
const KEPT_DELIVERIES = 500;
// setTimeout runs at once for longer delays.
const LONGEST_TIMER_MS = 2_147_483_647;

interface Attempt {
  status: number | null;
  /** Why there was no status: `timeout`, `ECONNREFUSED`, … */
  error: string | null;
}

type DeliveryState = "sending" | "delivered" | "retrying" | "gave_up" | "refused";

/** What is known about one webhook POST. `refused`: not accepted, and nobody would repeat it. */
export interface DeliverySummary {
  id: string;
  kind: string;
  url: string;
  state: DeliveryState;
  attempts: Attempt[];
  nextAttemptAt: number | null;
}

export interface NewDelivery {
  kind: string;
  url: string;
  bytes: Buffer;
  headers: Record<string, string>;
  /** false: sent once, whatever the answer. */
  retry: boolean;
}

interface Entry extends DeliverySummary {
  post: NewDelivery;
  timer: NodeJS.Timeout | null;
}

export interface DeliveryEngineOptions {
  clock: Clock;
  retryDelaysMs: number[];
  log: (line: string) => void;
}

/** Only HTTP 200 within 10 s counts as accepted; every other answer is repeated with the same bytes on the schedule. */
export class DeliveryEngine {
  readonly #options: DeliveryEngineOptions;
  #entries: Entry[] = [];
  #lastNumber = 0;
  #gaveUp = 0;
  #closed = false;

  constructor(options: DeliveryEngineOptions) {
    this.#options = options;
  }

  /** Resolves after the first attempt; retries go on behind it with the same bytes. */
  async send(delivery: NewDelivery): Promise<DeliverySummary> {
    return this.#deliver(delivery);
  }

  /** Sends the bytes of an earlier delivery (the last one by default) again. Null when there is none. */
  async resend(id?: string): Promise<DeliverySummary | null> {
    const original = id === undefined ? this.#entries.at(-1) : this.#find(id);
    return original ? this.#deliver(original.post) : null;
  }

  /** Newest first. */
  list(): DeliverySummary[] {
    return this.#entries.map(summaryOf).reverse();
  }

  /** Deliveries that were dropped after the last retry. */
  gaveUpCount(): number {
    return this.#gaveUp;
  }

  /** Runs the retries that are due by the clock, after it was moved. Resolves when they have been answered. */
  async runDue(): Promise<void> {
    const now = this.#options.clock.now();
    const due = this.#entries.filter((entry) => entry.nextAttemptAt !== null && entry.nextAttemptAt <= now);
    await Promise.all(due.map((entry) => this.#attempt(entry)));
  }

  /** Forgets every delivery; nothing is retried any more. */
  clear(): void {
    for (const entry of this.#entries) cancel(entry);
    this.#entries = [];
    this.#gaveUp = 0;
  }

  /** Sends nothing any more, not even what is asked for from now on. */
  close(): void {
    this.clear();
    this.#closed = true;
  }

  async #deliver(delivery: NewDelivery): Promise<DeliverySummary> {
    this.#lastNumber += 1;
    const entry: Entry = {
      id: `delivery-${this.#lastNumber}`,
      kind: delivery.kind,
      url: delivery.url,
      state: "sending",
      attempts: [],
      nextAttemptAt: null,
      post: delivery,
      timer: null,
    };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT_DELIVERIES) cancel(this.#entries.shift());
    await this.#attempt(entry);
    return summaryOf(entry);
  }

  async #attempt(entry: Entry): Promise<void> {
    cancel(entry);
    if (this.#closed) return;
    entry.state = "sending";
    const made = await post(entry.post);
    entry.attempts.push(made);
    const outcome = made.status === null ? made.error : `HTTP ${made.status}`;
    this.#options.log(`webhook ${entry.id} ${entry.kind} attempt ${entry.attempts.length}: ${outcome}`);
    if (made.status === 200) entry.state = "delivered";
    else if (!entry.post.retry) entry.state = "refused";
    else this.#scheduleRetry(entry);
  }

  #scheduleRetry(entry: Entry): void {
    // An entry that was cleared or pushed out meanwhile is not repeated.
    if (!this.#entries.includes(entry)) return;
    const delay = this.#options.retryDelaysMs[entry.attempts.length - 1];
    if (delay === undefined) {
      entry.state = "gave_up";
      this.#gaveUp += 1;
      return;
    }
    entry.state = "retrying";
    entry.nextAttemptAt = this.#options.clock.now() + delay;
    entry.timer = setTimeout(() => void this.#attempt(entry), Math.min(delay, LONGEST_TIMER_MS)).unref();
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }
}

function cancel(entry: Entry | undefined): void {
  if (!entry) return;
  if (entry.timer) clearTimeout(entry.timer);
  entry.timer = null;
  entry.nextAttemptAt = null;
}

async function post(delivery: NewDelivery): Promise<Attempt> {
  const headers = { ...delivery.headers, "Content-Length": delivery.bytes.length };
  try {
    const { url, bytes: body } = delivery;
    const answer = await callLoopback({ method: "POST", url, headers, body, timeoutMs: TIMEOUT_MS });
    return { status: answer.status, error: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "failed";
    return { status: null, error: reason };
  }
}

function summaryOf(entry: Entry): DeliverySummary {
  const { post: _post, timer: _timer, ...summary } = entry;
  return structuredClone(summary);
}
