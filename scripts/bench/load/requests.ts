/** Whole HTTP/1.1 requests, signed, made before the clock starts and kept in large blocks of memory. */
import { createHmac } from "node:crypto";
import { escapeLikeMeta } from "../../meta-sandbox/webhooks/signing.ts";
import { bodyWriter, type WatchedEvent } from "./bodies.ts";
import type { StreamPlan } from "./plan.ts";

export interface PreparedRequests {
  count: number;
  /** The bytes of request `index`. */
  at(index: number): Buffer;
  messagesIn(index: number): number;
  statusesIn(index: number): number;
  /** Events of the request to look for; undefined for those that are not sampled. */
  watched: Map<number, WatchedEvent[]>;
}

const blockBytes = 32 * 1024 * 1024;

export function prepareRequests(
  plan: StreamPlan,
  { path, appSecret }: { path: string; appSecret: string },
): PreparedRequests {
  const bodies = bodyWriter(plan);
  const blocks: Buffer[] = [];
  const place = new Float64Array(plan.requests * 2);
  const messages = new Uint16Array(plan.requests);
  const statuses = new Uint16Array(plan.requests);
  const watched = new Map<number, WatchedEvent[]>();
  let used = blockBytes;
  for (let index = 0; index < plan.requests; index++) {
    const body = bodies.next();
    const request = requestOf(path, appSecret, escapeLikeMeta(body.value));
    if (used + request.length > blockBytes) {
      blocks.push(Buffer.allocUnsafeSlow(Math.max(blockBytes, request.length)));
      used = 0;
    }
    request.copy(blocks.at(-1) ?? request, used);
    place[index * 2] = (blocks.length - 1) * 2 ** 32 + used;
    place[index * 2 + 1] = request.length;
    used += request.length;
    messages[index] = body.messages;
    statuses[index] = body.statuses;
    // The last ones always: the end of a run is when the last event is seen.
    if (index % plan.sampleEvery === 0 || index >= plan.requests - 20) watched.set(index, body.events);
  }
  return {
    count: plan.requests,
    at(index) {
      const [at = 0, length = 0] = [place[index * 2], place[index * 2 + 1]];
      const offset = at % 2 ** 32;
      return (blocks[Math.floor(at / 2 ** 32)] ?? Buffer.alloc(0)).subarray(offset, offset + length);
    },
    messagesIn: (index) => messages[index] ?? 0,
    statusesIn: (index) => statuses[index] ?? 0,
    watched,
  };
}

function requestOf(path: string, appSecret: string, body: Buffer): Buffer {
  const signature = createHmac("sha256", appSecret).update(body).digest("hex");
  const head =
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\nAccept: */*\r\n` +
    `Content-Type: application/json\r\nX-Hub-Signature-256: sha256=${signature}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}
