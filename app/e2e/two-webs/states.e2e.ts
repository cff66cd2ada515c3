/** States of a sign-in at Meta over two web processes (R25, R26): good once, for the one who asked, in time. */
import { expect } from "@playwright/test";
import { widenProvider } from "../../../db/testing/second-provider.ts";
import { byTier } from "../../../db/testing/tier.ts";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { english as texts } from "../../texts/en/index.ts";
import { startAfresh } from "../product/afresh.ts";
import { exchanges } from "../product/control.ts";
import { test, withTwoWebs } from "../product/two-webs.ts";
import {
  api,
  begin,
  comeBack,
  connectedPlace,
  expectToldWhy,
  failedPlace,
  failures,
  mint,
  type Person,
  signIn,
  somebody,
} from "./connect-by-http.ts";

const product = withTwoWebs();
const both = [0, 1];
const goodCode = () => mint(product, { businessId: BUSINESS_IDS.luz });
const stored = () => product.sql("select status, phone_number_id from channel_connections");

/** At either process: sent to the page that says why, the refusal on record, no code spent, nothing connected. */
async function refused(person: Person, query: Record<string, string>, reason: ReasonCode): Promise<void> {
  for (const web of both) {
    const before = await failures(product, person);
    expect(await comeBack(person, { code: await goodCode(), ...query }, web)).toBe(failedPlace(reason));
    expect(await failures(product, person)).toEqual([...before, reason]);
    await expectToldWhy(person, reason, 1 - web);
  }
  expect(await exchanges(product)).toBe(0);
  expect(await stored()).toEqual([]);
}

/** What was refused to others is still good for the one who asked, so the refusals were not about something else. */
async function stillGood(person: Person, state: string): Promise<void> {
  expect(await comeBack(person, { state, code: await goodCode() }, 1)).toBe(connectedPlace);
  expect(await exchanges(product)).toBe(1);
  expect(await stored()).toEqual([{ status: "active", phone_number_id: NUMBER_IDS.luz }]);
}

