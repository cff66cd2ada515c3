/** Thousands of slow senders at once, to the built web over sockets: what they hold, and who is kept waiting. */
import { connect, type Socket } from "node:net";
import { expect } from "@playwright/test";
import { seedDemo } from "../../scripts/seed.ts";
import { type HostileProduct, path, sign, test, untilAllClosed } from "./webhook-hostile-product.ts";
import { exchange, head, watchMemory } from "./webhook-hostile-wire.ts";

/** The full run is 10,000; it takes as many open files again at the web, and CI's processes may have fewer. */
const senders = Number(process.env.MANY_SENDERS ?? 3_000);
/** Of today's people; twelve for each of the demo's five. */
const streams = 48;
const attackMs = Math.max(12_000, 3 * senders);

const unsigned = `X-Hub-Signature-256: sha256=${"0".repeat(64)}`;
const form = ["Host: localhost", "Content-Type: application/x-www-form-urlencoded"];

/** What each kind sends at once; then a byte every three seconds. */
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

/** Begins in the first two thirds of the attack, and comes back ten seconds after it was cut off, as long as it lasts. */
function slowSender(port: number, kind: string, afterMs: number, isOver: () => boolean): { end(): void } {
  let socket: Socket | undefined;
  const begin = () => {
    if (isOver()) return;
    const one = connect(port, "127.0.0.1", () => one.write(kind));
    socket = one;
    const timer = setInterval(() => one.writable && one.write("a"), 3_000);
    one.on("error", () => {});
    one.resume();
    one.once("close", () => {
      clearInterval(timer);
      setTimeout(begin, 10_000).unref();
    });
  };
  setTimeout(begin, afterMs).unref();
  return { end: () => socket?.destroy() };
}

async function signIn({ ports: [port], origin }: HostileProduct, email: string): Promise<string> {
  const body = new URLSearchParams({ email, password: "curbe-demo" }).toString();
  const lines = [...form, "Connection: close", `Origin: ${origin}`, `Content-Length: ${body.length}`];
  const { text } = await exchange(port, `POST /login HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, body);
  return /^set-cookie: (curbe_session=[^;]+)/im.exec(text)?.[1] ?? "";
}

function openStream({ ports: [port] }: HostileProduct, cookie: string) {
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
  socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
  return { isOpen: () => open && heard.includes("retry: 3000"), end: () => socket.destroy() };
}

test(`${senders} slow senders hold little, and deliveries, pages and event streams are served beside them`, async ({
  product,
}) => {
  test.setTimeout(180_000);
  test.skip(process.platform !== "linux", "memory is read from /proc");
  const [port] = product.ports;
  await seedDemo(product.database.url);
  const people = ["ana@luz", "leo@luz", "eva@norte", "max@norte"].map((name) => `${name}.example`);
  const cookies = await Promise.all(people.map((email) => signIn(product, email)));
  const open = Array.from({ length: streams }, (_, n) => openStream(product, cookies[n % 4] ?? ""));
  await expect.poll(() => open.filter((one) => one.isOpen()).length).toBe(streams);
  const plain = () => exchange(port, "GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const deliver = (n: number) => {
    const body = Buffer.from(JSON.stringify({ n, filling: "x".repeat(n % 10 === 0 ? 200_000 : 1_000) }));
    const signature = `X-Hub-Signature-256: ${sign(product.secrets.current, body)}`;
    const request = head(path, ["Connection: close", `Content-Length: ${body.length}`, signature]);
    return exchange(port, request, body);
  };
  for (let n = 0; n < 200; n++) await Promise.all([plain(), deliver(n)]);

  const memory = watchMemory(product.webPids[0]);
  const until = performance.now() + attackMs;
  const isOver = () => performance.now() > until;
  const attack = Array.from({ length: senders }, (_, n) =>
    slowSender(port, kinds[n % kinds.length] ?? "", (n / senders) * (attackMs * 0.7), isOver),
  );
  const honest: { status: number; ms: number }[] = [];
  for (let n = 0; !isOver(); n++) {
    honest.push(await (n % 4 === 3 ? plain() : deliver(n)));
    // The pace of honest traffic; nothing is waited for.
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const growth = memory.growthMb();
  const access = { headers: { authorization: `Bearer ${product.secrets.metricsToken}` } };
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`, access)).text();
  const stillOpen = open.filter((one) => one.isOpen()).length;
  // Somebody's next page, in the middle of it.
  open[0]?.end();
  const next = openStream(product, cookies[0] ?? "");
  await expect.poll(next.isOpen).toBe(true);
  for (const one of [...attack, ...open, next]) one.end();

  const p99 = honest.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(honest.length * 0.99)] ?? 0;
  const refused = honest.filter(({ status }) => status !== 200).map(({ status }) => status);
  console.log(
    `${senders} slow senders for ${attackMs / 1000} s: memory +${growth.toFixed(1)} MB; ${honest.length} honest requests, ${refused.length} of them refused, p99 ${p99.toFixed(0)} ms; ${stillOpen} of ${streams} streams stayed`,
  );
  console.log(metrics.match(/^http_connections.*$/gm)?.join("\n"));
  expect(refused).toEqual([]);
  expect(stillOpen).toBe(streams);
  expect(growth).toBeLessThan(200);
  await untilAllClosed(product);
});
