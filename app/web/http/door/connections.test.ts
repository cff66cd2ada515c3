/** The limits on connections, at a bare server over sockets. */
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connectionsCut } from "../metrics.server.ts";
import { type ConnectionLimits, limitConnections } from "./connections.server.ts";

const opened: Socket[] = [];
let server: Server | undefined;

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
  server?.close();
  connectionsCut.reset();
});

const roomy = { asking: 100, answering: 100, stillMs: 60_000 };

/** Answers `/` at once after its body, `/silent` never, `/stream` with a stream that stays open. */
async function listen(limits: Partial<ConnectionLimits>): Promise<number> {
  server = createServer((request, response) => {
    if (request.url === "/early") return void response.end("ok");
    request.resume().once("end", () => {
      if (request.url === "/stream") response.setHeader("Content-Type", "text/event-stream");
      if (request.url === "/stream") response.write("retry: 3000\n\n");
      if (request.url === "/") response.end("ok");
    });
  });
  limitConnections(server, { ...roomy, ...limits });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}

interface Caller {
  socket: Socket;
  isOpen(): boolean;
  heard(): string;
}

/** Connected, with `text` sent and taken by the other side. */
async function call(port: number, text: string): Promise<Caller> {
  const socket = connect(port, "127.0.0.1");
  opened.push(socket);
  let heard = "";
  let open = true;
  socket.on("data", (chunk) => {
    heard += chunk;
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    open = false;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server?.once("connection", () => resolve());
  await promise;
  socket.write(text);
  return { socket, isOpen: () => open, heard: () => heard };
}

const head = (path: string, ...lines: string[]) =>
  [`POST ${path} HTTP/1.1`, "Host: x", ...lines, "", ""].join("\r\n");
const cuts = async () =>
  Object.fromEntries((await connectionsCut.get()).values.map(({ labels, value }) => [labels.reason, value]));

test("of callers who do not finish, the oldest makes room; an honest one among them is answered", async () => {
  const port = await listen({ asking: 10 });
  const slow: Caller[] = [];
  for (let n = 0; n < 25; n++) {
    slow.push(
      await call(
        port,
        n % 2 ? "POST / HTTP/1.1\r\nHost: x\r\nX-Slow: " : head("/", "Content-Length: 100000"),
      ),
    );
    const honest = await call(port, head("/", "Content-Length: 2", "Connection: close").concat("{}"));
    await expect.poll(honest.heard).toContain("200 OK");
  }
  await expect.poll(() => slow.filter((one) => one.isOpen()).length).toBe(9);
  expect(slow.slice(-9).filter((one) => !one.isOpen())).toEqual([]);
  expect(await cuts()).toEqual({ asking: 16 });
});

test("idle connections that are kept alive count as well, and one that asks again is the youngest", async () => {
  const port = await listen({ asking: 3 });
  const first = await call(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await expect.poll(first.heard).toContain("200 OK");
  const second = await call(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await expect.poll(second.heard).toContain("200 OK");
  first.socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await expect.poll(() => first.heard().match(/200 OK/g)?.length).toBe(2);
  await call(port, "P");
  await call(port, "P");
  await expect.poll(second.isOpen).toBe(false);
  expect(first.isOpen()).toBe(true);
});

test("who waits for an answer has a line of their own, and open streams stand in none", async () => {
  const port = await listen({ asking: 2, answering: 3 });
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const streams: Caller[] = [];
  for (let n = 0; n < 20; n++) {
    const stream = await call(port, get("/stream"));
    await expect.poll(stream.heard).toContain("retry: 3000");
    streams.push(stream);
  }
  const waiting: Caller[] = [];
  for (let n = 0; n < 5; n++) waiting.push(await call(port, get("/silent")));
  await expect.poll(() => waiting.map((one) => one.isOpen())).toEqual([false, false, true, true, true]);
  for (let n = 0; n < 5; n++) await call(port, "P");
  await expect.poll(cuts).toEqual({ answering: 2, asking: 3 });
  expect(streams.filter((one) => !one.isOpen())).toEqual([]);
  expect(waiting.slice(2).filter((one) => !one.isOpen())).toEqual([]);
});

test("a body that was answered before its end leaves its connection in the line of those that ask", async () => {
  const port = await listen({ asking: 2 });
  const early = await call(port, head("/early", "Content-Length: 300000"));
  await expect.poll(early.heard).toContain("200 OK");
  early.socket.write(`${"x".repeat(300_000)}${head("/", "Content-Length: 2")}{}`);
  await expect.poll(() => early.heard().match(/200 OK/g)?.length).toBe(2);
  await call(port, "P");
  await call(port, "P");
  await expect.poll(early.isOpen).toBe(false);
});

test("a connection on which nothing moves is closed", async () => {
  const port = await listen({ stillMs: 50 });
  const waiting = await call(port, "GET /silent HTTP/1.1\r\nHost: x\r\n\r\n");
  await expect.poll(waiting.isOpen).toBe(false);
});