test.describe("a state is refused", () => {
  test("when it comes again", async () => {
    const ana = await somebody(product);
    const state = await begin(ana, 0);
    expect(await comeBack(ana, { state, error: "access_denied" }, 1)).toBe(failedPlace("cancelled"));
    await refused(ana, { state }, "state_used");
    expect(await failures(product, ana)).toEqual(["cancelled", "state_used", "state_used"]);
  });

  test("a second after its ten minutes, and not a second before", async () => {
    const ana = await somebody(product);
    const age = (state: string, by: string) =>
      product.sql(
        `update oauth_states set created_at = created_at - $2::interval, expires_at = expires_at - $2::interval
          where nonce = $1`,
        [state, by],
      );
    const late = await begin(ana, 0);
    await age(late, "10 minutes 1 second");
    await refused(ana, { state: late }, "state_expired");
    const inTime = await begin(ana, 0);
    await age(inTime, "9 minutes 50 seconds");
    await stillGood(ana, inTime);
  });

  test("with any one of its characters changed, cut short, or made longer", async () => {
    const ana = await somebody(product);
    const state = await begin(ana, 0);
    const changed = [...state].map(
      (character, at) => state.slice(0, at) + (character === "A" ? "B" : "A") + state.slice(at + 1),
    );
    expect(changed).toHaveLength(43);
    const tampered = [...changed, state.slice(1), `${state}A`, `${state} `, state.toLowerCase()];
    const code = await goodCode();
    const places = await Promise.all(
      tampered.map((one, at) => comeBack(ana, { state: one, code }, at % both.length)),
    );
    expect(new Set(places)).toEqual(new Set([failedPlace("state_invalid")]));
    expect(await failures(product, ana)).toEqual(tampered.map(() => "state_invalid"));
    await expectToldWhy(ana, "state_invalid", 0);
    expect(await exchanges(product)).toBe(0);
    await stillGood(ana, state);
  });

  test("when there is none", async () => {
    const ana = await somebody(product);
    await refused(ana, {}, "state_invalid");
    await refused(ana, { state: "" }, "state_invalid");
  });

  test("from a colleague, from a stranger, and from another browser of the same person", async () => {
    const ana = await somebody(product);
    const state = await begin(ana, 0);
    const elsewhere = { ...ana, visitor: await signIn(product, ana.email) };
    for (const person of [await somebody(product, ana), await somebody(product), elsewhere]) {
      await refused(person, { state }, "state_invalid");
    }
    await stillGood(ana, state);
  });

  test("in another workspace of the same person", async () => {
    const ana = await somebody(product);
    const state = await begin(ana, 0);
    const bakery = await somebody(product);
    // A sign-in lands in the workspace that was joined first.
    await product.sql("insert into memberships values ($1, $2, 'member', now() - interval '1 day')", [
      bakery.tenantId,
      ana.userId,
    ]);
    const there = { ...bakery, userId: ana.userId, visitor: await signIn(product, ana.email) };
    const sessions = "select tenant_id from sessions where user_id = $1 order by created_at";
    const tenants = [{ tenant_id: ana.tenantId }, { tenant_id: bakery.tenantId }];
    expect(await product.sql(sessions, [ana.userId])).toEqual(tenants);
    await refused(there, { state }, "state_invalid");
    expect(await failures(product, ana)).toEqual([]);
    await stillGood(ana, state);
  });

  test("signed out, and after signing in anew", async () => {
    const ana = await somebody(product);
    const state = await begin(ana, 0);
    await ana.visitor.post("/logout", {}, 1);
    const code = await goodCode();
    for (const web of both) {
      const place = await comeBackSignedOut(ana, `${api}/callback?state=${state}&code=${code}`, web);
      expect(place).not.toContain(state);
      expect(place).not.toContain(code);
      const page = await (await ana.visitor.get(place, 1 - web)).text();
      expect(page).toContain(texts.login.lead);
    }
    expect(await failures(product, ana)).toEqual([]);
    await refused({ ...ana, visitor: await signIn(product, ana.email) }, { state }, "state_invalid");
  });

  test("at the callback of another channel, and for a channel it was not made for", async () => {
    const ana = await somebody(product);
    const state = await begin(ana, 0);
    for (const [at, channel] of ["telex", "whatsapp2", "whatsapp%20", "toString"].entries()) {
      const path = `${api.replace("whatsapp", channel)}/callback?state=${state}&code=${await goodCode()}`;
      expect((await ana.visitor.get(path, at % both.length)).status, channel).toBe(404);
    }
    const relabel = (channel: string) =>
      product.sql("update oauth_states set provider = $2 where nonce = $1", [state, channel]);
    await widenProvider(product.database, "telex");
    await relabel("telex");
    await refused(ana, { state }, "state_invalid");
    await relabel("meta_whatsapp");
    await stillGood(ana, state);
  });
});

async function comeBackSignedOut(person: Person, path: string, web: number): Promise<string> {
  const answer = await person.visitor.get(path, web);
  expect(answer.status).toBe(303);
  const place = answer.headers.get("location") ?? "";
  expect(place).toMatch(/^\/login/);
  return place;
}

const rounds = byTier(3, 20);

test(`fifty callbacks at once with one state and one code make one exchange and one connection, ${rounds} times`, async () => {
  for (let round = 1; round <= rounds; round++) {
    await startAfresh(product);
    const ana = await somebody(product);
    const [state, code] = [await begin(ana, round % both.length), await goodCode()];
    const places = await Promise.all(
      Array.from({ length: 50 }, (_, at) => comeBack(ana, { state, code }, at % both.length)),
    );
    expect(places.filter((place) => place === connectedPlace)).toHaveLength(1);
    expect(places.filter((place) => place === failedPlace("state_used"))).toHaveLength(49);
    expect(await exchanges(product)).toBe(1);
    expect(await stored()).toEqual([{ status: "active", phone_number_id: NUMBER_IDS.luz }]);
    expect(await failures(product, ana)).toEqual(Array(49).fill("state_used"));
    if (round === rounds) await expectToldWhy(ana, "state_used", 0);
  }
});
