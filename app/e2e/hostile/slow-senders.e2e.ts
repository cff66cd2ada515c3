/** Many slow senders at once, thousands at length, to the built web over sockets: what they hold, and who is kept waiting. */
import { connect, type Socket } from "node:net";
import { expect } from "@playwright/test";
import { byTier, isLongRun } from "../../../db/testing/tier.ts";
import { demoPeople, seedDemo } from "../../../scripts/seed.ts";
import { type HostileProduct, path, sign, test, untilAllClosed } from "../product/hostile.ts";
import { openSession, type SessionCookie } from "../product/session.ts";
import { exchange, head, unsigned, watchMemory } from "./wire.ts";

/** At length more than the web lets in at once. It takes as many open files here, and at the web as many again. */
const senders = byTier(350, 10_000);
/** Pages that are open, of each of four people. */
const streamsEach = 12;
/** Time enough for all to be at it; at length also to be cut off and to come back again and again. */
const attackMs = byTier(0, 3 * senders);
/** How often each sends a byte, and how soon it is back when it was cut off. */
const [everyMs, backAfterMs] = byTier([500, 1_000], [3_000, 10_000]);

const atOnce = 50;

const form = ["Host: localhost", "Content-Type: application/x-www-form-urlencoded"];

/** What each kind sends at once; then a byte now and then. */
const kinds: string[] = [
  // Nothing but an open door.
  "",
  // A head without an end, as large as Node takes one.
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: ${"a".repeat(15_000)}`,
  // Deliveries: nearly the whole of what one may hold, nearly the whole of what Meta sends, and in pieces of one byte.
  head(path, ["Content-Length: 100000", unsigned]) + "a".repeat(63_000),
  head(path, ["Content-Length: 3000000", unsigned]) + "a".repeat(60_000),
  head(path, ["Transfer-Encoding: chunked", unsigned]) + "1\r\na\r\n".repeat(2_000),
  // Forms, which nobody needs an account to begin.
  `POST /login HTTP/1.1\r\n${form.join("\r\n")}\r\nContent-Length: 120000\r\n\r\nemail=${"a".repeat(60_000)}`,
  // A page, whose connection then stays open.
  "GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n",
];

/** Begins at once, and comes back after it was cut off, as long as the attack lasts. */
function slowSender(port: number, kind: string, isOver: () => boolean): { end(): void } {
  let socket: Socket | undefined;
  const begin = () => {
    if (isOver()) return;
    const one = connect(port, "127.0.0.1", () => one.write(kind));
    socket = one;
    const timer = setInterval(() => one.writable && one.write("a"), everyMs);
    one.on("error", () => {});
    one.resume();
    one.once("close", () => {
      clearInterval(timer);
      setTimeout(begin, backAfterMs).unref();
    });
  };
  begin();
  return { end: () => socket?.destroy() };
}

function openStream({ webPorts: [port] }: HostileProduct, { name, value }: SessionCookie) {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  let open = true;
  socket.on("data", (chunk) => {
    heard += chunk;
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    open = false;
  });
  socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: ${name}=${value}\r\n\r\n`);
  return { isOpen: () => open && heard.includes("retry: 3000"), end: () => socket.destroy() };
}

test(`${senders} slow senders hold little, and deliveries, pages and event streams are served beside them`, async ({
  product,
}) => {
  test.setTimeout(byTier(180_000, 600_000));
  const [port] = product.webPorts;
  await seedDemo(product.database.url, { anywhere: true });
  const people = demoPeople.filter(({ isStaff }) => !isStaff);
  const sessions = await Promise.all(
    people.map(({ id: userId, tenantId }) => openSession(product, { userId, tenantId })),
  );
  const open = sessions.flatMap((session) =>
    Array.from({ length: streamsEach }, () => openStream(product, session)),
  );
  const stayed = () => open.filter((one) => one.isOpen()).length;
  await expect.poll(stayed, { intervals: [20] }).toBe(open.length);
  const plain = () => exchange(port, "GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const deliver = (n: number) => {
    const body = Buffer.from(JSON.stringify({ n, filling: "x".repeat(n % 10 === 0 ? 200_000 : 1_000) }));
    const signature = `X-Hub-Signature-256: ${sign(product.secrets.appSecret, body)}`;
    const request = head(path, ["Connection: close", `Content-Length: ${body.length}`, signature]);
    return exchange(port, request, body);
  };
  for (let n = 0; n < byTier(10, 200); n++) await Promise.all([plain(), deliver(n)]);

  // What a process holds says something of this attack only where there was little before it, and on Linux.
  const isMeasured = isLongRun && process.platform === "linux";
  const memory = isMeasured ? watchMemory(product.webPids[0]) : undefined;
  const until = performance.now() + attackMs;
  const attack: { end(): void }[] = [];
  const isOver = () => attack.length >= senders && performance.now() > until;
  const honest: { status: number; ms: number }[] = [];
  for (let n = 0; !isOver(); n++) {
    // So many more between two honest requests, until all are at it.
    while (attack.length < Math.min(senders, (n + 1) * atOnce))
      attack.push(slowSender(port, kinds[attack.length % kinds.length] ?? "", isOver));
    honest.push(await (n % 4 === 3 ? plain() : deliver(n)));
    // The pace of honest traffic; nothing is waited for.
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const growth = memory?.growthMb() ?? 0;
  const access = { headers: { authorization: `Bearer ${product.secrets.metricsToken}` } };
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`, access)).text();
  const stillOpen = stayed();
  // Somebody's next page, in the middle of it.
  for (const one of open.splice(0, 1)) one.end();
  const [next] = sessions.slice(0, 1).map((session) => openStream(product, session));
  await expect.poll(() => next?.isOpen(), { intervals: [20] }).toBe(true);
  for (const one of [...attack, ...open]) one.end();
  next?.end();

  const p99 = honest.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(honest.length * 0.99)] ?? 0;
  const refused = honest.filter(({ status }) => status !== 200).map(({ status }) => status);
  console.log(
    `${senders} slow senders for ${attackMs / 1000} s: memory +${growth.toFixed(1)} MB; ${honest.length} honest requests, ${refused.length} of them refused, p99 ${p99.toFixed(0)} ms; ${stillOpen} streams stayed`,
  );
  console.log(metrics.match(/^http_connections.*$/gm)?.join("\n"));
  expect(refused).toEqual([]);
  expect(stillOpen).toBe(4 * streamsEach);
  // There were too many of them, and room was made.
  const cut = Number(/^http_connections_cut_total\{reason="asking"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  if (isLongRun) expect(cut).toBeGreaterThan(0);
  expect(growth).toBeLessThan(200);
  await untilAllClosed(product);
});
