/** Unsigned bodies that do not end, by every spelling of every address that takes one: what is kept is counted. */
import { expect } from "@playwright/test";
import { byTier } from "../../db/testing/tier.ts";
import { bodyTargets } from "./door-bodies.ts";
import { test } from "./product/door.ts";
import { begin, chunked, countByStatus, head, megabyte, unsigned, upload } from "./webhook-hostile-wire.ts";

const lines = ["Transfer-Encoding: chunked", "Content-Type: application/x-www-form-urlencoded", unsigned];
const senders = byTier(40, 200);

/** Of a delivery a megabyte is not too much: all of them share 16 MB, and whoever came first leaves. */
const expected = {
  delivery: { waiting: 16, 503: senders - 16 },
  form: { 413: senders },
  none: { 400: senders },
};

for (const [target, kind] of Object.entries(bodyTargets)) {
  test(`of ${senders} bodies of a megabyte to ${target} that do not end, no more than sixteen are kept`, async ({
    product,
  }) => {
    const begun = Array.from({ length: senders }, () =>
      begin(product.web, head(target, lines), chunked(megabyte)),
    );
    await expect.poll(() => countByStatus(begun), { intervals: [20] }).toEqual(expected[kind]);
    for (const one of begun) one.leave();
    const { sent } = await upload(product.web, head(target, lines), {
      ...{ chunked: true, total: 256 * megabyte, goesOn: true },
    });
    // What is refused is read for a while; what the system itself has taken over for us comes on top.
    expect(sent).toBeLessThan(64 * megabyte);
  });
}
