/** A code lives for 30 seconds (R30): how long it takes to spend it, and how long a person waits. On a quiet machine. */
import { expect } from "@playwright/test";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { test, withTwoWebs } from "../product/two-webs.ts";
import { callsOf, hangOn, setOut } from "./code-life.ts";
import { begin, comeBack, connectedPlace, failedPlace, mint, somebody } from "./connect-by-http.ts";

const product = withTwoWebs();

test("with a second at Meta for each call, 20 who come back at once have their codes spent within a second", async () => {
  const travellers = await setOut(product, 20);
  for (const step of ["exchange", "debug_token", "phone_numbers"]) await hangOn(product, step, 1_000);
  const released = Date.now();
  const took = await Promise.all(
    travellers.map(async ({ person, query }, at) => {
      expect(await comeBack(person, query, (at + 1) % 2)).toBe(connectedPlace);
      return Date.now() - released;
    }),
  );
  const spentAfter = (await callsOf(product, "exchange")).map((at) => at - released);
  const [lastSpent, longest] = [Math.max(...spentAfter), Math.max(...took)];
  console.log(
    `R30: last code spent after ${lastSpent} ms; answers after ${Math.min(...took)} to ${longest} ms`,
  );
  expect(lastSpent).toBeLessThan(1_000);
  // Meta's own three seconds, and three of ours.
  expect(Math.min(...took)).toBeGreaterThanOrEqual(3_000);
  expect(longest).toBeLessThanOrEqual(6_000);
});

test("an exchange that Meta does not answer ends within 11 s", async () => {
  const ana = await somebody(product);
  const query = { state: await begin(ana, 0), code: await mint(product, { businessId: BUSINESS_IDS.luz }) };
  await hangOn(product, "exchange", 20_000, 1);
  const started = Date.now();
  expect(await comeBack(ana, query, 1)).toBe(failedPlace("meta_unavailable"));
  const took = Date.now() - started;
  console.log(`R30: an exchange without an answer ended after ${took} ms`);
  expect(took).toBeGreaterThanOrEqual(9_500);
  expect(took).toBeLessThanOrEqual(11_000);
});
