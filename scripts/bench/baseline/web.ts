/** The plain receiver: checks the signature, adds one job for each request, answers 200 after its commit. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { makeWorkerUtils } from "graphile-worker";
import pg from "pg";

const { DATABASE_URL, META_APP_SECRET = "", PORT } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });
pool.on("error", (error) => console.error(error.message));
const jobs = await makeWorkerUtils({ pgPool: pool });

const server = createServer(async (request, response) => {
  try {
    if (request.method === "GET") return response.writeHead(200).end("OK");
    const body = await read(request);
    if (!isSigned(body, request.headers["x-hub-signature-256"])) return response.writeHead(401).end();
    await jobs.addJob("process_webhook", JSON.parse(body.toString("utf8")));
    response.writeHead(200, { "Content-Type": "text/plain" }).end("OK");
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});
server.listen(Number(PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function isSigned(body: Buffer, header: string | string[] | undefined): boolean {
  const expected = `sha256=${createHmac("sha256", META_APP_SECRET).update(body).digest("hex")}`;
  const given = String(header);
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
