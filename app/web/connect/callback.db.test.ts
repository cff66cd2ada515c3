/** What a callback connects, and what it refuses and says. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { connectedPlace, connectFlows, failed } from "../testing/connect-flows.ts";

const { flow, begin, comeBack, code, connect, connections, jobs, statusOf, exchanges } = connectFlows();

describe("a callback with a good code", () => {
  test("connects the only number: active, sealed, claimed, its provisioning enqueued", async () => {
    expect(await connect(flow.ana)).toBe(connectedPlace);
    const [row, ...others] = await connections(flow.ana);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      status: "active",
      provider: "meta_whatsapp",
      waba_id: WABA_IDS.luz,
      phone_number_id: NUMBER_IDS.luz,
      phone_number_e164: "+525512345678",
      display_name: "Panadería Luz",
      scopes: ["whatsapp_business_management", "whatsapp_business_messaging"],
    });
    expect(row?.access_token_enc).toMatch(/^v1\.[\w-]{8}\./);
    expect(new Date(row?.token_expires_at ?? 0).getTime()).toBeGreaterThan(Date.now() + 59 * 86_400_000);
    const payload = { tenantId: flow.ana.tenantId, connectionId: row?.id, requestId: expect.any(String) };
    expect(await jobs()).toEqual([
      { task: "subscribe_waba", payload },
      { task: "register_number", payload },
      // What came for the number before it was ours may wait for an owner.
      { task: "replay_parked", payload: expect.objectContaining({ phoneNumberId: NUMBER_IDS.luz }) },
    ]);
    expect(await statusOf(flow.ana)).toMatchObject({
      connected: true,
      phone_number_e164: "+525512345678",
      display_name: "Panadería Luz",
      may_send: true,
    });
  });

  test("sends the token in headers only, with its proof, and spends the code once", async () => {
    await connect(flow.ana);
    const calls = flow.product.sandbox.control.calls();
    expect(exchanges()).toBe(1);
    const withToken = calls.filter((call) => ["phone_numbers", "subscribe"].includes(call.endpoint));
    expect(withToken.length).toBeGreaterThan(0);
    for (const call of withToken) expect(call).toMatchObject({ auth: "bearer", hasProof: true });
  });

  test("of a grant whose scopes name no targets finds the WABAs through the portfolio", async () => {
    flow.product.sandbox.control.setSwitches({ targetIds: "missing" });
    // Meta lists a portfolio's accounts only for who may manage the portfolio.
    expect(await connect(flow.ana)).toBe(failed("permission_missing"));
    const scopes = ["whatsapp_business_management", "whatsapp_business_messaging", "business_management"];
    const { state } = await begin(flow.ana);
    const place = await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz, { scopes }) });
    expect(place).toBe(connectedPlace);
    expect(await connections(flow.ana)).toMatchObject([
      { status: "active", phone_number_id: NUMBER_IDS.luz },
    ]);
  });

  test("of a token that names manage_events in place of management still connects", async () => {
    flow.product.sandbox.control.setSwitches({ manageEventsScope: "on" });
    expect(await connect(flow.ana)).toBe(connectedPlace);
  });

  test("connects again on the same row", async () => {
    await connect(flow.ana);
    const [before] = await connections(flow.ana);
    expect(await connect(flow.ana)).toBe(connectedPlace);
    const [after, ...others] = await connections(flow.ana);
    expect(others).toEqual([]);
    expect(after?.id).toBe(before?.id);
    expect(after?.access_token_enc).not.toBe(before?.access_token_enc);
  });

  test("keeps what Meta told of the number, which it does not repeat, and nothing that was ours to find out", async () => {
    await connect(flow.ana);
    const told = Object.fromEntries(
      ["quality", "name_status", "limits", "restriction"].map((slot) => [
        slot,
        { event: slot, at: "2026-01-01T00:00:00.000Z" },
      ]),
    );
    const found = {
      silent_since: "2026-01-01",
      error: { code: "token_rejected" },
      registration: { result: "failed" },
    };
    await flow.product.database.sql(
      "update channel_connections set status = 'error', metadata = metadata || $1",
      [{ ...told, ...found }],
    );
    await connect(flow.ana);
    const [after] = await connections(flow.ana);
    expect(after?.metadata).toMatchObject({ ...told, deliveries: { state: "starting" } });
    expect(Object.keys(after?.metadata ?? {}).filter((slot) => slot in found)).toEqual([]);
  });
});

describe("a callback that must not connect", () => {
  const failures: [string, string, (state: string) => Record<string, string>][] = [
    [
      "a person who pressed Cancel",
      "cancelled",
      (state) => ({ state, error: "access_denied", error_code: "200" }),
    ],
    ["Meta's own trouble", "meta_unavailable", (state) => ({ state, error: "server_error" })],
    [
      "what failed at Meta itself",
      "meta_unavailable",
      (state) => ({ state, error_code: "1349220", error_message: "<b>Feature Unavailable</b>" }),
    ],
    ["another refusal", "code_rejected", (state) => ({ state, error: "<script>alert(1)</script>" })],
    ["no code", "code_rejected", (state) => ({ state })],
    ["a made-up code", "code_rejected", (state) => ({ state, code: "made-up" })],
    [
      "a code for another redirect URI",
      "code_rejected",
      (state) => ({
        state,
        code: code(BUSINESS_IDS.luz, { redirectUri: "https://elsewhere.example/" }),
      }),
    ],
    [
      "a token made for another app",
      "code_rejected",
      (state) => ({
        state,
        code: code(BUSINESS_IDS.luz, { appId: "111111111111111" }),
      }),
    ],
  ];
  test("keeps the number that Meta gave, and nothing else of what it said", async () => {
    for (const [errorCode, kept] of [
      ["1349220", { meta_code: "1349220" }],
      ["<b>1</b>", {}],
      ["9".repeat(13), {}],
    ] as const) {
      const { state } = await begin(flow.ana);
      const said = { state, error_code: errorCode, error_message: "CANARY", error_description: "CANARY" };
      expect(await comeBack(flow.ana, said)).toBe(failed("meta_unavailable"));
      const events = await flow.product.database.sql<{ detail: Record<string, unknown> }>(
        "select detail from connection_events order by id",
      );
      const { steps, ...detail } = events.at(-1)?.detail ?? {};
      expect(detail).toEqual({ reason: "meta_unavailable", ...kept });
      expect(JSON.stringify([events, flow.product.logged])).not.toContain("CANARY");
    }
  });

  test.each(failures)("for %s says %s and stores nothing", async (_name, reason, query) => {
    const { state } = await begin(flow.ana);
    expect(await comeBack(flow.ana, query(state))).toBe(failed(reason));
    expect(await connections(flow.ana)).toEqual([]);
    expect(await jobs()).toEqual([]);
    expect(await statusOf(flow.ana)).toMatchObject({
      connected: false,
      phone_number_e164: null,
      may_send: false,
    });
    const events = await flow.product.database.sql("select kind, detail from connection_events");
    expect(events).toMatchObject([{ kind: "connect_failed", detail: { reason } }]);
  });

  test("an expired code says so and is not tried again", async () => {
    const { state } = await begin(flow.ana);
    const late = code(BUSINESS_IDS.luz);
    await flow.product.sandbox.control.advanceClock(31_000);
    expect(await comeBack(flow.ana, { state, code: late })).toBe(failed("code_rejected"));
    expect(exchanges()).toBe(1);
  });

  test.each(["whatsapp_business_management", "whatsapp_business_messaging"])(
    "a grant without %s leaves a row that says so and disturbs no working number",
    async (missing) => {
      await connect(flow.ana);
      const scopes = ["whatsapp_business_management", "whatsapp_business_messaging"].filter(
        (one) => one !== missing,
      );
      const { state } = await begin(flow.ana);
      expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz, { scopes }) })).toBe(
        failed("permission_missing"),
      );
      const rows = await connections(flow.ana);
      expect(rows.map((row) => row.status)).toEqual(["active", "error"]);
      expect(rows[1]).toMatchObject({
        access_token_enc: null,
        metadata: { error: { code: "permission_missing", missing: [missing] } },
      });
      expect(await statusOf(flow.ana)).toMatchObject({ connected: true });
      // A good second try uses the row up.
      await connect(flow.ana);
      expect((await connections(flow.ana)).map((row) => row.status).sort()).toEqual(["active", "revoked"]);
    },
  );
});

test("no token, code, secret or number was logged, stored in an event or in a job, whether it ends well or not", async () => {
  flow.product.logged.length = 0;
  const refused = code(BUSINESS_IDS.luz, { redirectUri: "https://elsewhere.example/" });
  expect(await comeBack(flow.ana, { state: (await begin(flow.ana)).state, code: refused })).toBe(
    failed("code_rejected"),
  );
  const { state } = await begin(flow.ana);
  const spent = code(BUSINESS_IDS.luz);
  expect(await comeBack(flow.ana, { state, code: spent })).toBe(connectedPlace);
  expect(flow.product.logged.length).toBeGreaterThan(1);
  expect(flow.product.written()).toContain(flow.ana.tenantId);
  const kept = [
    inspect(flow.product.logged, { depth: 9 }),
    flow.product.written(),
    JSON.stringify(await flow.product.database.sql("select * from connection_events")),
    JSON.stringify(await jobs()),
    JSON.stringify(await flow.product.database.sql("select * from channel_connections")),
  ].join("\n");
  const secret = flow.product.services.webhooks.appSecrets[0]?.reveal() ?? "";
  for (const value of [spent, spent.slice(10, 60), refused.slice(10, 60), state, secret])
    expect(kept).not.toContain(value);
  // A sealed token may have the same letters in its middle.
  expect(kept).not.toMatch(/(?<![\w-])EAA[A-Za-z0-9]{20,}/);
  expect(inspect(flow.product.logged, { depth: 9 })).not.toMatch(/5512345678/);
});
