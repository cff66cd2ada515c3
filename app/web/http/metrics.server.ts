/** What an operator watches of the web. No label ever names a tenant. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export const registry = new Registry();
collectDefaultMetrics({ register: registry });

export const webhookRequests = new Counter({
  name: "webhook_requests_total",
  help: "Webhook POSTs by outcome.",
  labelNames: ["outcome"] as const,
  registers: [registry],
});

export const webhookSeconds = new Histogram({
  name: "webhook_ingest_seconds",
  help: "From the first byte of a webhook POST to its COMMIT.",
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  registers: [registry],
});

export const metaCallbacks = new Counter({
  name: "meta_callbacks_total",
  help: "Deauthorize and data-deletion callbacks by outcome; anything but done deserves a look.",
  labelNames: ["callback", "outcome"] as const,
  registers: [registry],
});

export const oauthAttempts = new Counter({
  name: "oauth_attempts_total",
  help: "Ended attempts to connect by result: connected, choose, or a reason code.",
  labelNames: ["result"] as const,
  registers: [registry],
});

export const tokenUnsealFailures = new Counter({
  name: "token_unsealed_failures_total",
  help: "Sealed tokens and PINs that did not open, by reason; one is reason enough to look.",
  labelNames: ["reason"] as const,
  registers: [registry],
});

export const liveStreams = new Gauge({
  name: "live_streams",
  help: "Open pages that are told of changes by this process.",
  registers: [registry],
});

/** Asked at each scrape. */
let openConnections = () => ({ asking: 0, answering: 0 });

/** From now on the gauge of open connections shows what `read` answers. */
export function countConnectionsBy(read: typeof openConnections): void {
  openConnections = read;
}

new Gauge({
  name: "http_connections",
  help: "Open connections by what they wait for: the caller (asking) or us (answering); some event streams among these.",
  labelNames: ["state"] as const,
  registers: [registry],
  collect() {
    for (const [state, count] of Object.entries(openConnections())) this.set({ state }, count);
  },
});

export const connectionsCut = new Counter({
  name: "http_connections_cut_total",
  help: "Connections closed because there were too many that ask, or too many that are answered.",
  labelNames: ["reason"] as const,
  registers: [registry],
});
