/** HTTP by hand, for what no client would send: bytes in, bytes out, and how long it took. */
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";

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
  return exchangeUntil(undefined, port, ...parts);
}

/** The same, but goes away, in the middle of whatever it is, after a while without a word from the other side. */
export function exchangeUntil(
  leaveAfterMs: number | undefined,
  port: number,
  ...parts: (string | Uint8Array)[]
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setTimeout(leaveAfterMs ?? patienceMs, () => {
      if (leaveAfterMs !== undefined) socket.destroy();
      else socket.destroy(new Error(`open after ${patienceMs} ms: ${text}`));
    });
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

export const megabyte = 1024 * 1024;
/** The first size that the webhook does not take: Meta's three megabytes, a little, and one byte. */
export const overLimit = 3 * megabyte + 64 * 1024 + 1;
/** A signature of the right form, which is nobody's. */
export const unsigned = `X-Hub-Signature-256: sha256=${"0".repeat(64)}`;

const block = Buffer.alloc(65_536, "x");
const chunk = Buffer.concat([Buffer.from("10000\r\n"), block, Buffer.from("\r\n")]);

/** So many bytes of a chunked body, whose end is still to come. */
export function chunked(bytes: number): Buffer {
  const rest = bytes % block.length;
  const last = `${rest.toString(16)}\r\n${"x".repeat(rest)}\r\n`;
  const whole = Array<Buffer>(Math.floor(bytes / block.length)).fill(chunk);
  return Buffer.concat(rest ? [...whole, Buffer.from(last)] : whole);
}

export interface Begun {
  /** 0 until the answer begins, and for good where the other side closes without a word. */
  status(): number;
  isClosed(): boolean;
  send(text: string): void;
  leave(): void;
}

/** Sends `parts` on a connection of its own and then waits, whatever else was announced. */
export function begin(port: number, ...parts: (string | Uint8Array)[]): Begun {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let closed = false;
  socket.on("data", (data) => {
    text += data.toString("latin1");
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    closed = true;
  });
  for (const part of parts) socket.write(part);
  return {
    status: () => answerOf(text, 0).status,
    isClosed: () => closed,
    send: (more) => void (socket.writable && socket.write(more)),
    leave: () => void socket.destroy(),
  };
}

/** How many have which answer, how many are `cut` off without one, and how many are `waiting`. */
export function countByStatus(all: Begun[]): Record<string, number> {
  const states = all.map((one) => one.status() || (one.isClosed() ? "cut" : "waiting"));
  return Object.fromEntries([...Map.groupBy(states, String)].map(([state, { length }]) => [state, length]));
}

export interface Upload {
  /** 0 where the connection was cut before any answer. */
  status: number;
  /** From the moment at which the byte that is too much was handed over to the first byte of the answer. */
  ms: number;
  /** Bytes that the system has taken from us. */
  sent: number;
}

interface UploadSize {
  chunked: boolean;
  total: number;
  /** After its answer, too, until the end or until it is cut. */
  goesOn?: boolean;
}

/** Sends up to `total` bytes of rubbish as fast as they are taken, until it is answered. */
export function upload(
  port: number,
  requestHead: string,
  { chunked, total, goesOn }: UploadSize,
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let [sent, status, ms] = [0, 0, 0];
    // What is announced is known to be too much with the head.
    const limit = chunked ? overLimit - 1 : -1;
    let crossed = Number.POSITIVE_INFINITY;
    const push = () => {
      if (sent >= total) return void (status > 0 && socket.destroy());
      if (sent + block.byteLength > limit) crossed = Math.min(crossed, performance.now());
      socket.write(chunked ? chunk : block, (error) => {
        if (error || socket.destroyed) return;
        sent += block.byteLength;
        push();
      });
    };
    socket.setTimeout(patienceMs, () => reject(new Error("neither answered nor cut off")));
    socket.on("data", (answer) => {
      if (status === 0) ms = Math.max(0, performance.now() - crossed);
      status ||= answerOf(answer.toString("latin1"), 0).status;
      if (!goesOn || sent >= total) socket.destroy();
    });
    // Cut in the middle of what it sends.
    socket.on("error", () => {});
    socket.once("close", () => resolve({ status, ms, sent }));
    socket.once("connect", () => {
      socket.write(requestHead);
      push();
    });
  });
}

export interface Drip {
  isOpen(): boolean;
  /** How long the server bore it. Rejects where it was not closed within our patience. */
  closed: Promise<number>;
  leave(): void;
}

/** A sender that never gets to the end: a byte every second. */
export function drip(port: number, start: string): Drip {
  const started = performance.now();
  let open = true;
  const socket = connect(port, "127.0.0.1", () => socket.write(start));
  const timer = setInterval(() => socket.writable && socket.write("a"), 1_000);
  const closed = new Promise<number>((resolve, reject) => {
    // Not of the socket's own: that one begins anew with each byte that is sent.
    const patience = setTimeout(() => {
      reject(new Error(`still open after ${patienceMs} ms`));
      socket.destroy();
    }, patienceMs);
    socket.on("error", () => {});
    socket.resume();
    socket.once("close", () => {
      clearInterval(timer);
      clearTimeout(patience);
      open = false;
      resolve(performance.now() - started);
    });
  });
  // Whoever asks is told; where nobody has asked yet nothing is wrong with the process.
  closed.catch(() => {});
  return { isOpen: () => open, closed, leave: () => void socket.destroy() };
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
