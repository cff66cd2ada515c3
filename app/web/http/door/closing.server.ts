/** How the web's server ends: what has begun is finished, and nobody can keep it from ending. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What has begun is given so long. Platforms kill after 10 s, of which draining and the pools need some. */
const usualGraceMs = 5_000;
/** What was sent as the door closed may not have been read yet. */
const firstWordMs = 200;

/**
 * Watches a server from its first connection on. What it answers closes the server: nobody new gets in, connections that
 * are idle end at once, those without a word in a moment, and those with a request under way with its answer, or cut off after
 * `graceMs`. Node itself would wait for the silent ones, and once it closes no longer looks at its own time limits.
 */
export function prepareToClose(server: Server, graceMs = usualGraceMs): () => Promise<void> {
  const sockets = new Set<Socket>();
  let closing = false;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Whoever was told before that the connection will be kept.
  server.on("request", (_request: IncomingMessage, response: ServerResponse) => {
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  return async () => {
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    // A browser opens one for what it may want next.
    const endSilent = () => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    };
    const timers = [
      setTimeout(endSilent, firstWordMs),
      setTimeout(() => server.closeAllConnections(), graceMs),
    ];
    await closed;
    for (const timer of timers) clearTimeout(timer);
  };
}
