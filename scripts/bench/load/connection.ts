/**
 * A keep-alive connection that writes finished requests to a raw socket and reads of each answer no more than its status
 * and where it ends. One request at a time; a connection that the server closes is opened again.
 */
import { createConnection, type Socket } from "node:net";

export interface Connection {
  /** `answered` is told the HTTP status, or undefined when the connection broke first. */
  send(request: Buffer, answered: (status: number | undefined) => void): void;
  close(): void;
}

export function openConnection(port: number): Connection {
  let socket: Socket | undefined;
  let waiting: ((status: number | undefined) => void) | undefined;
  let received = "";
  const finish = (status: number | undefined) => {
    const answered = waiting;
    waiting = undefined;
    received = "";
    answered?.(status);
  };
  const open = () => {
    const opened = createConnection({ port, host: "127.0.0.1", noDelay: true });
    opened.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      const status = statusOfWhole(received);
      if (status !== undefined) finish(status);
    });
    opened.on("error", () => {});
    opened.on("close", () => {
      if (socket === opened) socket = undefined;
      finish(undefined);
    });
    return opened;
  };
  return {
    send(request, answered) {
      waiting = answered;
      if (!socket?.writable) socket = open();
      socket.write(request);
    },
    close() {
      socket?.destroy();
    },
  };
}

/** The status once the answer is complete. Answers to POST without length or chunks do not occur with keep-alive. */
function statusOfWhole(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const status = Number(text.slice(9, 12));
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, headEnd))?.[1];
  const complete =
    length === undefined
      ? status === 204 || text.endsWith("\r\n0\r\n\r\n") || text.startsWith("0\r\n\r\n", headEnd + 4)
      : text.length >= headEnd + 4 + Number(length);
  return complete ? status : undefined;
}
