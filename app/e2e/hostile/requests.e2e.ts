/** Requests that no client would send, to the built web over sockets (R15, R16, R18, R19, R20 of the scoreboard). */
import { expect } from "@playwright/test";
import { byTier, isLongRun } from "../../../db/testing/tier.ts";
import { bodyCases } from "../../web/webhook/testing/corpus-json.ts";
import { signatureCases } from "../../web/webhook/testing/corpus-signatures.ts";
import { path, post, test, untilAllClosed } from "../product/hostile.ts";
import { hostileRequests } from "./requests.ts";
import { type Drip, drip, exchange, head, unsigned } from "./wire.ts";

/** Of each kind; the scoreboard asks for 500. */
const slowOnes = byTier(10, 500);
let drips: Drip[] = [];

// They are at it while all other tests of the file go on beside them: what those ask for is the honest traffic.
test.beforeAll(({ started }) => {
  const [port = 0] = started.ports.webs;
  const slowHead = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: `;
  const slowBody = head(path, ["Content-Length: 100000", unsigned]);
  drips = Array.from({ length: 2 * slowOnes }, (_, n) => drip(port, n % 2 ? slowBody : slowHead));
});
test.afterAll(() => {
  for (const one of drips) one.leave();
});

const hex = (bodies: Uint8Array[]) => bodies.map((body) => Buffer.from(body).toString("hex")).sort();

test("R15 of the signature corpus on the wire exactly the valid ones are accepted, none is a 5xx", async ({
  product,
}) => {
  const cases = signatureCases({ current: product.secrets.appSecret, previous: product.previousSecret });
  for (const { name, body, lines, accepted, refusedBy } of cases) {
    const told = lines.map(([key, value]) => `${key}: ${value}`);
    const request = head(path, ["Connection: close", `Content-Length: ${body.byteLength}`, ...told]);
    const answer = await exchange(product.webPorts[0], request, body);
    expect(answer.status, name).toBe(accepted ? 200 : refusedBy === "http" ? 400 : 401);
  }
  const stored = await product.sql<{ body: Buffer }>("select body from webhook_deliveries");
  const accepted = cases.filter((one) => one.accepted);
  expect(hex(stored.map(({ body }) => body))).toEqual(hex(accepted.map(({ body }) => body)));
  await untilAllClosed(product);
  console.log(`R15 on the wire: ${cases.length} cases, ${accepted.length} accepted`);
});

test("R16 of the JSON corpus everything is answered 200 and closed by the worker, which goes on", async ({
  product,
}) => {
  const cases = bodyCases();
  const answers = await Promise.all(cases.map(({ body }, n) => post(product, body, { web: n % 2 ? 1 : 0 })));
  expect(answers.map(({ status }) => status)).toEqual(cases.map(() => 200));
  expect(await untilAllClosed(product)).toBe(cases.length);
  const closed = await product.sql<{ outcome: string; n: number }>(
    "select outcome, count(*)::int as n from webhook_deliveries group by 1 order by 1",
  );
  const outcomes = Object.groupBy(cases, ({ outcome }) => outcome);
  const expected = Object.entries(outcomes).map(([outcome, some]) => ({ outcome, n: some.length }));
  expect(closed).toEqual(expected.sort((a, b) => (a.outcome < b.outcome ? -1 : 1)));
  // A job that failed and is tried again and again would be here.
  const failed = "select last_error from graphile_worker._private_jobs where last_error is not null";
  expect(await product.sql(failed)).toEqual([]);
});

test("R19 of requests that are not quite HTTP each gets one answer below 500 and a closed door, and nothing is stored", async ({
  product,
}) => {
  const [port] = product.webPorts;
  const seen: Record<string, number> = {};
  for (const [name, { request, statuses }] of Object.entries(hostileRequests(path))) {
    const answer = await exchange(port, ...request);
    seen[name] = answer.status;
    expect.soft(statuses, `${name}: ${answer.text.slice(0, 200)}`).toContain(answer.status);
    expect.soft(answer.answers, name).toBe(answer.status === 0 ? 0 : 1);
  }
  expect(await product.sql("select id from webhook_deliveries")).toEqual([]);
  expect((await post(product, Buffer.from("{}"))).status).toBe(200);
  console.log(`R19: ${Object.keys(seen).length} requests, ${JSON.stringify(seen)}`);
});

// Remix makes a Request of it, whose constructor throws on this method.
test("R19 of TRACE the answer is 405, not 500", async ({ product }) => {
  const lines = "Host: localhost\r\nConnection: close";
  const { status } = await exchange(product.webPorts[0], `TRACE ${path} HTTP/1.1\r\n${lines}\r\n\r\n`);
  // Its line in the log is this test's, not the next one's.
  if (status >= 500) await expect.poll(() => product.lines.some((line) => line.includes("TRACE"))).toBe(true);
  expect(status).toBe(405);
});

test("R20 of the handshake only the right token is echoed, as plain text, and nothing gets into the head", async ({
  product,
}) => {
  const token = product.secrets.verifyToken;
  const ask = (challenge: string, given = token, method = "GET") =>
    exchange(
      product.webPorts[0],
      `${method} ${path}?hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${given} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
  const good = await ask("1158201444");
  expect(good.status).toBe(200);
  expect(good.text).toMatch(/\r\ncontent-type: text\/plain/i);
  expect(good.text).toMatch(/\r\nx-content-type-options: nosniff/i);
  expect(good.text.split("\r\n\r\n")[1]).toContain("1158201444");
  expect((await ask("1", encodeURIComponent(token).replace(/^./, escaped))).status).toBe(200);

  const refused: [string, string?][] = [
    ["1", token.slice(0, -1)],
    ["1", `${token}0`],
    ["1", `${token}%00`],
    ["1", `%20${token}`],
    ["1", `${token}%0a`],
    ["1", ""],
    ["1%0d%0aX-Injected:%201"],
    ["1%00"],
    ["%3Cscript%3Ealert(1)%3C/script%3E"],
    ["%ff%fe"],
    ["1".repeat(257)],
    ["1".repeat(10_000)],
  ];
  for (const [challenge, given] of refused) {
    const { status, text } = await ask(challenge, given);
    expect(status, challenge.slice(0, 40)).toBe(403);
    expect(text).toMatch(/\r\n\r\n[^<]*Forbidden/);
    expect(text).not.toMatch(/X-Injected|<script/);
  }
  expect((await ask("1".repeat(20_000))).status).toBe(431);
  // Its query signs nothing: a POST is judged by its signature.
  expect((await ask("1", token, "POST")).status).toBe(401);
});

