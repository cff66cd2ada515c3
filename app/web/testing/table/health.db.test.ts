import { describe, expect, test } from "vitest";
import { checkConnection } from "../../../integrations/health/check.server.ts";
import { subscribeWaba } from "../../../integrations/health/provisioning.server.ts";
import { connectedPlace } from "../connect-flows.ts";
import { connectTable } from "./flows.ts";
import { type Failure, failures, type Place, places } from "./table.ts";
import { layOut, portfolio } from "./worlds.ts";

const { flow, connectWith, strike, calm, left, exchanges, forgetJobs, statusOf } = connectTable();
const deps = () => flow.product.services.integrations;

async function delivering(): Promise<string> {
  layOut(flow.product.sandbox, [1]);
  expect(await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
  const connectionId = (await left()).rows[0]?.id ?? "";
  const { tenantId } = flow.ana;
  await subscribeWaba(deps(), { tenantId, connectionId, requestId: "job-1", lastAttempt: false });
  await forgetJobs();
  return connectionId;
}

const check = (connectionId: string) =>
  checkConnection(deps(), { tenantId: flow.ana.tenantId, connectionId, requestId: "check-1" });

/** What a refusal makes of the connection; nothing for what is no refusal. */
const causes: Partial<Record<Failure["verdict"], string>> = {
  dead: "token_rejected",
  permission: "permission_lost",
};

async function goThrough(place: Place, failure: Failure): Promise<void> {
  const id = await delivering();
  const before = await left();
  const cause = causes[failure.verdict];
  strike(place, failure);
  await check(id);
  const once = await left();
  expect(once.rows).toEqual(before.rows);
  expect(once.events).toEqual(before.events);
  expect(once.jobs).toEqual(cause ? ["check_connection"] : []);
  strike(place, failure);
  await check(id);
  if (!cause) expect((await left()).rows).toEqual(before.rows);
  else await expectBroken(cause);
  calm();
  await check(id);
  expect(await statusOf(flow.ana)).toMatchObject({ connected: true, may_send: true });
  const told = (await left()).events.slice(before.events.length).map(({ kind }) => kind);
  expect(told).toEqual(cause ? ["access_lost", "access_recovered"] : []);
  expect((await left()).claims).toEqual(before.claims);
  expect(exchanges()).toBe(1);
}

/** `error`, with its number, its claim and its token: what arrives is still the tenant's, and it may mend. */
async function expectBroken(code: string): Promise<void> {
  const { rows, claims, events } = await left();
  expect(rows).toMatchObject([{ status: "error", metadata: { error: { code } } }]);
  expect(rows[0]?.access_token_enc).not.toBeNull();
  expect(claims).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ kind: "access_lost", detail: { code } });
}

describe.each([places.phone, places.subscribedApps])("a look that fails at $name", (place) => {
  for (const failure of failures) test(`by ${failure.name}`, () => goThrough(place, failure));
});

describe("one refusal between two good checks", () => {
  test.each(failures.filter((one) => causes[one.verdict]))("is forgiven: $name", async (failure) => {
    const id = await delivering();
    const before = await left();
    for (let round = 0; round < 2; round++) {
      strike(places.phone, failure);
      await check(id);
      calm();
      await check(id);
    }
    expect((await left()).rows).toEqual(before.rows);
    expect((await left()).events).toEqual(before.events);
  });
});
