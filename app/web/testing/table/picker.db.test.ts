import { describe, expect, test } from "vitest";
import { connectedPlace, pickerPlace } from "../connect-flows.ts";
import { expectConnected, expectNotConnected, expectSaid, inShort } from "./expectations.ts";
import { connectTable } from "./flows.ts";
import { type Failure, failures, oneOfEach, type Place, places, reasons } from "./table.ts";
import { bothScopes, layOut, portfolio } from "./worlds.ts";

const table = connectTable();
const { flow, connectWith, strike, calm, look, choose, left, exchanges } = table;

/** A grant that waits, in each of the ways it can; then the numbers it reaches by now. */
const waits: Record<string, () => Promise<string[]>> = {
  "was never read": async () => {
    const ids = layOut(flow.product.sandbox, [1]);
    strike(places.numbers, laterFailure);
    await connectWith(flow.ana, portfolio);
    return ids;
  },
  "reached no number yet": async () => {
    const waba = () => Object.values(flow.product.sandbox.world.wabas).at(-1)?.id ?? "";
    layOut(flow.product.sandbox, [0]);
    await connectWith(flow.ana, portfolio);
    const number = { wabaId: waba(), displayPhoneNumber: "+52 55 7777 6666", verifiedName: "Nuevo" };
    return [flow.product.sandbox.control.addNumber(number).id];
  },
  "waits for a choice": async () => {
    const ids = layOut(flow.product.sandbox, [2, 1]);
    expect(await connectWith(flow.ana, portfolio)).toBe(pickerPlace);
    return ids;
  },
};
const laterFailure = failures.find((one) => one.verdict === "later" && /502/.test(one.name)) as Failure;

interface Flow {
  wait: string;
  act: "look" | "choose";
  columns: Failure[];
}
const flowsTaken: Flow[] = [
  { wait: "was never read", act: "look", columns: failures },
  { wait: "reached no number yet", act: "look", columns: oneOfEach },
  { wait: "waits for a choice", act: "look", columns: oneOfEach },
  { wait: "waits for a choice", act: "choose", columns: failures },
];

async function begin({ wait, act }: Flow) {
  const ids = (await waits[wait]?.()) ?? [];
  calm();
  await table.forgetJobs();
  const wanted = ids.at(-1) ?? "";
  const go = () => (act === "look" ? look(flow.ana) : choose(flow.ana, wanted));
  return { wanted, go, before: await left() };
}

/** What a person can still do once Meta answers again. */
async function expectMended(taken: Flow, wanted: string, go: () => Promise<string>): Promise<void> {
  const place = await go();
  const isOffered = taken.act === "look" && taken.wait === "waits for a choice";
  expect(place).toBe(isOffered ? pickerPlace : connectedPlace);
  if (isOffered) expect(await choose(flow.ana, wanted)).toBe(connectedPlace);
  expectConnected(await left(), wanted);
}

async function expectDropped(failed: string): Promise<void> {
  expectSaid(failed, "code_rejected");
  const after = await left();
  expectNotConnected(after);
  expect(inShort(after)).toEqual(["revoked"]);
  expect(after.events.at(-1)).toMatchObject({ kind: "connect_failed", detail: { reason: "code_rejected" } });
  calm();
  expectSaid(await look(flow.ana), "choice_expired");
}

async function goThrough(taken: Flow, place: Place, failure: Failure): Promise<void> {
  const { wanted, go, before } = await begin(taken);
  strike(place, failure);
  const failed = await go();
  // The input of debug_token is the token: refusing it is how Meta answers for one of another app. Refusing who asks
  // says nothing about it.
  const isDead = failure.verdict === (place === places.debugToken ? "rejected" : "dead");
  if (isDead) await expectDropped(failed);
  else {
    // One refused reading is no proof that the grant is worth nothing: it stays, exactly as it was.
    expectSaid(failed, reasons[failure.verdict]);
    const after = await left();
    expectNotConnected(after);
    expect(after.rows).toEqual(before.rows);
    calm();
    await expectMended(taken, wanted, go);
  }
  expect(exchanges()).toBe(1);
}

