import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { answerPlainly, type BareHandler, createBareServer, plainHeaders } from "./bare-server.server.ts";
import type { LogFields } from "./log.server.ts";

const logged: { message: string; fields: LogFields | undefined }[] = [];
afterEach(() => {
  logged.length = 0;
});

async function serve(handle: BareHandler, options = {}): Promise<(bytes: string) => Promise<string>> {
  const log = { error: (message: string, fields?: LogFields) => void logged.push({ message, fields }) };
  const server = createBareServer({ log, secure: true, options }, handle).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return (bytes) =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      let said = "";
      socket.on("data", (chunk) => {
        said += chunk;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(said));
    });
}

const get = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

function expectHeaders(answer: string): void {
  for (const [name, value] of Object.entries(plainHeaders(true)))
    expect(answer.split(`\r\n${name}: ${value}\r\n`).length, name).toBe(2);
}

describe("what a handler throws", () => {
  const secret = "secret-code";
  test.each([
    [
      "at once",
      () => {
        throw new Error(secret);
      },
    ],
    [
      "later",
      async () => {
        await null;
        throw new TypeError(secret);
      },
    ],
    ["that is no error", () => Promise.reject(secret)],
  ] as [string, BareHandler][])("%s is one line and a 500 without a word of it", async (_name, handle) => {
    const ask = await serve(handle);
    for (let n = 1; n <= 2; n++) {
      const answer = await ask(get);
      expect(answer).toMatch(/^HTTP\/1\.1 500 /);
      expect(answer).not.toContain(secret);
      expectHeaders(answer);
      expect(logged.length).toBe(n);
    }
    expect(logged[0]?.message).toBe("request failed");
  });

  test("in the middle of an answer ends the connection, and no second answer begins", async () => {
    const ask = await serve(async (_request, response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("half");
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error("x");
    });
    const answer = await ask(get);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toMatch(/half$/);
  });
});

describe("what no handler is asked for has the headers", () => {
  test.each([
    ["no HTTP at all", "\x16\x03\x01\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["a head of 20 kB", `GET / HTTP/1.1\r\nHost: a\r\nA: ${"b".repeat(20_000)}\r\n\r\n`, 431],
    ["a tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405],
    ["an unknown expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
    ],
    ["half a head, too slowly", "GET / HTTP/1.1\r\nHost: a", 408],
  ])("%s", async (_name, bytes, status) => {
    let asked = 0;
    const options = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 50 };
    const ask = await serve(() => void asked++, options);
    const answer = await ask(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expectHeaders(answer);
    expect(asked).toBe(0);
  });
});

test("a body that turns out broken after its answer gets no second one", async () => {
  const ask = await serve((_request, response) => answerPlainly(response, 405));
  const answer = await ask(
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxxxxx\r\n0\r\n\r\n",
  );
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
});

test("of requests that do not wait for an answer a few are answered, and a flood ends its connection", async () => {
  let asked = 0;
  const ask = await serve(async (_request, response) => {
    asked++;
    await new Promise((resolve) => setImmediate(resolve));
    answerPlainly(response, 200, "x");
  });
  const next = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const few = await ask(next.repeat(3) + get);
  expect(few.match(/HTTP\/1\.1 200 /g)).toHaveLength(4);
  asked = 0;
  await ask(next.repeat(1_500) + get);
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(8);
});

test("an answer keeps what it says itself, but no error is ever kept", async () => {
  const ask = await serve(({ url }, response) => {
    response.setHeader("Cache-Control", "public");
    answerPlainly(response, url === "/" ? 200 : 404, "x", { "Referrer-Policy": "no-referrer" });
  });
  const kept = await ask(get);
  expect(kept).toMatch(/\r\nCache-Control: public\r\n/);
  expect(kept.match(/referrer-policy/gi)).toHaveLength(1);
  const failed = await ask(get.replace("GET /", "GET /elsewhere"));
  expect(failed).toMatch(/^HTTP\/1\.1 404 /);
  expect(failed.match(/cache-control: .*/gi)).toEqual(["Cache-Control: no-store"]);
});
