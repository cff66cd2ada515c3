/** Too much at once, to the built webs over sockets (R12, R13, R23 of the reliability scoreboard). */
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { bodyOf, bytes, textMessage } from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { path, post, test, untilAllClosed } from "../product/hostile.ts";
import {
  begin,
  chunked,
  countByStatus,
  exchange,
  head,
  megabyte,
  overLimit,
  unsigned,
  upload,
} from "./wire.ts";

test("R12 of a delivery over the limit, announced or in chunks, the answer is 413 before its end", async ({
  product,
}) => {
  const [port] = product.webPorts;
  const announcing = (length: number) => head(path, [`Content-Length: ${length}`, unsigned]);
  const inChunks = head(path, ["Transfer-Encoding: chunked", unsigned]);
  const begun = [
    // Announced, and nothing more: what answers has not waited for any of it.
    begin(port, announcing(overLimit)),
    begin(port, announcing(10 * megabyte)),
    // Not announced: what answers has not waited for more than the byte that is too much.
    begin(port, inChunks, chunked(overLimit)),
    begin(port, inChunks, chunked(10 * megabyte)),
  ];
  await expect.poll(() => countByStatus(begun), { intervals: [20] }).toEqual({ 413: begun.length });
  for (const one of begun) one.leave();
  expect(await product.sql("select id from webhook_deliveries")).toEqual([]);
});

test("R12 of a refused delivery that goes on all the same a part is read, and then its connection is cut", async ({
  product,
}) => {
  const [port] = product.webPorts;
  const total = 256 * megabyte;
  for (const lines of [[`Content-Length: ${total}`], ["Transfer-Encoding: chunked"]]) {
    const { status, sent } = await upload(port, head(path, [...lines, unsigned]), {
      total,
      chunked: lines[0] === "Transfer-Encoding: chunked",
      goesOn: true,
    });
    expect(status).toBe(413);
    // What the system itself has taken over for us comes on top.
    expect(sent).toBeLessThan(64 * megabyte);
  }
});

test("R12 of a body in any coding but identity, a gzip bomb among them, nothing is unpacked: 415", async ({
  product,
}) => {
  const bomb = gzipSync(Buffer.alloc(64 * megabyte));
  const send = (coding: string, body: Buffer) => {
    const about = [`Content-Encoding: ${coding}`, `Content-Length: ${body.length}`, unsigned];
    return exchange(product.webPorts[0], head(path, ["Connection: close", ...about]), body);
  };
  const codings = ["gzip", "GZIP", "br", "deflate", "zstd", "x-gzip", "gzip, identity", "identity, gzip"];
  for (const coding of codings) expect((await send(coding, bomb)).status, coding).toBe(415);
  expect((await send("identity", Buffer.alloc(0))).status).toBe(401);
});

// What comes in chunks is kept up to the limit before it is known whether it is signed: all of them share 16 MB for that.
test("R12 of many unsigned deliveries of a megabyte that do not end sixteen are kept, and honest ones come through", async ({
  product,
}) => {
  const [port] = product.webPorts;
  const senders = byTier(60, 200);
  const request = head(path, ["Transfer-Encoding: chunked", unsigned]);
  const begun = Array.from({ length: senders }, () => begin(port, request, chunked(megabyte)));
  const counts = () => countByStatus(begun);
  await expect.poll(counts, { intervals: [20] }).toEqual({ waiting: 16, 503: senders - 16 });
  // The room is full to the byte once all of theirs has been read: then the oldest of them has to go for an honest one.
  let honest = 0;
  const postOne = async () => {
    honest += 1;
    expect((await post(product, Buffer.from("{}"))).status).toBe(200);
    return counts();
  };
  await expect.poll(postOne, { intervals: [20] }).toEqual({ waiting: 15, 503: senders - 15 });
  // Whoever was kept until now had all of it read.
  for (const one of begun) one.send("0\r\n\r\n");
  await expect.poll(counts, { intervals: [20] }).toEqual({ 401: 15, 503: senders - 15 });
  for (const one of begun) one.leave();
  expect(await untilAllClosed(product)).toBe(honest);
});

test("R13 of a delivery of three megabytes everything comes into effect", async ({ product }) => {
  const filling = "x".repeat(3_000);
  const messages = Array.from({ length: 1_000 }, (_, n) => textMessage(`wamid.${n}`, `34${n % 50}`, filling));
  const body = bytes(bodyOf({ messages }, product.phoneNumberId));
  expect(body.byteLength).toBeGreaterThan(3 * megabyte - 64 * 1024);
  expect((await post(product, body)).status).toBe(200);
  const count = () => product.sql("select count(*)::int as n from messages");
  await expect.poll(count, { intervals: [20] }).toEqual([{ n: 1_000 }]);
});

const rounds = byTier(4, 100);

test(`R23 of one event delivered fifty times at once to two webs, ${rounds} times over, there is one effect`, async ({
  product,
}) => {
  for (let round = 0; round < rounds; round++) {
    const body = bytes(bodyOf({ messages: [textMessage(`wamid.R23.${round}`)] }, product.phoneNumberId));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => post(product, body, { web: n % 2 ? 1 : 0 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  }
  expect(await untilAllClosed(product)).toBe(rounds * 50);
  const effects = await product.sql(
    `select count(*)::int as messages, count(distinct conversation_id)::int as conversations,
       (select count(*)::int from contacts) as contacts,
       (select count(*)::int from webhook_deliveries where outcome <> 'processed') as not_processed from messages`,
  );
  expect(effects).toEqual([{ messages: rounds, conversations: 1, contacts: 1, not_processed: 0 }]);
});
