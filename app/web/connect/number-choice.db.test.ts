import { describe, expect, test } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { chooseNumber, pendingChoice } from "../../integrations/connect/number-choice.server.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { requestDueChecks } from "../../integrations/health/check.server.ts";
import * as disconnect from "../../routes/api.integrations.meta.$channel.disconnect.ts";
import { action as picker } from "../../routes/settings.integrations_.$channel.choose-number.tsx";
import { api, asJson, connectedPlace, connectFlows, failed, pickerPlace } from "../testing/connect-flows.ts";
import { callRoute } from "../testing/product.ts";

const { flow, ask, begin, comeBack, code, connect, connections, exchanges, leave, statusOf } = connectFlows();

describe("several numbers", () => {
  const actor = () => ({
    tenantId: flow.ana.tenantId,
    userId: flow.ana.userId,
    sessionId: flow.ana.userId,
    requestId: "request-1",
  });

  test("are offered, and the chosen one is connected on the same row", async () => {
    expect(await connect(flow.ana, BUSINESS_IDS.cadenas)).toBe(pickerPlace);
    const deps = flow.product.services.integrations;
    const choice = await pendingChoice(deps, actor(), "meta_whatsapp");
    expect(choice?.numbers.map((number) => number.e164).sort()).toEqual([
      "+525522221001",
      "+525522221002",
      "+525522221003",
      "+528133332001",
      "+528133332002",
    ]);
    expect((await connections(flow.ana)).map((row) => row.status)).toEqual(["pending"]);
    expect(await statusOf(flow.ana)).toMatchObject({ connected: false });
    const outcome = await chooseNumber(deps, actor(), {
      channel: "meta_whatsapp",
      phoneNumberId: NUMBER_IDS.cadenasSur2,
    });
    expect(outcome).toEqual({ kind: "connected", connectionId: choice?.connectionId });
    expect(await connections(flow.ana)).toMatchObject([
      {
        status: "active",
        waba_id: WABA_IDS.cadenasSur,
        phone_number_id: NUMBER_IDS.cadenasSur2,
        metadata: expect.not.objectContaining({ choices: expect.anything() }),
      },
    ]);
    expect(await pendingChoice(deps, actor(), "meta_whatsapp")).toBeNull();
  });

  test("a number that the grant does not reach cannot be chosen, whatever the browser says", async () => {
    await connect(flow.ana, BUSINESS_IDS.cadenas);
    const outcome = await chooseNumber(flow.product.services.integrations, actor(), {
      channel: "meta_whatsapp",
      phoneNumberId: NUMBER_IDS.norte,
    });
    expect(outcome).toEqual({ kind: "failed", reason: "no_number" });
    expect((await connections(flow.ana)).map((row) => row.status)).toEqual(["pending"]);
  });

  test("a choice that nobody made is ended by the clock, and its token with it", async () => {
    await connect(flow.ana, BUSINESS_IDS.cadenas);
    const clock = { ...flow.product.services.integrations, clockDb: flow.product.database.as("app_clock") };
    await requestDueChecks(clock, "clock");
    expect(await connections(flow.ana)).toMatchObject([{ status: "pending" }]);
    await flow.product.database.sql("update channel_connections set choice_expires_at = '2020-01-01'");
    await requestDueChecks(clock, "clock");
    expect(await connections(flow.ana)).toMatchObject([{ status: "revoked", access_token_enc: null }]);
  });

  test("an hour later the choice is gone", async () => {
    await connect(flow.ana, BUSINESS_IDS.cadenas);
    const later = { ...flow.product.services.integrations, now: () => new Date(Date.now() + 61 * 60_000) };
    expect(await pendingChoice(later, actor(), "meta_whatsapp")).toBeNull();
    const outcome = await chooseNumber(later, actor(), {
      channel: "meta_whatsapp",
      phoneNumberId: NUMBER_IDS.cadenasSur2,
    });
    expect(outcome).toEqual({ kind: "failed", reason: "choice_expired" });
  });
});

