/** Too much at once, to the built webs over sockets (R12, R13, R23 of the reliability scoreboard). */
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { bodyOf, bytes, textMessage } from "../integrations/meta/whatsapp/webhook-fixtures.ts";
import { type HostileProduct, path, post, test, untilAllClosed } from "./webhook-hostile-product.ts";
import { exchange, head, type Upload, upload, watchMemory } from "./webhook-hostile-wire.ts";

const megabytes = (n: number) => n * 1024 * 1024;
/** Where the route stops reading: Meta's three megabytes and a little. */
const limit = megabytes(3) + 64 * 1024;
const unsigned = `X-Hub-Signature-256: sha256=${"0".repeat(64)}`;
const announced = {
  request: head(path, [`Content-Length: ${megabytes(10)}`, unsigned]),
  size: { chunked: false, total: megabytes(10), limit: 0 },
};
const unannounced = {
  request: head(path, ["Transfer-Encoding: chunked", unsigned]),
  size: { chunked: true, total: megabytes(10), limit },
};
const slowest = (uploads: Upload[]) => Math.max(...uploads.map(({ ms }) => ms)).toFixed(0);

test("R12 of ten megabytes, announced or in chunks, the limit is answered 413 within a second", async ({
  product,
}) => {
  for (const [name, { request, size }] of Object.entries({ announced, unannounced })) {
    const uploads: Upload[] = [];
    for (let round = 0; round < 5; round++) uploads.push(await upload(product.ports[0], request, size));
    expect(uploads.map(({ status }) => status)).toEqual(Array(5).fill(413));
    expect(Number(slowest(uploads))).toBeLessThan(1_000);
    console.log(`R12 ${name}: 413 after at most ${slowest(uploads)} ms`);
  }
  expect(await product.database.sql("select id from webhook_deliveries")).toEqual([]);
});

test("R12 of a body in any coding but identity, a gzip bomb among them, nothing is unpacked: 415", async ({
  product,
}) => {
  const bomb = gzipSync(Buffer.alloc(megabytes(64)));
  for (const coding of [
    "gzip",
    "GZIP",
    "br",
    "deflate",
    "zstd",
    "x-gzip",
    "gzip, identity",
    "identity, gzip",
  ]) {
    const lines = [
      "Connection: close",
      `Content-Encoding: ${coding}`,
      `Content-Length: ${bomb.length}`,
      unsigned,
    ];
    const answer = await exchange(product.ports[0], head(path, lines), bomb);
    expect(answer.status, coding).toBe(415);
    expect(answer.ms, coding).toBeLessThan(1_000);
  }
  expect(
    (
      await exchange(
        product.ports[0],
        head(path, ["Connection: close", "Content-Encoding: identity", "Content-Length: 0", unsigned]),
      )
    ).status,
  ).toBe(401);
});

/** 200 uploads side by side; answers by how many MB the web's memory grew at its highest. */
async function flood(
  product: HostileProduct,
  web: 0 | 1,
  name: string,
  { request, size }: typeof announced,
): Promise<number> {
  // A web that has had some honest traffic: what it then holds is not the uploads' doing.
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 200 }, () => post(product, Buffer.from("{}"), { web })));
  }
  const memory = watchMemory(product.webPids[web]);
  const many = await Promise.all(
    Array.from({ length: 200 }, () => upload(product.ports[web], request, size)),
  );
  const growth = memory.growthMb();
  console.log(`R12 200 ${name}: slowest ${slowest(many)} ms, memory +${growth.toFixed(1)} MB`);
  // Too large, or no room for one more of unknown size beside the others: never stored, never an error of ours.
  expect(many.filter(({ status }) => status !== 413 && status !== 503)).toEqual([]);
  expect((await post(product, Buffer.from("{}"), { web })).status).toBe(200);
  await untilAllClosed(product);
  return growth;
}

test("R12 of 200 announced uploads of ten megabytes side by side each gets 413, and none is kept in memory", async ({
  product,
}) => {
  test.skip(process.platform !== "linux", "memory is read from /proc");
  // Twenty is the goal; what is refused is read and dropped, and the collector lags behind. Kept, it would be 2,000.
  expect(await flood(product, 0, "announced", announced)).toBeLessThan(300);
});

// What comes in chunks is kept up to the limit before it is known whether it is signed: all of them share 16 MB for that.
test("R12 of 200 uploads of ten megabytes in chunks side by side nearly nothing is kept in memory", async ({
  product,
}) => {
  test.skip(process.platform !== "linux", "memory is read from /proc");
  expect(await flood(product, 1, "in chunks", unannounced)).toBeLessThan(300);
});

test("R13 of a delivery of three megabytes the answer comes at once and the effect within 5 s", async ({
  product,
}) => {
  const filling = "x".repeat(3_000);
  const messages = Array.from({ length: 1_000 }, (_, n) => textMessage(`wamid.${n}`, `34${n % 50}`, filling));
  const body = bytes(bodyOf({ messages }, product.phoneNumberId));
  expect(body.byteLength).toBeGreaterThan(megabytes(3) - 64 * 1024);
  const started = performance.now();
  expect((await post(product, body)).status).toBe(200);
  const answered = performance.now();
  const count = () => product.database.sql("select count(*)::int as n from messages");
  await expect.poll(count, { intervals: [20] }).toEqual([{ n: 1_000 }]);
  const effect = performance.now() - started;
  console.log(
    `R13: ${body.byteLength} bytes answered in ${(answered - started).toFixed(0)} ms, in effect after ${effect.toFixed(0)} ms`,
  );
  // 500 ms is the goal of the benchmark; a test machine may be busy.
  expect(answered - started).toBeLessThan(2_000);
  expect(effect).toBeLessThan(5_000);
});

test("R23 of one event delivered fifty times at once to two webs, twenty times over, there is one effect", async ({
  product,
}) => {
  const rounds = 20;
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    const body = bytes(bodyOf({ messages: [textMessage(`wamid.R23.${round}`)] }, product.phoneNumberId));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => post(product, body, { web: n % 2 ? 1 : 0 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  }
  expect(await untilAllClosed(product)).toBe(rounds * 50);
  const effects = await product.database.sql(
    `select count(*)::int as messages, count(distinct conversation_id)::int as conversations,
       (select count(*)::int from contacts) as contacts,
       (select count(*)::int from webhook_deliveries where outcome <> 'processed') as not_processed from messages`,
  );
  expect(effects).toEqual([{ messages: rounds, conversations: 1, contacts: 1, not_processed: 0 }]);
  console.log(`R23: ${rounds} rounds of 50 in ${(performance.now() - started).toFixed(0)} ms`);
});
