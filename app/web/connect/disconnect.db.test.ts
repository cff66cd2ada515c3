import { describe, expect, test } from "vitest";
import { BUSINESS_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { chooseNumber } from "../../integrations/connect/number-choice.server.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { finishTeardown, subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import * as disconnect from "../../routes/api.integrations.meta.$channel.disconnect.ts";
import { api, connectFlows, pickerPlace } from "../testing/connect-flows.ts";
import { callRoute } from "../testing/product.ts";

const { flow, ask, begin, comeBack, code, connect, leave, connections, jobs, statusOf } = connectFlows();

describe("disconnect", () => {
  test("revokes, destroys the token, refuses sending and asks Meta to stop", async () => {
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    await subscribeWaba(flow.product.services.integrations, {
      tenantId: flow.ana.tenantId,
      connectionId: id,
      requestId: "r",
      lastAttempt: false,
    });
    expect(flow.product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toHaveLength(1);
    expect(
      (await listConnections(flow.product.services.integrations, flow.ana, "meta_whatsapp"))[0]?.deliveries,
    ).toBe("on");

    const answer = await leave(flow.ana);
    expect(await answer.json()).toEqual({ connected: false });
    expect(await connections(flow.ana)).toMatchObject([
      { status: "revoked", access_token_enc: null, token_expires_at: null },
    ]);
    expect(await statusOf(flow.ana)).toMatchObject({ connected: false, may_send: false, status: "revoked" });

    const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
    const run = {
      tenantId: flow.ana.tenantId,
      teardownId: teardown?.payload.teardownId ?? "",
      requestId: "r",
      lastAttempt: false,
    };
    await finishTeardown(flow.product.services.integrations, run);
    await finishTeardown(flow.product.services.integrations, run);
    expect(flow.product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toEqual([]);
    expect(
      await flow.product.database.sql("select outcome, access_token_enc from connection_teardowns"),
    ).toEqual([{ outcome: "unsubscribed", access_token_enc: null }]);
    expect(flow.product.sandbox.control.calls().filter((call) => call.endpoint === "deregister")).toEqual([]);
  });

  test("is done here even while Meta is away, and finished there later", async () => {
    await connect(flow.ana);
    flow.product.sandbox.control.addScenario({
      endpoint: "unsubscribe",
      times: 1,
      outcome: { kind: "http" },
    });
    await leave(flow.ana);
    expect(await statusOf(flow.ana)).toMatchObject({ connected: false });
    const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
    const run = {
      tenantId: flow.ana.tenantId,
      teardownId: teardown?.payload.teardownId ?? "",
      requestId: "r",
      lastAttempt: false,
    };
    await expect(finishTeardown(flow.product.services.integrations, run)).rejects.toThrow(/retry_later/);
    await finishTeardown(flow.product.services.integrations, run);
    expect(await flow.product.database.sql("select outcome from connection_teardowns")).toEqual([
      { outcome: "unsubscribed" },
    ]);
  });

  // What Meta still delivers is stored, whatever a check of the sibling has found.
  test.each(["active", "error"])(
    "leaves deliveries on while an %s sibling of the same WABA needs them",
    async (sibling) => {
      await connect(flow.ana);
      const other = flow.product.sandbox.control.addNumber({
        wabaId: WABA_IDS.luz,
        displayPhoneNumber: "+52 55 1234 9999",
        verifiedName: "Dos",
      });
      const { state } = await begin(flow.ana);
      expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(pickerPlace);
      const actor = {
        tenantId: flow.ana.tenantId,
        userId: flow.ana.userId,
        sessionId: flow.ana.userId,
        requestId: "r",
      };
      await chooseNumber(flow.product.services.integrations, actor, {
        channel: "meta_whatsapp",
        phoneNumberId: other.id,
      });
      await flow.product.database.sql(
        "update channel_connections set status = $1 where phone_number_id = $2",
        [sibling, other.id],
      );
      const [first] = await connections(flow.ana);
      await leave(flow.ana, { body: new URLSearchParams({ connectionId: first?.id ?? "" }) });
      expect((await connections(flow.ana)).map((row) => row.status)).toEqual(["revoked", sibling]);
      const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
      const run = {
        tenantId: flow.ana.tenantId,
        teardownId: teardown?.payload.teardownId ?? "",
        requestId: "r",
        lastAttempt: false,
      };
      await finishTeardown(flow.product.services.integrations, run);
      expect(await flow.product.database.sql("select outcome from connection_teardowns")).toEqual([
        { outcome: "still_in_use" },
      ]);
      expect(flow.product.sandbox.control.calls().filter((call) => call.endpoint === "unsubscribe")).toEqual(
        [],
      );
    },
  );

  test("turns deliveries on again for a number that was connected while Meta was turning them off", async () => {
    await connect(flow.ana);
    await leave(flow.ana);
    const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
    const { integrations } = flow.product.services;
    const whatsapp = integrations.connectors.meta_whatsapp;
    const stopDeliveries: typeof whatsapp.stopDeliveries = async (...given) => {
      await whatsapp.stopDeliveries(...given);
      await connect(flow.ana);
    };
    const deps = {
      ...integrations,
      connectors: { ...integrations.connectors, meta_whatsapp: { ...whatsapp, stopDeliveries } },
    };
    const teardownId = teardown?.payload.teardownId ?? "";
    await finishTeardown(deps, {
      tenantId: flow.ana.tenantId,
      teardownId,
      requestId: "r",
      lastAttempt: false,
    });
    expect(
      await flow.product.database.sql("select outcome, access_token_enc from connection_teardowns"),
    ).toEqual([{ outcome: "still_in_use", access_token_enc: null }]);
    expect(flow.product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toHaveLength(1);
  });

  test("can be repeated, reaches no other workspace, and refuses what is no id", async () => {
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    const eva = await flow.product.person();
    await leave(eva, { body: new URLSearchParams({ connectionId: id }) });
    expect((await connections(flow.ana)).map((row) => row.status)).toEqual(["active"]);
    await leave(flow.ana);
    expect((await leave(flow.ana)).status).toBe(200);
    expect((await leave(flow.ana, { body: new URLSearchParams({ connectionId: "1; drop" }) })).status).toBe(
      400,
    );
    expect(await flow.product.database.sql("select count(*)::int as n from connection_teardowns")).toEqual([
      { n: 1 },
    ]);
  });

  test("sends a form's person back to the page with 303", async () => {
    await connect(flow.ana);
    const answer = await callRoute(disconnect.action, ask(`${api}/disconnect`, flow.ana, { method: "POST" }));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/settings/integrations");
  });
});

describe("turning deliveries on", () => {
  const run = (connectionId: string, lastAttempt = false) =>
    subscribeWaba(flow.product.services.integrations, {
      tenantId: flow.ana.tenantId,
      connectionId,
      requestId: "r",
      lastAttempt,
    });
  const deliveries = async () =>
    (await listConnections(flow.product.services.integrations, flow.ana, "meta_whatsapp"))[0]?.deliveries;

  test("is tried again while Meta is away and given up with a trace at the last attempt", async () => {
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    flow.product.sandbox.control.addScenario({ endpoint: "subscribe", outcome: { kind: "http" } });
    await expect(run(id)).rejects.toThrow(/retry_later/);
    expect(await deliveries()).toBe("starting");
    await run(id, true);
    expect(await deliveries()).toBe("failed");
  });

  test.each(["error", "pending"])("asks Meta nothing for a connection that is %s by then", async (status) => {
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    await flow.product.database.sql("update channel_connections set status = $1", [status]);
    const asked = () => flow.product.sandbox.control.calls().length;
    const before = asked();
    await run(id);
    expect(asked()).toBe(before);
    expect((await connections(flow.ana))[0]?.metadata).toMatchObject({ deliveries: { state: "starting" } });
  });

  test("ends at once when Meta's answer will not change", async () => {
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    await flow.product.sandbox.control.revokeTokens();
    await run(id);
    expect(await deliveries()).toBe("failed");
    expect(await statusOf(flow.ana)).toMatchObject({ connected: true });
  });
});
