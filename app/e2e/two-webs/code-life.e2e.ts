/** A code lives for 30 seconds (R30): it is spent at once, once, and a person never waits for long. */
import { expect } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { exchanges } from "../product/control.ts";
import { test, withTwoWebs } from "../product/two-webs.ts";
import { callsOf, hangOn, setOut } from "./code-life.ts";
import {
  begin,
  comeBack,
  connect,
  connectedPlace,
  expectToldWhy,
  failedPlace,
  failures,
  mint,
  type Person,
  somebody,
} from "./connect-by-http.ts";

const product = withTwoWebs();
const luz = { businessId: BUSINESS_IDS.luz };

/** One attempt was made and no second one will be: nothing is kept, the page says what to do, and doing it helps. */
async function expectToStartAgain(person: Person, reason: ReasonCode): Promise<void> {
  expect(await exchanges(product)).toBe(1);
  expect(await product.sql("select from channel_connections")).toEqual([]);
  expect(await failures(product, person)).toEqual([reason]);
  await expectToldWhy(person, reason, 0);
  expect(await connect(product, person, luz)).toBe(connectedPlace);
}

test("of 20 who come back at once all codes are spent before Meta has answered the first of them", async () => {
  const travellers = await setOut(product, 20);
  await hangOn(product, "exchange", 3_000);
  const places = await Promise.all(
    travellers.map(({ person, query }, at) => comeBack(person, query, (at + 1) % 2)),
  );
  expect(places).toEqual(places.map(() => connectedPlace));
  const [spent, inspected] = [await callsOf(product, "exchange"), await callsOf(product, "debug_token")];
  expect([spent.length, inspected.length]).toEqual([20, 20]);
  // A code that was exchanged is inspected next.
  expect(Math.max(...spent)).toBeLessThan(Math.min(...inspected));
  expect(await product.sql("select from channel_connections where status = 'active'")).toHaveLength(20);
});

test("a code of 29 seconds is good, one of 31 leads to a page to start again", async () => {
  const ana = await somebody(product);
  const comeBackAfter = async (ms: number) => {
    const [state, code] = [await begin(ana, 0), await mint(product, luz)];
    await product.control("/clock", { advanceMs: ms });
    return comeBack(ana, { state, code }, 1);
  };
  expect(await comeBackAfter(31_000)).toBe(failedPlace("code_rejected"));
  await expectToStartAgain(ana, "code_rejected");
  expect(await comeBackAfter(29_000)).toBe(connectedPlace);
});

for (const kind of ["reset_before", "reset_after"]) {
  test(`an exchange that breaks off (${kind}) is not tried again, not even when the page is loaded again`, async () => {
    const ana = await somebody(product);
    const query = { state: await begin(ana, 0), code: await mint(product, luz) };
    await product.control("/scenarios", { endpoint: "exchange", outcome: { kind }, times: 1 });
    expect(await comeBack(ana, query, 1)).toBe(failedPlace("meta_unavailable"));
    await expectToStartAgain(ana, "meta_unavailable");
    for (const web of [0, 1]) expect(await comeBack(ana, query, web)).toBe(failedPlace("state_used"));
    expect(await exchanges(product)).toBe(2);
  });
}

test("an exchange that Meta does not answer is given up before it would, and holds up nobody else meanwhile", async () => {
  const [ana, eva] = [await somebody(product), await somebody(product)];
  const query = { state: await begin(ana, 0), code: await mint(product, luz) };
  // Waited for so long, it would end well.
  await hangOn(product, "exchange", 15_000, 1);
  let waiting = true;
  const hung = comeBack(ana, query, 1).finally(() => {
    waiting = false;
  });
  await expect.poll(() => callsOf(product, "exchange"), { intervals: [20] }).toHaveLength(1);
  expect(await connect(product, eva, { businessId: BUSINESS_IDS.norte })).toBe(connectedPlace);
  expect(waiting).toBe(true);
  expect(await hung).toBe(failedPlace("meta_unavailable"));
  const connected = await product.sql("select phone_number_id from channel_connections");
  expect(connected).toEqual([{ phone_number_id: NUMBER_IDS.norte }]);
  expect(await failures(product, ana)).toEqual(["meta_unavailable"]);
  await expectToldWhy(ana, "meta_unavailable", 0);
  expect(await exchanges(product)).toBe(2);
});