for (const taken of flowsTaken) {
  for (const place of [places.debugToken, places.numbers]) {
    const columns = place === places.numbers ? taken.columns : oneOfEach;
    describe(`${taken.act} at a grant that ${taken.wait}, failing at ${place.name}`, () => {
      for (const failure of columns) test(`by ${failure.name}`, () => goThrough(taken, place, failure));
    });
  }
}

describe("while a choice is open", () => {
  const offered = () => begin({ wait: "waits for a choice", act: "choose", columns: [] });
  const control = () => flow.product.sandbox.control;

  test("its number disappears: the others can still be had", async () => {
    const { wanted, go, before } = await offered();
    delete flow.product.sandbox.world.numbers[wanted];
    expectSaid(await go(), "no_number");
    expect((await left()).rows).toEqual(before.rows);
    expect(await look(flow.ana)).toBe(pickerPlace);
    const numbers = (await left()).rows[0]?.metadata.choices?.numbers ?? [];
    expect(numbers.map((one) => one.phoneNumberId)).not.toContain(wanted);
    expect(await choose(flow.ana, numbers[0]?.phoneNumberId ?? "")).toBe(connectedPlace);
    expect(exchanges()).toBe(1);
  });

  test("its number moves to another account of the grant: it is connected there", async () => {
    const { wanted, go } = await offered();
    const [wabaId] = Object.values(flow.product.sandbox.world.numbers)
      .filter((one) => one.id !== wanted)
      .map((one) => one.wabaId)
      .slice(-1);
    Object.assign(flow.product.sandbox.world.numbers[wanted] ?? {}, { wabaId });
    expect(await go()).toBe(connectedPlace);
    expect((await left()).rows).toMatchObject([{ waba_id: wabaId, phone_number_id: wanted }]);
  });

  test("another workspace takes its number: refused, and another one can be picked", async () => {
    const { wanted, go, before } = await offered();
    const eva = await flow.product.person();
    expect(await connectWith(eva, portfolio)).toBe(pickerPlace);
    expect(await choose(eva, wanted)).toBe(connectedPlace);
    expectSaid(await go(), "number_taken");
    const after = await left();
    expect(after.rows).toEqual(before.rows);
    expect(after.claims).toEqual([]);
    const other = before.rows[0]?.metadata.choices?.numbers.find((one) => one.phoneNumberId !== wanted);
    expect(await choose(flow.ana, other?.phoneNumberId ?? "")).toBe(connectedPlace);
    expect(exchanges()).toBe(2);
  });

  test.each(["look", "choose"] as const)("its hour ends: %s says so, asks Meta nothing", async (act) => {
    const { wanted } = await offered();
    await flow.product.database.sql("update channel_connections set choice_expires_at = '2020-01-01'");
    const calls = control().calls().length;
    const place = act === "look" ? await look(flow.ana) : await choose(flow.ana, wanted);
    expectSaid(place, "choice_expired");
    expect(control().calls()).toHaveLength(calls);
    expectNotConnected(await left());
  });

  test.each(bothScopes)("%s is taken back: told, and the token is not kept", async (lost) => {
    const { go } = await offered();
    const scopes = bothScopes.filter((scope) => scope !== lost);
    const app_id = flow.product.services.integrations.connectors.meta_whatsapp.appId;
    const body = { data: { app_id, is_valid: true, scopes, granular_scopes: [] } };
    control().addScenario({ endpoint: "debug_token", outcome: { kind: "wrong_shape", body } });
    expectSaid(await go(), "permission_missing");
    const after = await left();
    expectNotConnected(after);
    expect(inShort(after)).toEqual(["error"]);
    expect(after.rows[0]?.metadata.error).toMatchObject({ code: "permission_missing", missing: [lost] });
    calm();
    expectSaid(await go(), "choice_expired");
    expect(exchanges()).toBe(1);
  });

  test("the person removes the app at Meta: told, and the token is not kept", async () => {
    const { go } = await offered();
    await control().revokeTokens();
    await expectDropped(await go());
  });
});
