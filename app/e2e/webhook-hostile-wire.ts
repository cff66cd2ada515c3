/** HTTP by hand, for what no client would send: bytes in, bytes out, and how long it took. */
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

export interface Answer {
  /** 0 when the other side closed without a word. */
  status: number;
  /** Everything that came, head and body. */
  text: string;
  /** How often an answer began: two to what was meant as one request is smuggling. */
  answers: number;
  /** From the first byte sent to the close. */
  ms: number;
}

/** Nobody may keep a test waiting longer than the server's own time limits, and some room. */
const patienceMs = 25_000;

/** Writes `parts` on a connection of its own and answers what came until the server closed it. */
export function exchange(port: number, ...parts: (string | Uint8Array)[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`open after ${patienceMs} ms: ${text}`)));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    // A server that refuses early may close while we still write; what it said before counts.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (!/^(ECONNRESET|EPIPE)$/.test(error.code ?? "")) reject(error);
    });
    socket.on("close", () => resolve(answerOf(text, performance.now() - started)));
    for (const part of parts) socket.write(part);
  });
}

function answerOf(text: string, ms: number): Answer {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  return { status, text, answers: text.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0, ms };
}

/** The head of a POST to the webhook, ended by an empty line. */
export function head(path: string, lines: string[]): string {
  return [`POST ${path} HTTP/1.1`, "Host: localhost", ...lines, "", ""].join("\r\n");
}

const block = Buffer.alloc(65_536, "x");
const chunk = Buffer.concat([Buffer.from("10000\r\n"), block, Buffer.from("\r\n")]);

export interface Upload {
  status: number;
  /** From the moment the byte that crosses `limit` was handed over to the first byte of the answer. */
  ms: number;
}

/** Sends up to `total` bytes of rubbish as fast as they are taken, until it is answered. */
export function upload(
  port: number,
  requestHead: string,
  { chunked, total, limit }: { chunked: boolean; total: number; limit: number },
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let sent = 0;
    let crossed = Number.POSITIVE_INFINITY;
    const finish = (text: string) => {
      const ms = Math.max(0, performance.now() - crossed);
      socket.destroy();
      resolve({ status: answerOf(text, 0).status, ms });
    };
    const push = () => {
      while (sent < total && !socket.destroyed) {
        sent += block.byteLength;
        if (sent > limit && crossed === Number.POSITIVE_INFINITY) crossed = performance.now();
        if (!socket.write(chunked ? chunk : block)) return;
      }
    };
    socket.setTimeout(patienceMs, () => socket.destroy(new Error("not answered")));
    socket.once("data", (answer) => finish(answer.toString("latin1")));
    socket.once("error", reject);
    socket.on("drain", push);
    socket.once("connect", () => {
      socket.write(requestHead);
      if (limit === 0) crossed = performance.now();
      push();
    });
  });
}

/** A sender that never gets to the end: a byte every second. `closed` resolves with the time the server bore it. */
export function drip(port: number, start: string): { socket: Socket; closed: Promise<number> } {
  const started = performance.now();
  const socket = connect(port, "127.0.0.1", () => socket.write(start));
  const timer = setInterval(() => socket.writable && socket.write("a"), 1_000);
  const closed = new Promise<number>((resolve, reject) => {
    socket.setTimeout(patienceMs, () => reject(new Error(`still open after ${patienceMs} ms`)));
    socket.on("error", () => {});
    socket.resume();
    socket.once("close", () => {
      clearInterval(timer);
      resolve(performance.now() - started);
    });
  });
  return { socket, closed };
}

/** Resident memory of a process in MB, now; and from this moment on its highest is counted anew. */
export function watchMemory(pid: number): { growthMb(): number } {
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) /
    1024;
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  const before = field("VmRSS");
  return { growthMb: () => field("VmHWM") - before };
}
