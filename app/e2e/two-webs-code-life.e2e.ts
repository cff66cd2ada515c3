/** A code lives for 30 seconds (R30): it is spent at once, once, and a person never waits for long. */
import { expect } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../scripts/meta-sandbox/world.ts";
import type { ReasonCode } from "../integrations/errors.ts";
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
  people,
  somebody,
} from "./connect-by-http.ts";
import { exchanges } from "./product/control.ts";
import { test, withTwoWebs } from "./product/two-webs.ts";

const product = withTwoWebs();
const luz = { businessId: BUSINESS_IDS.luz };

const onNext = (endpoint: string, outcome: object, times?: number) =>
  product.control("/scenarios", { endpoint, outcome, ...(times === undefined ? {} : { times }) });

interface SeenCall {
  at: number;
  endpoint: string;
}

async function seen(endpoint: string): Promise<SeenCall[]> {
  const { calls } = await product.control<{ calls: SeenCall[] }>("/calls");
  return calls.filter((call) => call.endpoint === endpoint);
}

/** One attempt was made and no second one will be: nothing is kept, the page says what to do, and doing it helps. */
async function expectToStartAgain(person: Person, reason: ReasonCode): Promise<void> {
  expect(await exchanges(product)).toBe(1);
  expect(await product.sql("select from channel_connections")).toEqual([]);
  expect(await failures(product, person)).toEqual([reason]);
  await expectToldWhy(person, reason, 0);
  expect(await connect(product, person, luz)).toBe(connectedPlace);
}

/** A number of its own for each, in an account of its own. */
async function numberOfTheirOwn(at: number): Promise<object> {
  const name = `Sucursal ${at}`;
  const { id } = await product.control<{ id: string }>("/wabas", { ...luz, name });
  const displayPhoneNumber = `+52 55 3000 ${1000 + at}`;
  await product.control("/numbers", {
    wabaId: id,
    displayPhoneNumber,
    verifiedName: name,
    platformType: "CLOUD_API",
  });
  return { ...luz, wabaIds: [id] };
}

test("with a second at Meta for each call, 20 who come back at once have their codes spent within a second", async () => {
  const everybody = await people(product, 20);
  const queries: Record<string, string>[] = [];
  for (const [at, person] of everybody.entries()) {
    const grant = await numberOfTheirOwn(at);
    queries.push({ state: await begin(person, at % 2), code: await mint(product, grant) });
  }
  const steps = ["exchange", "debug_token", "phone_numbers"];
  for (const step of steps) await onNext(step, { kind: "hang", ms: 1_000 });
  const released = Date.now();
  const took = await Promise.all(
    everybody.map(async (person, at) => {
      expect(await comeBack(person, queries[at] ?? {}, (at + 1) % 2)).toBe(connectedPlace);
      return Date.now() - released;
    }),
  );
  for (const step of steps) expect(await seen(step), step).toHaveLength(20);
  const spentAfter = (await seen("exchange")).map((call) => call.at - released);
  const [lastSpent, longest] = [Math.max(...spentAfter), Math.max(...took)];
  console.log(
    `R30: last code spent after ${lastSpent} ms; answers after ${Math.min(...took)} to ${longest} ms`,
  );
  expect(lastSpent).toBeLessThan(1_000);
  // Meta's own three seconds, and three of ours.
  expect(Math.min(...took)).toBeGreaterThanOrEqual(3_000);
  expect(longest).toBeLessThanOrEqual(6_000);
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
    await onNext("exchange", { kind }, 1);
    expect(await comeBack(ana, query, 1)).toBe(failedPlace("meta_unavailable"));
    await expectToStartAgain(ana, "meta_unavailable");
    for (const web of [0, 1]) expect(await comeBack(ana, query, web)).toBe(failedPlace("state_used"));
    expect(await exchanges(product)).toBe(2);
  });
}

test("an exchange that Meta does not answer ends within 11 s, and holds up nobody else meanwhile", async () => {
  const [ana, eva] = [await somebody(product), await somebody(product)];
  const query = { state: await begin(ana, 0), code: await mint(product, luz) };
  await onNext("exchange", { kind: "hang", ms: 20_000 }, 1);
  const started = Date.now();
  let waiting = true;
  const hung = comeBack(ana, query, 1).finally(() => {
    waiting = false;
  });
  await expect.poll(() => seen("exchange")).toHaveLength(1);
  expect(await connect(product, eva, { businessId: BUSINESS_IDS.norte })).toBe(connectedPlace);
  expect(waiting).toBe(true);
  expect(await hung).toBe(failedPlace("meta_unavailable"));
  const took = Date.now() - started;
  console.log(`R30: an exchange without an answer ended after ${took} ms`);
  expect(took).toBeGreaterThanOrEqual(9_500);
  expect(took).toBeLessThanOrEqual(11_000);
  const connected = await product.sql("select phone_number_id from channel_connections");
  expect(connected).toEqual([{ phone_number_id: NUMBER_IDS.norte }]);
  expect(await failures(product, ana)).toEqual(["meta_unavailable"]);
  await expectToldWhy(ana, "meta_unavailable", 0);
  expect(await exchanges(product)).toBe(2);
});
