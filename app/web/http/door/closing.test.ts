import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareToClose } from "./closing.server.ts";

/** Longer than a test may take: what ends before has not waited for it. */
const never = 600_000;
let server: Server;
let port: number;
let close: () => Promise<void>;
afterEach(() => void server.closeAllConnections());
beforeEach(() => listen(never));

async function listen(graceMs: number) {
  server?.close();
  // Answers when the request's body is whole, and closes as a draining web does.
  server = createServer(async (request, response) => {
    response.shouldKeepAlive = request.url === "/kept";
    const body = await text(request).catch(() => "nothing");
    response.end(`heard ${body}`);
  });
  close = prepareToClose(server, graceMs);
  await once(server.listen(0, "127.0.0.1"), "listening");
  ({ port } = server.address() as AddressInfo);
}

/** A connection that has sent `said`; `heard` is all that came until its end. */
async function open(said = "") {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const heard = text(socket).catch(() => "cut off");
  if (said) await new Promise((resolve) => socket.write(said, resolve));
  return { socket, heard };
}

const half = "POST /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nha";
const requestBegun = () => once(server, "request");

test("connections without a word and idle ones end by themselves", async () => {
  const kept = await open("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(kept.socket, "readable");
  const silent = await open();
  await close();
  expect(await silent.heard).toBe("");
  expect(await kept.heard).toMatch(/^HTTP\/1.1 200 /);
});

test("what has begun is answered, however many do nothing beside it, and nobody new gets in", async () => {
  const begun = requestBegun();
  const [working] = [await open(half), await open(), await open()];
  await begun;
  const closed = close();
  await expect(open()).rejects.toThrow("ECONNREFUSED");
  working.socket.write("lf");
  expect(await working.heard).toMatch(/heard half$/);
  await closed;
});

test("what was sent before the door closed is answered, read or not", async () => {
  const working = await open("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await close();
  expect(await working.heard).toMatch(/^HTTP\/1.1 200 /);
});

test.each([
  ["a request that never ends", half],
  ["half a head", "POST / HTTP/1.1\r\nHo"],
])("%s is cut off when its time is over", async (_what, said) => {
  await listen(50);
  const slow = await open(said);
  await close();
  expect(await slow.heard).not.toContain("200");
});
