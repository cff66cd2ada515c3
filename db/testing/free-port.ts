import { createServer } from "node:net";

/**
 * A port that nobody listens on now: `wanted` when it is free, else the next free one after it; without a wish any. That
 * one may be listened on seconds later, so it lies below those that Linux gives to outgoing connections, and each
 * process takes from its own hundred, one after the other.
 */
export async function freePort(wanted = 0): Promise<number> {
  for (let tried = 0; tried < 100; tried++) {
    const port = wanted > 0 ? wanted + tried : hundred + (next++ % 100);
    if (await canListen(port)) return port;
  }
  throw new Error("No free port.");
}

const hundred = 12_000 + (process.pid % 200) * 100;
let next = 0;

/** On every interface, as our servers do: a port taken on one of them only is taken all the same. */
async function canListen(port: number): Promise<boolean> {
  const tryHost = (host: string) =>
    new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
      probe.listen(port, host, () => probe.close(() => resolve(true)));
    });
  return (await tryHost("127.0.0.1")) && (await tryHost("::"));
}
