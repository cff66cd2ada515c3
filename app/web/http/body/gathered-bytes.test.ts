import fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { gatherBytes } from "./gathered-bytes.server.ts";

test("what was added comes out in its order, whatever its pieces", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 50 });
  fc.assert(
    fc.property(pieces, (given) => {
      const gathered = gatherBytes();
      const buffers = given.map((piece) => Buffer.from(piece));
      for (const piece of buffers) gathered.add(piece);
      expect(gathered.bytes()).toEqual(Buffer.concat(buffers));
    }),
    cases(100),
  );
});

test("bytes that come one by one take no more than twice their number", () => {
  const gathered = gatherBytes();
  for (let n = 0; n < 10_000; n++) gathered.add(Buffer.from([n & 255]));
  expect(gathered.bytes().byteLength).toBe(10_000);
  expect(gathered.bytes().buffer.byteLength).toBeLessThanOrEqual(2 * 10_000);
});

test("what was dropped is gone", () => {
  const gathered = gatherBytes();
  gathered.add(Buffer.from("ab"));
  gathered.drop();
  gathered.add(Buffer.from("c"));
  expect(gathered.bytes().toString()).toBe("c");
});
