/** Unsigned bodies that do not end, by every spelling of every address that takes one: what is kept is counted. */
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import {
  type Begun,
  begin,
  chunked,
  countByStatus,
  head,
  megabyte,
  unsigned,
  upload,
} from "../hostile/wire.ts";
import { test } from "../product/door.ts";
import { bodyTargets } from "./bodies.ts";

const lines = ["Transfer-Encoding: chunked", "Content-Type: application/x-www-form-urlencoded", unsigned];
const senders = byTier(40, 200);

/** Of a delivery a megabyte is not too much: all of them share 16 MB, and whoever came first leaves. */
const expected = {
  delivery: { waiting: 16, 503: senders - 16 },
  callback: { 413: senders },
  form: { "413 or cut": senders },
  none: { 400: senders },
};

/** A form is refused with the end of its connection: whoever still sends may miss the answer. */
function counted(begun: Begun[], kind: keyof typeof expected): Record<string, number> {
  const { 413: tooLarge = 0, cut = 0, ...others } = countByStatus(begun);
  return kind === "form" ? { ...others, "413 or cut": tooLarge + cut } : countByStatus(begun);
}

for (const [target, kind] of Object.entries(bodyTargets)) {
  test(`of ${senders} bodies of a megabyte to ${target} that do not end, no more than sixteen are kept`, async ({
    product,
  }) => {
    const begun = Array.from({ length: senders }, () =>
      begin(product.web, head(target, lines), chunked(megabyte)),
    );
    await expect.poll(() => counted(begun, kind), { intervals: [20] }).toEqual(expected[kind]);
    for (const one of begun) one.leave();
    const { sent } = await upload(product.web, head(target, lines), {
      chunked: true,
      total: 256 * megabyte,
      goesOn: true,
    });
    // What is refused is read for a while; what the system itself has taken over for us comes on top.
    expect(sent).toBeLessThan(64 * megabyte);
  });
}
