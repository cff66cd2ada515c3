/** What a check finds beside the token's refusal, and has mended: registration, deliveries, the token's end, silence. */
import { describe, expect, test } from "vitest";
import { NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { healthChecks } from "./testing/health-checks.ts";

const { flow, connections, statusOf, deps, connected, subject, check, events, taskNames } = healthChecks();

test("the name that a number has at Meta by now is the one that people read", async () => {
  const id = await connected();
  const number = flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  Object.assign(number ?? {}, { verifiedName: "Luz y Masa" });
  await check(id);
  expect((await connections(flow.ana))[0]?.display_name).toBe("Luz y Masa");
});

describe("a number's registration", () => {
  const number = () => flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  const registered = async () => {
    const id = await connected();
    await registerNumber(deps(), { ...subject(id), lastAttempt: false });
    return id;
  };
  const registration = async () => {
    const [row] = await connections(flow.ana);
    return (row?.metadata as { registration?: { result: string; code: string } } | undefined)?.registration;
  };

  test("that is gone at Meta is noticed, and done again under the same PIN", async () => {
    const id = await registered();
    Object.assign(number() ?? {}, { platformType: "NOT_APPLICABLE" });
    await check(id);
    expect(await events()).toEqual(["registration_missing"]);
    expect(await taskNames()).toEqual(["register_number"]);
    await registerNumber(deps(), { ...subject(id), lastAttempt: false });
    expect(number()?.platformType).toBe("CLOUD_API");
    expect(await registration()).toMatchObject({ result: "registered" });
  });

  test.each(["pin_mismatch", "too_many_attempts"])(
    "that Meta refused (%s) is not tried again by a check: each try counts",
    async (code) => {
      const id = await registered();
      Object.assign(number() ?? {}, { platformType: "NOT_APPLICABLE" });
      await flow.product.database.sql(
        "update channel_connections set metadata = jsonb_set(metadata, '{registration}', $1)",
        [{ result: "failed", code }],
      );
      await check(id);
      expect(await events()).toEqual([]);
      expect(await taskNames()).toEqual([]);
    },
  );

  test("that a person mended at Meta is believed", async () => {
    const id = await registered();
    await flow.product.database.sql(
      `update channel_connections set metadata = jsonb_set(metadata, '{registration}', '{"result": "failed", "code": "pin_mismatch"}')`,
    );
    await check(id);
    expect(await registration()).toMatchObject({ result: "registered" });
    expect(await events()).toEqual(["number_registered"]);
    expect(await taskNames()).toEqual([]);
  });
});

describe("deliveries", () => {
  test("that Meta refused are asked for again, and the same refusal is told once", async () => {
    const id = await connected();
    const waba = flow.product.sandbox.world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    flow.product.sandbox.control.addScenario({
      endpoint: "subscribe",
      outcome: { kind: "graph_error", code: 200, status: 403 },
    });
    const again = () => subscribeWaba(deps(), { ...subject(id), lastAttempt: false });
    await again();
    await again();
    expect(await events()).toEqual(["deliveries_failed"]);
    await check(id);
    expect(await taskNames()).toEqual(["subscribe_waba"]);
    flow.product.sandbox.control.clearScenarios();
    await again();
    expect(await listConnections(deps(), flow.ana, "meta_whatsapp")).toMatchObject([{ deliveries: "on" }]);
  });

  test("that are being asked for are not asked for again", async () => {
    const id = await connected();
    const waba = flow.product.sandbox.world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    await flow.product.database.sql(
      `update channel_connections set metadata = jsonb_set(metadata, '{deliveries}', '{"state": "starting"}')`,
    );
    await check(id);
    expect(await events()).toEqual([]);
    expect(await taskNames()).toEqual([]);
  });

  test("that somebody switched off are noticed and asked for again", async () => {
    const id = await connected();
    const waba = flow.product.sandbox.world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    await check(id);
    expect(await events()).toEqual(["deliveries_missing"]);
    expect(await taskNames()).toEqual(["subscribe_waba"]);
  });

  test("that an override sends elsewhere are told once, and again when they are back", async () => {
    const id = await connected();
    const app = flow.product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps[0];
    if (!app) throw new Error("not subscribed");
    app.override = { uri: "https://elsewhere.example/", verifyToken: "x" };
    await check(id);
    await check(id);
    expect(await statusOf(flow.ana)).toMatchObject({
      connected: true,
      connections: [{ deliveries: "failed" }],
    });
    delete app.override;
    await check(id);
    expect(await statusOf(flow.ana)).toMatchObject({ connections: [{ deliveries: "on" }] });
    expect(await events()).toEqual(["deliveries_elsewhere"]);
  });
});

test("the token's end is announced at 14, 7 and 1 days, once each", async () => {
  const id = await connected();
  const [row] = await connections(flow.ana);
  const end = new Date(row?.token_expires_at ?? 0).getTime();
  for (const daysLeft of [30, 13, 12, 6, 5, 0.5, 0.4]) await check(id, new Date(end - daysLeft * 86_400_000));
  const told = await flow.product.database.sql(
    "select detail from connection_events where kind = 'token_expiring' order by id",
  );
  expect(told).toEqual([{ detail: { days: 13 } }, { detail: { days: 6 } }, { detail: { days: 0 } }]);
});

test("a day without a message is noticed where messages usually come, once, and so is its end", async () => {
  const id = await connected();
  const { tenantId } = flow.ana;
  const arrive = (from: number, to: number, when: string) =>
    flow.product.database.sql(
      `with people as (insert into contacts (tenant_id, provider, wa_id)
         select $1, 'meta_whatsapp', n::text from generate_series($3::int, $4::int) n returning id)
       insert into conversations (tenant_id, connection_id, contact_id, last_inbound_at)
       select $1, $2, id, now() - $5::interval from people`,
      [tenantId, id, from, to, when],
    );
  const silentSince = async () =>
    (await listConnections(deps(), flow.ana, "meta_whatsapp"))[0]?.silentSince ?? null;
  await arrive(1, 19, "30 hours");
  await check(id);
  expect(await silentSince()).toBeNull();
  await arrive(20, 20, "30 hours");
  await check(id);
  await check(id);
  expect(await silentSince()).toBeInstanceOf(Date);
  await arrive(21, 21, "1 hour");
  await check(id);
  expect(await silentSince()).toBeNull();
  expect(await events()).toEqual(["silence_noticed", "silence_ended"]);
});