test(`R18 ${slowOnes} slow heads and ${slowOnes} slow bodies are all cut off by 15 s, and honest deliveries do not notice`, async ({
  product,
}) => {
  test.setTimeout(60_000);
  const stillSlow = () => drips.filter((one) => one.isOpen()).length;
  const honest: number[] = [];
  for (let n = 0; stillSlow() > 0; n++) {
    const started = performance.now();
    expect((await post(product, Buffer.from(`{"n":${n}}`))).status).toBe(200);
    honest.push(performance.now() - started);
    // The pace of honest traffic; nothing is waited for.
    await new Promise((resolve) => setTimeout(resolve, byTier(200, 40)));
  }
  const lasted = await Promise.all(drips.map((one) => one.closed));
  const p99 = honest.sort((a, b) => a - b)[Math.floor(honest.length * 0.99)] ?? 0;
  const longest = (odd: number) => Math.max(...lasted.filter((_, n) => n % 2 === odd));
  console.log(
    `R18: ${slowOnes} of each, heads cut after ${longest(0).toFixed(0)} ms, bodies after ${longest(1).toFixed(0)} ms, ${honest.length} honest ones, p99 ${p99.toFixed(0)} ms`,
  );
  // Node's own limits would bear them for minutes, which is longer than a drip waits.
  if (isLongRun) {
    // The server looks once a second.
    expect(Math.max(...lasted)).toBeLessThan(15_000 + 2_500);
    expect(p99).toBeLessThan(1_000);
  }
  await untilAllClosed(product);
});

function escaped(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`;
}
