import { createServer } from "node:net";

/** A port that nobody listens on now: `wanted` when it is free, else the next free one after it, else any (0). */
export async function freePort(wanted = 0): Promise<number> {
  for (let port = wanted; wanted > 0 && port < wanted + 50; port++) {
    if (await canListen(port)) return port;
  }
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("No free port.")),
      );
    });
  });
}

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
