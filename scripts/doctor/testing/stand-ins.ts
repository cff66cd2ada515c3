/** For doctor's tests: small servers that stand in for the web, a silent host and a pooler. */
import { createServer, type RequestListener } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createSocketServer,
  type Server,
  type Socket,
} from "node:net";
import { onTestFinished } from "vitest";

/** What the stand-in for our web does; a test changes it to break one thing. */
export interface WebHabits {
  verifyToken: string;
  readyStatus: number;
  readyBody: string;
  callbackStatus: number;
  callbackLocation: string;
  /** Around the echoed challenge. */
  echo(challenge: string): string;
  wrongTokenStatus: number;
}

/** `/readyz`, the callback, the handshake and `/login`, as our web answers them to a stranger. */
export async function standInWeb(verifyToken: string): Promise<{ origin: string; habits: WebHabits }> {
  const habits: WebHabits = {
    verifyToken,
    readyStatus: 200,
    readyBody: '{"ready":true}',
    callbackStatus: 303,
    callbackLocation: "/login?returnTo=%2Fapi",
    echo: (challenge) => challenge,
    wrongTokenStatus: 403,
  };
  const port = await served(createServer(answersOf(habits)));
  return { origin: `http://127.0.0.1:${port}`, habits };
}

function answersOf(habits: WebHabits): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://web");
    if (pathname === "/readyz") return void response.writeHead(habits.readyStatus).end(habits.readyBody);
    if (pathname === "/api/integrations/meta/whatsapp/callback") {
      return void response.writeHead(habits.callbackStatus, { location: habits.callbackLocation }).end();
    }
    if (pathname !== "/webhooks/meta/whatsapp") return void response.writeHead(404).end();
    const named = searchParams.get("hub.verify_token") === habits.verifyToken;
    const echoed = habits.echo(searchParams.get("hub.challenge") ?? "");
    response.writeHead(named ? 200 : habits.wrongTokenStatus).end(named ? echoed : "Forbidden");
  };
}

/** A host that answers every request the same way. */
export async function fixedAnswer(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await served(createServer(answer))}`;
}

/** A host that takes connections and never says a word. */
export async function silentHost(): Promise<number> {
  return served(createSocketServer());
}

/** In front of a PostgreSQL: refuses start-up options as PgBouncer does, and passes everything else on. */
export async function poolerWithoutOptions(databaseUrl: string): Promise<string> {
  const { hostname, port } = new URL(databaseUrl);
  const server = createSocketServer((client) => {
    client.on("error", () => {});
    client.once("data", (startup) => {
      if (startup.includes("\0options\0"))
        return void client.end(fatal("08P01", "unsupported startup parameter"));
      const upstream = connect(Number(port), hostname);
      upstream.on("error", () => client.destroy());
      upstream.write(startup);
      client.pipe(upstream).pipe(client);
    });
  });
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${await served(server)}`;
  return url.href;
}

/** A PostgreSQL that turns everybody away with this SQLSTATE. */
export async function refusingDatabase(state: string): Promise<string> {
  const server = createSocketServer((client) => {
    client.on("error", () => {});
    client.once("data", () => client.end(fatal(state, "canary")));
  });
  return `postgres://u:canary@127.0.0.1:${await served(server)}/curbe`;
}

/** An ErrorResponse of PostgreSQL's protocol. */
function fatal(state: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${state}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** Listens on a free port of loopback until the test is over. */
async function served(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
