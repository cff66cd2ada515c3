/**
 * How many connections may be open at once. Whoever is too many does not lose, whoever has been at it for the longest
 * does: an honest request is over in milliseconds, so what thousands of slow senders take, they take from one another.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { connectionsCut, countConnectionsBy } from "../metrics.server.ts";

export interface ConnectionLimits {
  /** Connections that owe us a request, or the rest of one; among them the idle ones that are kept alive. */
  asking: number;
  /** Connections that we owe an answer, or the rest of one; event streams aside, of which the hub has a limit. */
  answering: number;
  /** A connection on which nothing moves for so long is closed. Longer than what any answer takes, and than a heartbeat. */
  stillMs: number;
}

const usualLimits: ConnectionLimits = { asking: 2_000, answering: 1_000, stillMs: 120_000 };

/** Watches a server from its first connection on. The counts, and how many were cut off, are in the metrics. */
export function limitConnections(server: Server, limits: ConnectionLimits = usualLimits): void {
  // Each in the order of their age.
  const asking = new Map<Socket, true>();
  const answering = new Map<Socket, ServerResponse>();
  const ask = (socket: Socket) => {
    answering.delete(socket);
    asking.delete(socket);
    if (socket.destroyed) return;
    asking.set(socket, true);
    if (asking.size > limits.asking) cutOldest(asking, "asking");
  };
  const answer = (socket: Socket, response: ServerResponse) => {
    // Answered before the end of its body: it still stands where it asks for the next.
    if (response.writableFinished || response.destroyed) return;
    asking.delete(socket);
    answering.set(socket, response);
    if (answering.size > limits.answering) leaveOutStreams(answering);
    if (answering.size > limits.answering) cutOldest(answering, "answering");
  };
  server.on("connection", (socket: Socket) => {
    ask(socket);
    socket.once("close", () => {
      asking.delete(socket);
      answering.delete(socket);
    });
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    // An idle connection that asks again is as young as a new one.
    ask(socket);
    if (hasBody(request)) request.once("end", () => answer(socket, response));
    else answer(socket, response);
    response.once("close", () => ask(socket));
  });
  server.timeout = limits.stillMs;
  countConnectionsBy(() => ({ asking: asking.size, answering: answering.size }));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function cutOldest(line: Map<Socket, unknown>, reason: string): void {
  const [oldest] = line.keys();
  if (!oldest) return;
  connectionsCut.inc({ reason });
  line.delete(oldest);
  oldest.destroy();
}

/** They last for minutes, belong to people who signed in, and have a limit of their own. */
function leaveOutStreams(answering: Map<Socket, ServerResponse>): void {
  for (const [socket, response] of answering) {
    if (String(response.getHeader("content-type")).startsWith("text/event-stream")) answering.delete(socket);
  }
}
