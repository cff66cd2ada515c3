/** The web asked to end with requests under way: each is answered, nothing that was answered is lost, and it ends by itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect } from "@playwright/test";
import pg from "pg";
import { endWithUs } from "../../../db/testing/end-with-us.ts";
import { freePort } from "../../../db/testing/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/testing/test-database.ts";
import { demoPassword, seedDemo } from "../../../scripts/seed.ts";
import { root } from "../../../scripts/stack.ts";
import { bodyOf, bytes, textMessage } from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { head } from "../hostile/wire.ts";
import { test } from "../product/complaints.ts";
import { sign } from "../product/hostile.ts";
import { createVisitor } from "../product/visitor.ts";

const appSecret = randomBytes(16).toString("hex");
let database: TestDatabase;
let web: { port: number; process: ChildProcess; ended: Promise<number | null> };

test.beforeAll(async () => {
  database = await createTestDatabase(process.env.E2E_DATABASE ?? "", process.env.E2E_TEMPLATE ?? "");
  await seedDemo(database.url, { anywhere: true });
});
test.afterAll(() => database.drop());
test.beforeEach(async () => {
  web = await startWeb();
});
test.afterEach(() => void web?.process.kill("SIGKILL"));

async function startWeb() {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production" as const,
    PORT: String(port),
    DATABASE_URL: database.url,
    APP_ORIGIN: `http://localhost:${port}`,
    META_APP_ID: "123456789012345",
    META_APP_SECRET: appSecret,
    META_WEBHOOK_VERIFY_TOKEN: "our-own-word",
    META_REDIRECT_URI: `http://localhost:${port}/api/integrations/meta/whatsapp/callback`,
    TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
    SESSION_SECRETS: randomBytes(32).toString("base64url"),
  };
  const process_ = spawn(process.execPath, ["build/web/index.js"], { cwd: root, env, stdio: "ignore" });
  endWithUs(process_, { signal: "SIGTERM" });
  const ended = once(process_, "exit").then(([code]) => code as number | null);
  await expect.poll(() => ask(port, "/readyz"), { intervals: [50], timeout: 30_000 }).toContain(" 200 ");
  return { port, process: process_, ended };
}

/** A connection by hand: what was heard on it, and its end. */
function open(port: number) {
  const socket: Socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(text)));
  return { socket, closed, heard: () => text, connected: once(socket, "connect") };
}

/** What is answered to one request, on a connection that would be kept; "refused" when nobody takes it. */
async function ask(port: number, path: string): Promise<string> {
  const { socket, connected, closed, heard } = open(port);
  try {
    await connected;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await Promise.race([once(socket, "data"), closed]);
    return heard();
  } catch {
    return "refused";
  } finally {
    socket.destroy();
  }
}

function delivery(id: string) {
  const body = Buffer.from(bytes(bodyOf({ messages: [textMessage(id)] })));
  const lines = [
    `Content-Length: ${body.length}`,
    `X-Hub-Signature-256: ${sign(appSecret, body)}`,
    `X-Request-Id: drain-${id}`,
  ];
  return { head: head("/webhooks/meta/whatsapp", lines), body };
}

const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);

test("every request under way is answered, what was taken is stored, and it ends with code 0 in a few seconds", async () => {
  const { port } = web;
  const origin = `http://localhost:${port}`;
  const visitor = createVisitor([origin], origin);
  const signedIn = await visitor.post("/login", { email: "ana@luz.example", password: demoPassword }, 0);
  const cookie = `Cookie: ${signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")}\r\n`;
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${cookie}\r\n`;

  // A delivery of which half has come; a page that waits for the database; a stream; one that is kept; one without a word.
  const [half, page, stream, kept, silent] = [open(port), open(port), open(port), open(port), open(port)];
  await Promise.all([half, page, stream, kept, silent].map(({ connected }) => connected));
  const slow = delivery("slow");
  half.socket.write(slow.head);
  half.socket.write(slow.body.subarray(0, 100));
  stream.socket.write(get("/events"));
  kept.socket.write(get("/livez"));
  const lock = new pg.Client({ connectionString: database.url });
  await lock.connect();
  await lock.query("begin; lock table conversations in access exclusive mode");
  page.socket.write(get("/conversations"));
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(() => database.sql(waiting)).toHaveLength(1);
  await expect.poll(() => [stream.heard(), kept.heard()].map(statusOf)).toEqual([200, 200]);

  // scripts/operate/README.md tells it to whoever runs a proxy.
  expect(kept.heard()).toMatch(/^keep-alive: timeout=65\r$/im);

  const askedAt = performance.now();
  web.process.kill("SIGTERM");
  // While it drains it still takes what comes, on new connections and on old ones.
  const [late, fresh, another] = [delivery("late"), delivery("fresh"), open(port)];
  for (const [{ socket }, { head, body }] of [
    [kept, late],
    [another, fresh],
  ] as const) {
    socket.write(head);
    socket.write(body);
  }
  // It says so, and that each answer is the last on its connection; open pages look for another process at once.
  const drains = / 503 [\s\S]*connection: close[\s\S]*"draining"/i;
  await expect.poll(() => ask(port, "/readyz"), { intervals: [20] }).toMatch(drains);
  await stream.closed;
  for (const text of await Promise.all([kept.closed, another.closed]))
    expect(statusOf(text.slice(text.lastIndexOf("HTTP/1.1")))).toBe(200);

  // Nobody new gets in any more, and what had begun is still answered.
  await expect.poll(() => ask(port, "/livez"), { intervals: [20] }).toBe("refused");
  half.socket.write(slow.body.subarray(100));
  await lock.end();
  expect(statusOf(await half.closed)).toBe(200);
  const shown = await page.closed;
  expect(statusOf(shown)).toBe(200);
  expect(shown).toContain("</html>");

  expect(await web.ended).toBe(0);
  // Platforms kill after ten seconds.
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  const stored = await database.sql("select request_id from webhook_deliveries order by request_id");
  expect(stored.map(({ request_id }) => request_id)).toEqual(["drain-fresh", "drain-late", "drain-slow"]);
  await silent.closed;
});
