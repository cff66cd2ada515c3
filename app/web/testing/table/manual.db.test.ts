import { beforeEach, describe, expect, test } from "vitest";
import { action as manual } from "../../../routes/settings.integrations_.$channel.manual.tsx";
import { connectedPlace } from "../connect-flows.ts";
import { callRoute, type TestPerson } from "../product.ts";
import { expectConnected } from "./expectations.ts";
import { connectTable } from "./flows.ts";
import { type Failure, failures, oneOfEach, type Place, places } from "./table.ts";
import { bothScopes, layOut, portfolio, portfolioScopes } from "./worlds.ts";

const { flow, ask, connectWith, strike, calm, left, exchanges } = connectTable();

let admin: TestPerson;
beforeEach(async () => {
  admin = await flow.product.person(undefined, "admin");
  const text = "insert into feature_flags (tenant_id, flag, enabled) values ($1, 'integration_debug', true)";
  await flow.product.database.sql(text, [admin.tenantId]);
});

interface Typed {
  wabaId: string;
  phoneNumberId: string;
  accessToken: string;
}

function typed(more: { scopes?: string[]; appId?: string } = {}): Typed {
  const [phoneNumberId = ""] = layOut(flow.product.sandbox, [1]);
  const { wabaId = "" } = flow.product.sandbox.world.numbers[phoneNumberId] ?? {};
  const accessToken = flow.product.sandbox.control.mintToken({ businessId: portfolio, ...more }).token;
  return { wabaId, phoneNumberId, accessToken };
}

/** Where it leads, or the one problem that the page shows. */
async function submit(fields: Typed): Promise<string> {
  const body = new URLSearchParams({ ...fields });
  const request = ask("/settings/integrations/whatsapp/manual", admin, { method: "POST", body });
  const answer: unknown = await callRoute(manual, request).catch((thrown: unknown) => thrown);
  if (answer instanceof Response) return answer.headers.get("location") ?? "";
  const { data, init } = answer as { data: { typed: object; problems: { kind: string }[] }; init: object };
  expect(init).toEqual({ status: 400 });
  // The token is not given back to the page.
  const { wabaId, phoneNumberId } = fields;
  expect(data.typed).toEqual({ wabaId, phoneNumberId });
  expect(data.problems).toHaveLength(1);
  return data.problems[0]?.kind ?? "";
}

async function expectNothingStored(): Promise<void> {
  expect(await left(admin)).toEqual({ rows: [], claims: [], events: [], teardowns: [], jobs: [] });
  expect(exchanges()).toBe(0);
}

const problems: Record<Failure["verdict"], string> = {
  later: "meta_unavailable",
  odd: "meta_unavailable",
  permission: "permission_missing",
  dead: "token_rejected",
  rejected: "token_rejected",
};

const rows: { place: Place; scopes: string[]; columns: Failure[] }[] = [
  { place: places.debugToken, scopes: bothScopes, columns: failures },
  { place: places.ownedWabas, scopes: portfolioScopes, columns: oneOfEach },
  { place: places.numbers, scopes: bothScopes, columns: failures },
];

describe.each(rows)("a token typed in while Meta fails at $place.name", ({ place, scopes, columns }) => {
  for (const failure of columns) {
    test(`by ${failure.name}`, async () => {
      if (scopes === portfolioScopes) flow.product.sandbox.control.setSwitches({ targetIds: "missing" });
      const fields = typed({ scopes });
      strike(place, failure);
      expect(await submit(fields)).toBe(problems[failure.verdict]);
      await expectNothingStored();
      calm();
      expect(await submit(fields)).toBe(connectedPlace);
      expectConnected(await left(admin), fields.phoneNumberId);
    });
  }
});

describe("what was typed in is refused", () => {
  const foreign = "111111111111111";
  const cases: [string, string, () => Typed][] = [
    ["a token of another app", "token_rejected", () => typed({ appId: foreign })],
    ["a made-up token", "token_rejected", () => ({ ...typed(), accessToken: `EAA${"x".repeat(40)}` })],
    [
      "a token without messaging",
      "permission_missing",
      () => typed({ scopes: ["whatsapp_business_management"] }),
    ],
    ["a token without management", "permission_missing", () => typed({ scopes: bothScopes.slice(1) })],
    ["a number that is not there", "number_not_in_waba", () => ({ ...typed(), phoneNumberId: "99" })],
    ["an account of somebody else", "number_not_in_waba", () => ({ ...typed(), wabaId: "99" })],
  ];
  test.each(cases)("%s: %s", async (_name, problem, fields) => {
    expect(await submit(fields())).toBe(problem);
    await expectNothingStored();
  });

  test("a token that was taken back: token_rejected", async () => {
    const fields = typed();
    await flow.product.sandbox.control.revokeTokens();
    expect(await submit(fields)).toBe("token_rejected");
    await expectNothingStored();
  });

  test("a number of another workspace: number_taken", async () => {
    const fields = typed();
    expect(await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
    expect(await submit(fields)).toContain("number_taken");
    expect((await left(admin)).rows).toEqual([]);
  });
});

test("what was typed in kindly understood connects, and the log says who did it and how", async () => {
  const fields = typed();
  const [first = "", rest = ""] = [fields.wabaId.slice(0, 3), fields.wabaId.slice(3)];
  const pasted = { ...fields, wabaId: ` +${first} ${rest} `, accessToken: `Bearer ${fields.accessToken}\n` };
  const body = new URLSearchParams(pasted);
  const answer = await callRoute(
    manual,
    ask("/settings/integrations/whatsapp/manual", admin, { method: "POST", body }),
  );
  expect(answer.headers.get("location")).toBe(connectedPlace);
  const { events, rows } = await left(admin);
  expect(events).toMatchObject([
    {
      kind: "connected",
      actor_user_id: admin.userId,
      request_id: expect.stringMatching(/^[\w-]{8,64}$/),
      detail: { how: "manual", waba_id: fields.wabaId, phone_number_id: fields.phoneNumberId },
    },
  ]);
  expect(JSON.stringify([events, rows])).not.toContain(fields.accessToken);
});