describe("an account without a number", () => {
  const look = () =>
    callRoute(
      picker,
      ask(pickerPlace, flow.ana, { method: "POST", body: new URLSearchParams({ intent: "look" }) }),
    );

  test("says so, keeps the grant, and connects the number as soon as it is there, without another sign-in", async () => {
    expect(await connect(flow.ana, BUSINESS_IDS.bea)).toBe(failed("no_number"));
    expect(await connections(flow.ana)).toMatchObject([{ status: "pending", phone_number_id: null }]);
    expect(await statusOf(flow.ana)).toMatchObject({ connected: false, may_send: false, connections: [] });
    expect((await look()).headers.get("location")).toBe(failed("no_number"));
    const displayPhoneNumber = "+52 55 7777 6666";
    flow.product.sandbox.control.addNumber({ wabaId: WABA_IDS.bea, displayPhoneNumber, verifiedName: "Bea" });
    expect((await look()).headers.get("location")).toBe(connectedPlace);
    expect(await connections(flow.ana)).toMatchObject([
      { status: "active", phone_number_e164: "+525577776666" },
    ]);
    expect(exchanges()).toBe(1);
    expect((await look()).headers.get("location")).toBe(failed("choice_expired"));
  });

  test("that gets several numbers leads to the list", async () => {
    await connect(flow.ana, BUSINESS_IDS.bea);
    for (const displayPhoneNumber of ["+52 55 7777 0001", "+52 55 7777 0002"]) {
      flow.product.sandbox.control.addNumber({
        wabaId: WABA_IDS.bea,
        displayPhoneNumber,
        verifiedName: "Bea",
      });
    }
    expect((await look()).headers.get("location")).toBe(pickerPlace);
  });
});

describe("a number of another workspace", () => {
  // Broken is not let go: what arrives is still stored for whoever holds it.
  test.each(["active", "error", "pending"])(
    "that is %s there is refused without a word about whose it is, and nothing is stored",
    async (status) => {
      await connect(flow.ana);
      await flow.product.database.sql("update channel_connections set status = $1", [status]);
      const eva = await flow.product.person();
      expect(await connect(eva)).toBe(failed("number_taken"));
      expect(await connections(eva)).toEqual([]);
      expect(await connections(flow.ana)).toMatchObject([{ status, phone_number_id: NUMBER_IDS.luz }]);
    },
  );

  test.each(["active", "error"])(
    "makes the one who holds it (%s) aware, without a word about who asked, once a day",
    async (status) => {
      await connect(flow.ana);
      await flow.product.database.sql("update channel_connections set status = $1", [status]);
      const eva = await flow.product.person();
      await connect(eva);
      await connect(eva);
      const asked = await flow.product.database.sql(
        "select tenant_id, actor_user_id, detail from connection_events where kind = 'number_requested'",
      );
      expect(asked).toEqual([{ tenant_id: flow.ana.tenantId, actor_user_id: null, detail: {} }]);
      const [held] = await listConnections(flow.product.services.integrations, flow.ana, "meta_whatsapp");
      expect(held?.requestedAt).toBeInstanceOf(Date);
      // Letting it go is all that is needed.
      await leave(flow.ana);
      expect(await connect(eva)).toBe(connectedPlace);
      const [taken] = await listConnections(flow.product.services.integrations, eva, "meta_whatsapp");
      expect(taken?.requestedAt).toBeNull();
    },
  );

  test("goes to exactly one of two that race for it", async () => {
    for (let round = 0; round < 10; round++) {
      const people = [await flow.product.person(), await flow.product.person()];
      const starts = await Promise.all(people.map(begin));
      const places = await Promise.all(
        people.map((person, at) =>
          comeBack(person, { state: starts[at]?.state ?? "", code: code(BUSINESS_IDS.luz) }),
        ),
      );
      expect(places.sort()).toEqual([failed("number_taken"), connectedPlace].sort());
      const held = await flow.product.database.sql(
        "select status from channel_connections where phone_number_id is not null",
      );
      expect(held).toEqual([{ status: "active" }]);
      await flow.product.database.empty("channel_connections", "number_claims", "connection_events");
    }
  });

  test("can be taken once let go; the first keeps its row and finds it again when the number comes back", async () => {
    await connect(flow.ana);
    const [first] = await connections(flow.ana);
    await callRoute(
      disconnect.action,
      ask(`${api}/disconnect`, flow.ana, { method: "POST", headers: asJson }),
    );
    const eva = await flow.product.person();
    expect(await connect(eva)).toBe(connectedPlace);
    expect(await connections(flow.ana)).toMatchObject([
      {
        id: first?.id,
        status: "revoked",
        phone_number_id: null,
        metadata: { former_phone_number_id: NUMBER_IDS.luz },
      },
    ]);
    await callRoute(disconnect.action, ask(`${api}/disconnect`, eva, { method: "POST", headers: asJson }));
    expect(await connect(flow.ana)).toBe(connectedPlace);
    expect(await connections(flow.ana)).toMatchObject([
      { id: first?.id, status: "active", phone_number_id: NUMBER_IDS.luz },
    ]);
    const claims = await flow.product.database.sql(
      "select tenant_id, released_at is null as open from number_claims order by id",
    );
    expect(claims).toEqual([
      { tenant_id: flow.ana.tenantId, open: false },
      { tenant_id: eva.tenantId, open: false },
      { tenant_id: flow.ana.tenantId, open: true },
    ]);
  });
});
