import { expect, test } from "vitest";
import { shareOf } from "./accept.server.ts";

const bodyOf = (id: string) =>
  Buffer.from(`{"object": "whatsapp_business_account", "entry": [{"id": "${id}", "changes": []}]}`);

test("deliveries for one account fall into one share, those for many into all of them", () => {
  expect(shareOf(bodyOf("102290129300001"))).toBe(shareOf(Buffer.from('{"entry":[{"id":"102290129300001"')));
  const shares = Array.from({ length: 640 }, (_, n) => shareOf(bodyOf(String(102_290_129_300_000 + n))));
  const counts = Array.from({ length: 64 }, (_, share) => shares.filter((one) => one === share).length);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(Math.max(...counts)).toBeLessThan(40);
});

test.each(["", "\u0000\ufffd", '{"entry":[{"id":"', '{"id": "not a number"}', "x".repeat(10_000)])(
  "a body that names no account falls into the first share (%#)",
  (text) => expect(shareOf(Buffer.from(text))).toBe(0),
);
