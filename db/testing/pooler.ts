/** A stand-in for a pooler between a client and PostgreSQL: passes everything on but what it takes out of the start-up. */
import { connect, createServer, type Socket } from "node:net";

export interface Pooler {
  /** The database's URL, by way of the pooler. */
  url: string;
  /** What becomes of the start-up options of connections that are opened from now on; undefined takes them out whole. */
  rewrite(change: (options: string) => string | undefined): void;
  stop(): Promise<void>;
}

/** Drops start-up options until it is told otherwise, as poolers do that are set to ignore what they do not know. */
export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let change: (options: string) => string | undefined = () => undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    upstream.pipe(client);
    let begun = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      begun = Buffer.concat([begun, chunk]);
      if (begun.length < 4 || begun.length < begun.readUInt32BE(0)) return;
      client.off("data", onData);
      const length = begun.readUInt32BE(0);
      upstream.write(rewriteStartup(begun.subarray(0, length), change));
      upstream.write(begun.subarray(length));
      client.pipe(upstream);
    };
    client.on("data", onData);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("The pooler has no port.");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    rewrite: (next) => {
      change = next;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** StartupMessage: length, protocol version, then names and values, each ended by a zero byte, and a zero byte. */
function rewriteStartup(message: Buffer, change: (options: string) => string | undefined): Buffer {
  const words = message.subarray(8).toString("utf8").split("\0");
  const kept: string[] = [];
  for (let at = 0; words[at]; at += 2) {
    const [name = "", value = ""] = words.slice(at, at + 2);
    const changed = name === "options" ? change(value) : value;
    if (changed !== undefined) kept.push(name, changed);
  }
  const body = Buffer.from(`${kept.map((word) => `${word}\0`).join("")}\0`);
  const head = Buffer.from(message.subarray(0, 8));
  head.writeUInt32BE(8 + body.length, 0);
  return Buffer.concat([head, body]);
}
