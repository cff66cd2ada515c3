/** The gate by Express, before a route that answers when it is told to. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createCookie } from "@remix-run/node";
import express, { type Response as Answer } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { english } from "../../../texts/en/index.ts";
import { spanish } from "../../../texts/es/index.ts";
import { rememberCaller } from "../door/callers.server.ts";
import { limitAtOnce } from "./at-once.server.ts";

const sessionSecrets = ["s".repeat(32)];
let server: Server;
const reached: { name: string; answer: Answer }[] = [];

beforeAll(async () => {
  const app = express();
  app.use(limitAtOnce({ origin: "http://localhost", trustedProxyHops: 1, sessionSecrets }));
  app.get("*", (request, answer) => void reached.push({ name: request.get("x-name") ?? "", answer }));
  server = createServer(app);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const cookieOf = (session: string) => `curbe_session=${session}`;

function ask(
  name: string,
  headers: Record<string, string>,
  path = "/",
  signal: AbortSignal | null = null,
): Promise<Response> {
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-name": name, ...headers }, signal });
}
const named = (name: string) => reached.filter((one) => one.name === name);
const answerAll = (name: string) => {
  for (const { answer } of named(name)) if (!answer.writableEnded) answer.send("ok");
};

test("of one person six run and sixty wait, in whatever sessions; the next is told so, and others do not wait", async () => {
  rememberCaller(cookieOf("a1"), { userId: "ana", tenantId: "luz" });
  rememberCaller(cookieOf("a2"), { userId: "ana", tenantId: "luz" });
  rememberCaller(cookieOf("b"), { userId: "leo", tenantId: "luz" });
  const asked = Array.from({ length: 66 }, (_, n) => ask("ana", { cookie: cookieOf(n % 2 ? "a1" : "a2") }));
  await expect.poll(() => named("ana").length).toBe(6);
  const headers = { cookie: cookieOf("a1"), accept: "text/html", "accept-language": "es" };
  // Until all sixty have arrived, this one waits as well.
  let answer: Response | undefined;
  while (answer === undefined) {
    const waits = new AbortController();
    const asking = ask("one too many", headers, "/", waits.signal).catch(() => undefined);
    const patience = setTimeout(() => waits.abort(), 100);
    answer = await asking;
    clearTimeout(patience);
  }
  expect(answer.status).toBe(429);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.text()).toContain(spanish.errors.tooMany.title);
  const json = await ask("one too many", { cookie: cookieOf("a2"), accept: "application/json" });
  expect(await json.json()).toEqual({ error: "too_many_at_once" });
  expect(named("ana").length).toBe(6);
  for (const [name, headers] of [
    ["leo", { cookie: cookieOf("b") }],
    ["nobody", {}],
  ] as const) {
    const other = ask(name, headers);
    await expect.poll(() => named(name).length).toBe(1);
    answerAll(name);
    expect((await other).status).toBe(200);
  }
  const timer = setInterval(() => answerAll("ana"), 1);
  const answers = await Promise.all(asked);
  clearInterval(timer);
  expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 200));
});

test("who leaves gives their turn back, waiting or not", async () => {
  const leaving = new AbortController();
  const { port } = server.address() as AddressInfo;
  const headers = { "x-name": "eva", cookie: cookieOf("e") };
  const gone = Array.from({ length: 20 }, () =>
    fetch(`http://127.0.0.1:${port}/`, { headers, signal: leaving.signal }).catch(() => undefined),
  );
  await expect.poll(() => named("eva").length).toBe(6);
  leaving.abort();
  await Promise.all(gone);
  const after = ask("eva again", { cookie: cookieOf("e") });
  await expect.poll(() => named("eva again").length).toBe(1);
  answerAll("eva again");
  expect((await after).status).toBe(200);
});

test("a session that nobody has read yet is a caller of its own, and streams stand in no line", async () => {
  const unknown = Array.from({ length: 7 }, () => ask("new", { cookie: cookieOf("n") }));
  await expect.poll(() => named("new").length).toBe(6);
  const stream = ask("stream", { cookie: cookieOf("n") }, "/events");
  await expect.poll(() => named("stream").length).toBe(1);
  // The seventh came before the stream, and waits.
  expect(named("new").length).toBe(6);
  answerAll("stream");
  await stream;
  const timer = setInterval(() => answerAll("new"), 1);
  await Promise.all(unknown);
  clearInterval(timer);
});

test("a colleague's turn is the workspace's as well: twenty run at once", async () => {
  const sessions = ["w1", "w2", "w3", "w4", "w5"];
  for (const name of sessions) rememberCaller(cookieOf(name), { userId: name, tenantId: "norte" });
  const asked = sessions.flatMap((name) =>
    Array.from({ length: 5 }, () => ask("norte", { cookie: cookieOf(name) })),
  );
  await expect.poll(() => named("norte").length).toBe(20);
  // Somebody else, who comes after all of them, does not wait; they do.
  rememberCaller(cookieOf("s"), { userId: "s", tenantId: "sur" });
  const other = ask("sur", { cookie: cookieOf("s") });
  await expect.poll(() => named("sur").length).toBe(1);
  answerAll("sur");
  await other;
  expect(named("norte").length).toBe(20);
  const timer = setInterval(() => answerAll("norte"), 1);
  await Promise.all(asked);
  clearInterval(timer);
  expect(named("norte").length).toBe(25);
  expect(english.errors.tooMany.title).not.toBe(spanish.errors.tooMany.title);
});

test("of strangers six of an address and eight in all run, and somebody who is known does not wait for them", async () => {
  rememberCaller(cookieOf("known"), { userId: "known", tenantId: "known" });
  const asked = Array.from({ length: 24 }, (_, n) =>
    ask("stranger", {
      "x-forwarded-for": `10.0.0.${n % 2}`,
      ...(n < 12 ? {} : { cookie: cookieOf(`made up ${n}`) }),
    }),
  );
  await expect.poll(() => named("stranger").length).toBe(8);
  // Known to another process, or before this one began: what shows that is our signature.
  const elsewhere = await createCookie("curbe_session", { secrets: sessionSecrets }).serialize("elsewhere");
  for (const [name, cookie] of [
    ["known", cookieOf("known")],
    ["known elsewhere", elsewhere],
  ] as const) {
    const own = ask(name, { cookie });
    await expect.poll(() => named(name).length).toBe(1);
    expect(named("stranger").length).toBe(8);
    answerAll(name);
    expect((await own).status).toBe(200);
  }
  const ending = setInterval(() => answerAll("stranger"), 5);
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
  clearInterval(ending);
});
