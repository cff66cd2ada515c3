import http, { type IncomingMessage } from "node:http";
import https from "node:https";

export interface LoopbackAnswer {
  status: number;
  /** At most 4 KB. */
  body: string;
}

export interface LoopbackCall {
  method: "GET" | "POST";
  url: string;
  headers?: Record<string, string | number>;
  body?: Buffer;
  timeoutMs: number;
}

const KEPT_BODY_BYTES = 4096;

/**
 * Guarantee: the sandbox talks to this machine only.
 * @throws Error for a URL that is not http(s) on localhost, 127.0.0.0/8 or ::1.
 */
export function assertLoopback(url: string): URL {
  if (!URL.canParse(url)) throw new Error("not a URL");
  const parsed = new URL(url);
  const isWeb = parsed.protocol === "http:" || parsed.protocol === "https:";
  const isLocal = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname);
  if (!isWeb || !isLocal) throw new Error("the sandbox calls loopback addresses only");
  return parsed;
}

/**
 * One request, one answer; redirects are not followed. Rejects with an Error whose message is `timeout` or the system's
 * error code (`ECONNREFUSED`, `ECONNRESET`, …).
 */
export function callLoopback(call: LoopbackCall): Promise<LoopbackAnswer> {
  return new Promise((resolve, reject) => {
    const url = assertLoopback(call.url);
    const client = url.protocol === "https:" ? https : http;
    const request = client.request(url, { method: call.method, headers: call.headers ?? {}, agent: false });
    const timer = setTimeout(() => request.destroy(new Error("timeout")), call.timeoutMs);
    const failed = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new Error(error.code ?? error.message));
    };
    request.on("error", failed);
    request.on("response", (response) => {
      response.on("error", failed);
      collectBody(response, (body) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    request.end(call.body);
  });
}

function collectBody(response: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    if (size < KEPT_BODY_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  response.on("end", () => done(Buffer.concat(chunks).subarray(0, KEPT_BODY_BYTES).toString("utf8")));
}
