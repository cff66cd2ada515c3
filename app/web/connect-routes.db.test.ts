import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../scripts/meta-sandbox/world.ts";
import { chooseNumber, listConnections, pendingChoice } from "../integrations/connections.server.ts";
import { finishTeardown, subscribeWaba } from "../integrations/provisioning.server.ts";
import * as callback from "../routes/api.integrations.meta.$channel.callback.ts";
import * as disconnect from "../routes/api.integrations.meta.$channel.disconnect.ts";
import * as start from "../routes/api.integrations.meta.$channel.start.ts";
import * as status from "../routes/api.integrations.meta.$channel.status.ts";
import { callRoute, startTestProduct, type TestPerson, type TestProduct } from "./testing/product.ts";

let product: TestProduct;
let ana: TestPerson;
beforeAll(async () => {
  product = await startTestProduct();
});
afterAll(() => product.stop());
beforeEach(async () => {
  ana = await product.person();
});
afterEach(async () => {
  product.sandbox.control.reset();
  await product.database.sql(
    "truncate channel_connections, number_claims, connection_events, connection_teardowns, oauth_states cascade",
  );
  await product.database.sql("delete from graphile_worker._private_jobs");
});

const api = "/api/integrations/meta/whatsapp";
const asJson = { accept: "application/json" };

function ask(path: string, person?: TestPerson, init: RequestInit = {}): Request {
  const headers = {
    ...(person ? { cookie: person.cookie } : {}),
    ...(init.headers as Record<string, string>),
  };
  return new Request(`${product.origin}${path}`, { ...init, headers });
}

async function begin(person: TestPerson): Promise<{ authUrl: string; state: string }> {
  const answer = await callRoute(
    start.action,
    ask(`${api}/start`, person, { method: "POST", headers: asJson }),
  );
  expect(answer.status).toBe(200);
  return answer.json() as Promise<{ authUrl: string; state: string }>;
}

async function comeBack(person: TestPerson, query: Record<string, string>): Promise<string> {
  const answer = await callRoute(
    callback.loader,
    ask(`${api}/callback?${new URLSearchParams(query)}`, person),
  );
  expect(answer.status).toBe(303);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  return answer.headers.get("location") ?? "";
}

const code = (businessId: string, more: object = {}) =>
  product.sandbox.control.mintCode({ businessId, ...more }).code;

async function connect(person: TestPerson, businessId: string = BUSINESS_IDS.luz): Promise<string> {
  const { state } = await begin(person);
  return comeBack(person, { state, code: code(businessId) });
}

const connections = (person: TestPerson) =>
  product.database.sql<Record<string, never>>(
    "select * from channel_connections where tenant_id = $1 order by created_at",
    [person.tenantId],
  );
const jobs = () =>
  product.database.sql<{ task: string; payload: Record<string, string> }>(
    `select t.identifier as task, j.payload from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`,
  );
const statusOf = async (person: TestPerson) =>
  (await callRoute(status.loader, ask(`${api}/status`, person))).json() as Promise<Record<string, unknown>>;
const exchanges = () => product.sandbox.control.exchangeAttempts();
const failed = (reason: string) => `/settings/integrations?whatsapp=error&reason=${reason}`;

describe("start", () => {
  test("stores the state, bound and short-lived, before it names the address at Meta", async () => {
    const { authUrl, state } = await begin(ana);
    const [row] = await product.database.sql(
      `select tenant_id, user_id, provider, used_at, expires_at - created_at = interval '10 minutes' as ten,
              metadata ? 'ip' and metadata ? 'user_agent' as traced from oauth_states where nonce = $1`,
      [state],
    );
    expect(row).toEqual({
      tenant_id: ana.tenantId,
      user_id: ana.userId,
      provider: "whatsapp",
      used_at: null,
      ten: true,
      traced: true,
    });
    const url = new URL(authUrl);
    expect(url.pathname).toBe("/v25.0/dialog/oauth");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: "987654321098765",
      redirect_uri: `${product.origin}${api}/callback`,
      response_type: "code",
      state,
      scope: "whatsapp_business_management,whatsapp_business_messaging",
    });
    expect(authUrl).not.toMatch(/secret/);
  });

  test("sends a form's person to Meta with 303", async () => {
    const answer = await callRoute(start.action, ask(`${api}/start`, ana, { method: "POST" }));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toContain("/dialog/oauth?");
  });

  test("asks strangers to sign in: 401 for JSON, the login page for a browser", async () => {
    const json = await callRoute(
      start.action,
      ask(`${api}/start`, undefined, { method: "POST", headers: asJson }),
    );
    expect(json.status).toBe(401);
    const page = await callRoute(start.action, ask(`${api}/start`, undefined, { method: "POST" }));
    expect(page.headers.get("location")).toMatch(/^\/login/);
    expect((await callRoute(status.loader, ask(`${api}/status`))).status).toBe(401);
  });

  test("refuses other methods with 405 and unknown channels with 404", async () => {
    expect((await callRoute(start.loader, ask(`${api}/start`, ana))).status).toBe(405);
    expect((await callRoute(callback.action, ask(`${api}/callback`, ana, { method: "POST" }))).status).toBe(
      405,
    );
    expect((await callRoute(status.action, ask(`${api}/status`, ana, { method: "POST" }))).status).toBe(405);
    expect((await callRoute(disconnect.loader, ask(`${api}/disconnect`, ana))).status).toBe(405);
    const unknown = await callRoute(start.action, ask(`${api}/start`, ana, { method: "POST" }), {
      channel: "toString",
    });
    expect(unknown.status).toBe(404);
  });
});

describe("a callback with a good code", () => {
  test("connects the only number: active, sealed, claimed, its subscription enqueued", async () => {
    expect(await connect(ana)).toBe("/settings/integrations?whatsapp=connected");
    const [row, ...others] = await connections(ana);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      status: "active",
      provider: "whatsapp",
      waba_id: WABA_IDS.luz,
      phone_number_id: NUMBER_IDS.luz,
      phone_number_e164: "+525512345678",
      display_name: "Panadería Luz",
      scopes: ["whatsapp_business_management", "whatsapp_business_messaging"],
    });
    expect(row?.access_token_enc).toMatch(/^v1\.[\w-]{8}\./);
    expect(new Date(row?.token_expires_at ?? 0).getTime()).toBeGreaterThan(Date.now() + 59 * 86_400_000);
    expect(await jobs()).toEqual([
      {
        task: "subscribe_waba",
        payload: { tenantId: ana.tenantId, connectionId: row?.id, requestId: expect.any(String) },
      },
    ]);
    expect(await statusOf(ana)).toMatchObject({
      connected: true,
      phone_number_e164: "+525512345678",
      display_name: "Panadería Luz",
      may_send: true,
    });
  });

  test("sends the token in headers only, with its proof, and spends the code once", async () => {
    await connect(ana);
    const calls = product.sandbox.control.calls();
    expect(exchanges()).toBe(1);
    const withToken = calls.filter((call) => ["phone_numbers", "subscribe"].includes(call.endpoint));
    expect(withToken.length).toBeGreaterThan(0);
    for (const call of withToken) expect(call).toMatchObject({ auth: "bearer", hasProof: true });
  });

  test("of a grant whose scopes name no targets finds the WABAs through the portfolio", async () => {
    product.sandbox.control.setSwitches({ targetIds: "missing" });
    // Meta lists a portfolio's accounts only for who may manage the portfolio.
    expect(await connect(ana)).toBe(failed("permission_missing"));
    const scopes = ["whatsapp_business_management", "whatsapp_business_messaging", "business_management"];
    const { state } = await begin(ana);
    const place = await comeBack(ana, { state, code: code(BUSINESS_IDS.luz, { scopes }) });
    expect(place).toBe("/settings/integrations?whatsapp=connected");
    expect(await connections(ana)).toMatchObject([{ status: "active", phone_number_id: NUMBER_IDS.luz }]);
  });

  test("of a token that names manage_events in place of management still connects", async () => {
    product.sandbox.control.setSwitches({ manageEventsScope: "on" });
    expect(await connect(ana)).toBe("/settings/integrations?whatsapp=connected");
  });

  test("connects again on the same row", async () => {
    await connect(ana);
    const [before] = await connections(ana);
    expect(await connect(ana)).toBe("/settings/integrations?whatsapp=connected");
    const [after, ...others] = await connections(ana);
    expect(others).toEqual([]);
    expect(after?.id).toBe(before?.id);
    expect(after?.access_token_enc).not.toBe(before?.access_token_enc);
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
    ["no number in the account", "no_number", (state) => ({ state, code: code(BUSINESS_IDS.bea) })],
  ];
  test.each(failures)("for %s says %s and stores nothing", async (_name, reason, query) => {
    const { state } = await begin(ana);
    expect(await comeBack(ana, query(state))).toBe(failed(reason));
    expect(await connections(ana)).toEqual([]);
    expect(await jobs()).toEqual([]);
    expect(await statusOf(ana)).toMatchObject({ connected: false, phone_number_e164: null, may_send: false });
    const events = await product.database.sql("select kind, detail from connection_events");
    expect(events).toEqual([{ kind: "connect_failed", detail: { reason } }]);
  });

  test("an expired code says so and is not tried again", async () => {
    const { state } = await begin(ana);
    const late = code(BUSINESS_IDS.luz);
    await product.sandbox.control.advanceClock(31_000);
    expect(await comeBack(ana, { state, code: late })).toBe(failed("code_rejected"));
    expect(exchanges()).toBe(1);
  });

  test.each(["whatsapp_business_management", "whatsapp_business_messaging"])(
    "a grant without %s leaves a row that says so and disturbs no working number",
    async (missing) => {
      await connect(ana);
      const scopes = ["whatsapp_business_management", "whatsapp_business_messaging"].filter(
        (one) => one !== missing,
      );
      const { state } = await begin(ana);
      expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz, { scopes }) })).toBe(
        failed("permission_missing"),
      );
      const rows = await connections(ana);
      expect(rows.map((row) => row.status)).toEqual(["active", "error"]);
      expect(rows[1]).toMatchObject({
        access_token_enc: null,
        metadata: { error: { code: "permission_missing", missing: [missing] } },
      });
      expect(await statusOf(ana)).toMatchObject({ connected: true });
      // A good second try uses the row up.
      await connect(ana);
      expect((await connections(ana)).map((row) => row.status).sort()).toEqual(["active", "revoked"]);
    },
  );

  test.each(["exchange", "debug_token", "phone_numbers"] as const)(
    "%s failing at Meta stores nothing",
    async (endpoint) => {
      const outcomes = [
        [{ kind: "http" }, "meta_unavailable"],
        [{ kind: "reset_before" }, "meta_unavailable"],
        [{ kind: "reset_after" }, "meta_unavailable"],
        [{ kind: "rate_limited" }, "meta_unavailable"],
        [{ kind: "wrong_shape" }, "meta_unavailable"],
        [{ kind: "huge_body" }, "meta_unavailable"],
        [{ kind: "redirect", location: "http://127.0.0.1:9/" }, "meta_unavailable"],
        [{ kind: "graph_error", code: 2, is_transient: true, status: 503 }, "meta_unavailable"],
        [{ kind: "graph_error", code: 190, subcode: 458 }, "code_rejected"],
        [{ kind: "graph_error", code: 10, status: 403 }, "permission_missing"],
      ] as const;
      for (const [outcome, reason] of outcomes) {
        product.sandbox.control.reset();
        product.sandbox.control.addScenario({ endpoint, outcome });
        const { state } = await begin(ana);
        expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) }), outcome.kind).toBe(
          failed(reason),
        );
        const kept = reason === "permission_missing" ? [{ status: "error", access_token_enc: null }] : [];
        expect(await connections(ana), outcome.kind).toMatchObject(kept);
        expect(exchanges(), outcome.kind).toBe(1);
        await product.database.sql("truncate channel_connections cascade");
      }
    },
  );
});

describe("the state", () => {
  test("unknown, malformed or missing is refused before the code is spent", async () => {
    for (const state of ["", "x", "A".repeat(43), "' or 1=1 --", "\u0000"]) {
      expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    }
    expect(await comeBack(ana, { code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    expect(exchanges()).toBe(0);
  });

  test("works once", async () => {
    const { state } = await begin(ana);
    await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) });
    expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_used"));
    expect(exchanges()).toBe(1);
  });

  test("expires after ten minutes of the database's clock", async () => {
    const { state } = await begin(ana);
    await product.database.sql("update oauth_states set expires_at = now() - interval '1 second'");
    expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_expired"));
    expect(exchanges()).toBe(0);
  });

  test("of another person, workspace, session or channel looks like none at all", async () => {
    const { state } = await begin(ana);
    const colleague = await product.person(ana.tenantId);
    const stranger = await product.person();
    for (const person of [colleague, stranger]) {
      expect(await comeBack(person, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    }
    await product.database.sql("update oauth_states set session_id = gen_random_uuid()");
    expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    const other = await begin(ana);
    await product.database.sql("update oauth_states set provider = 'instagram' where nonce = $1", [
      other.state,
    ]);
    expect(await comeBack(ana, { state: other.state, code: code(BUSINESS_IDS.luz) })).toBe(
      failed("state_invalid"),
    );
    expect(exchanges()).toBe(0);
  });

  test("of a signed-out browser leads to the login page and stays unspent", async () => {
    const { state } = await begin(ana);
    const answer = await callRoute(callback.loader, ask(`${api}/callback?state=${state}&code=x`));
    expect(answer.headers.get("location")).toMatch(/^\/login/);
    expect(answer.headers.get("location")).not.toContain("code");
    expect(exchanges()).toBe(0);
  });

  test("taken to the callback fifty times at once makes one exchange and one connection", async () => {
    for (let round = 0; round < 3; round++) {
      const person = await product.person();
      product.sandbox.control.reset();
      await product.database.sql("truncate channel_connections, number_claims, connection_events cascade");
      const { state } = await begin(person);
      const one = code(BUSINESS_IDS.luz);
      const places = await Promise.all(
        Array.from({ length: 50 }, () => comeBack(person, { state, code: one })),
      );
      expect(places.filter((place) => place === "/settings/integrations?whatsapp=connected")).toHaveLength(1);
      expect(places.filter((place) => place === failed("state_used"))).toHaveLength(49);
      expect(exchanges()).toBe(1);
      expect(await connections(person)).toHaveLength(1);
    }
  });
});

describe("several numbers", () => {
  const actor = () => ({
    tenantId: ana.tenantId,
    userId: ana.userId,
    sessionId: ana.userId,
    requestId: "request-1",
  });

  test("are offered, and the chosen one is connected on the same row", async () => {
    expect(await connect(ana, BUSINESS_IDS.cadenas)).toBe("/settings/integrations/whatsapp/number");
    const deps = product.services.integrations;
    const choice = await pendingChoice(deps, actor(), "whatsapp");
    expect(choice?.numbers.map((number) => number.e164).sort()).toEqual([
      "+525522221001",
      "+525522221002",
      "+525522221003",
      "+528133332001",
      "+528133332002",
    ]);
    expect((await connections(ana)).map((row) => row.status)).toEqual(["pending"]);
    expect(await statusOf(ana)).toMatchObject({ connected: false });
    const outcome = await chooseNumber(deps, actor(), {
      channel: "whatsapp",
      phoneNumberId: NUMBER_IDS.cadenasSur2,
    });
    expect(outcome).toEqual({ kind: "connected", connectionId: choice?.connectionId });
    expect(await connections(ana)).toMatchObject([
      {
        status: "active",
        waba_id: WABA_IDS.cadenasSur,
        phone_number_id: NUMBER_IDS.cadenasSur2,
        metadata: expect.not.objectContaining({ choices: expect.anything() }),
      },
    ]);
    expect(await pendingChoice(deps, actor(), "whatsapp")).toBeNull();
  });

  test("a number that the grant does not reach cannot be chosen, whatever the browser says", async () => {
    await connect(ana, BUSINESS_IDS.cadenas);
    const outcome = await chooseNumber(product.services.integrations, actor(), {
      channel: "whatsapp",
      phoneNumberId: NUMBER_IDS.norte,
    });
    expect(outcome).toEqual({ kind: "failed", reason: "no_number" });
    expect((await connections(ana)).map((row) => row.status)).toEqual(["pending"]);
  });

  test("an hour later the choice is gone", async () => {
    await connect(ana, BUSINESS_IDS.cadenas);
    const later = { ...product.services.integrations, now: () => new Date(Date.now() + 61 * 60_000) };
    expect(await pendingChoice(later, actor(), "whatsapp")).toBeNull();
    const outcome = await chooseNumber(later, actor(), {
      channel: "whatsapp",
      phoneNumberId: NUMBER_IDS.cadenasSur2,
    });
    expect(outcome).toEqual({ kind: "failed", reason: "choice_expired" });
  });
});

describe("a number of another workspace", () => {
  test("is refused without a word about whose it is, and nothing is stored", async () => {
    await connect(ana);
    const eva = await product.person();
    expect(await connect(eva)).toBe(failed("number_taken"));
    expect(await connections(eva)).toEqual([]);
    expect((await connections(ana)).map((row) => row.status)).toEqual(["active"]);
  });

  test("goes to exactly one of two that race for it", async () => {
    for (let round = 0; round < 10; round++) {
      const people = [await product.person(), await product.person()];
      const starts = await Promise.all(people.map(begin));
      const places = await Promise.all(
        people.map((person, at) =>
          comeBack(person, { state: starts[at]?.state ?? "", code: code(BUSINESS_IDS.luz) }),
        ),
      );
      expect(places.sort()).toEqual(
        [failed("number_taken"), "/settings/integrations?whatsapp=connected"].sort(),
      );
      const held = await product.database.sql(
        "select status from channel_connections where phone_number_id is not null",
      );
      expect(held).toEqual([{ status: "active" }]);
      await product.database.sql("truncate channel_connections, number_claims, connection_events cascade");
    }
  });

  test("can be taken once let go; the first keeps its row and finds it again when the number comes back", async () => {
    await connect(ana);
    const [first] = await connections(ana);
    await callRoute(disconnect.action, ask(`${api}/disconnect`, ana, { method: "POST", headers: asJson }));
    const eva = await product.person();
    expect(await connect(eva)).toBe("/settings/integrations?whatsapp=connected");
    expect(await connections(ana)).toMatchObject([
      {
        id: first?.id,
        status: "revoked",
        phone_number_id: null,
        metadata: { former_phone_number_id: NUMBER_IDS.luz },
      },
    ]);
    await callRoute(disconnect.action, ask(`${api}/disconnect`, eva, { method: "POST", headers: asJson }));
    expect(await connect(ana)).toBe("/settings/integrations?whatsapp=connected");
    expect(await connections(ana)).toMatchObject([
      { id: first?.id, status: "active", phone_number_id: NUMBER_IDS.luz },
    ]);
    const claims = await product.database.sql(
      "select tenant_id, released_at is null as open from number_claims order by id",
    );
    expect(claims).toEqual([
      { tenant_id: ana.tenantId, open: false },
      { tenant_id: eva.tenantId, open: false },
      { tenant_id: ana.tenantId, open: true },
    ]);
  });
});

describe("disconnect", () => {
  const leave = (person: TestPerson, init: RequestInit = {}) =>
    callRoute(
      disconnect.action,
      ask(`${api}/disconnect`, person, { method: "POST", headers: asJson, ...init }),
    );

  test("revokes, destroys the token, refuses sending and asks Meta to stop", async () => {
    await connect(ana);
    const [{ id } = { id: "" }] = await connections(ana);
    await subscribeWaba(product.services.integrations, {
      tenantId: ana.tenantId,
      connectionId: id,
      requestId: "r",
      lastAttempt: false,
    });
    expect(product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toHaveLength(1);
    expect(
      (await listConnections(product.services.integrations, ana.tenantId, "whatsapp"))[0]?.deliveries,
    ).toBe("on");

    const answer = await leave(ana);
    expect(await answer.json()).toEqual({ connected: false });
    expect(await connections(ana)).toMatchObject([
      { status: "revoked", access_token_enc: null, token_expires_at: null },
    ]);
    expect(await statusOf(ana)).toMatchObject({ connected: false, may_send: false, status: "revoked" });

    const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
    const run = {
      tenantId: ana.tenantId,
      teardownId: teardown?.payload.teardownId ?? "",
      requestId: "r",
      lastAttempt: false,
    };
    await finishTeardown(product.services.integrations, run);
    await finishTeardown(product.services.integrations, run);
    expect(product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toEqual([]);
    expect(await product.database.sql("select outcome, access_token_enc from connection_teardowns")).toEqual([
      { outcome: "unsubscribed", access_token_enc: null },
    ]);
    expect(product.sandbox.control.calls().filter((call) => call.endpoint === "deregister")).toEqual([]);
  });

  test("is done here even while Meta is away, and finished there later", async () => {
    await connect(ana);
    product.sandbox.control.addScenario({ endpoint: "unsubscribe", times: 1, outcome: { kind: "http" } });
    await leave(ana);
    expect(await statusOf(ana)).toMatchObject({ connected: false });
    const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
    const run = {
      tenantId: ana.tenantId,
      teardownId: teardown?.payload.teardownId ?? "",
      requestId: "r",
      lastAttempt: false,
    };
    await expect(finishTeardown(product.services.integrations, run)).rejects.toThrow(/retry_later/);
    await finishTeardown(product.services.integrations, run);
    expect(await product.database.sql("select outcome from connection_teardowns")).toEqual([
      { outcome: "unsubscribed" },
    ]);
  });

  test("leaves deliveries on while a sibling number of the same WABA needs them", async () => {
    await connect(ana);
    const other = product.sandbox.control.addNumber({
      wabaId: WABA_IDS.luz,
      displayPhoneNumber: "+52 55 1234 9999",
      verifiedName: "Dos",
    });
    const { state } = await begin(ana);
    expect(await comeBack(ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(
      "/settings/integrations/whatsapp/number",
    );
    const actor = { tenantId: ana.tenantId, userId: ana.userId, sessionId: ana.userId, requestId: "r" };
    await chooseNumber(product.services.integrations, actor, {
      channel: "whatsapp",
      phoneNumberId: other.id,
    });
    const [first] = await connections(ana);
    await leave(ana, { body: new URLSearchParams({ connectionId: first?.id ?? "" }) });
    expect((await connections(ana)).map((row) => row.status)).toEqual(["revoked", "active"]);
    const teardown = (await jobs()).find((job) => job.task === "stop_deliveries");
    const run = {
      tenantId: ana.tenantId,
      teardownId: teardown?.payload.teardownId ?? "",
      requestId: "r",
      lastAttempt: false,
    };
    await finishTeardown(product.services.integrations, run);
    expect(await product.database.sql("select outcome from connection_teardowns")).toEqual([
      { outcome: "still_in_use" },
    ]);
    expect(product.sandbox.control.calls().filter((call) => call.endpoint === "unsubscribe")).toEqual([]);
  });

  test("can be repeated, reaches no other workspace, and refuses what is no id", async () => {
    await connect(ana);
    const [{ id } = { id: "" }] = await connections(ana);
    const eva = await product.person();
    await leave(eva, { body: new URLSearchParams({ connectionId: id }) });
    expect((await connections(ana)).map((row) => row.status)).toEqual(["active"]);
    await leave(ana);
    expect((await leave(ana)).status).toBe(200);
    expect((await leave(ana, { body: new URLSearchParams({ connectionId: "1; drop" }) })).status).toBe(400);
    expect(await product.database.sql("select count(*)::int as n from connection_teardowns")).toEqual([
      { n: 1 },
    ]);
  });

  test("sends a form's person back to the page with 303", async () => {
    await connect(ana);
    const answer = await callRoute(disconnect.action, ask(`${api}/disconnect`, ana, { method: "POST" }));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/settings/integrations");
  });
});

describe("turning deliveries on", () => {
  const run = (connectionId: string, lastAttempt = false) =>
    subscribeWaba(product.services.integrations, {
      tenantId: ana.tenantId,
      connectionId,
      requestId: "r",
      lastAttempt,
    });
  const deliveries = async () =>
    (await listConnections(product.services.integrations, ana.tenantId, "whatsapp"))[0]?.deliveries;

  test("is tried again while Meta is away and given up with a trace at the last attempt", async () => {
    await connect(ana);
    const [{ id } = { id: "" }] = await connections(ana);
    product.sandbox.control.addScenario({ endpoint: "subscribe", outcome: { kind: "http" } });
    await expect(run(id)).rejects.toThrow(/retry_later/);
    expect(await deliveries()).toBe("starting");
    await run(id, true);
    expect(await deliveries()).toBe("failed");
  });

  test("ends at once when Meta's answer will not change", async () => {
    await connect(ana);
    const [{ id } = { id: "" }] = await connections(ana);
    await product.sandbox.control.revokeTokens();
    await run(id);
    expect(await deliveries()).toBe("failed");
    expect(await statusOf(ana)).toMatchObject({ connected: true });
  });
});

test("no token, code, secret or number was logged, stored in an event or in a job on any of these roads", async () => {
  const { state } = await begin(ana);
  const spent = code(BUSINESS_IDS.luz);
  await comeBack(ana, { state, code: spent });
  const kept = [
    JSON.stringify(product.logged, (_key, value) =>
      value instanceof Error ? `${value.message}${value.stack}` : value,
    ),
    JSON.stringify(await product.database.sql("select * from connection_events")),
    JSON.stringify(await jobs()),
    JSON.stringify(await product.database.sql("select * from channel_connections")),
  ].join("\n");
  expect(kept).not.toContain(spent);
  expect(kept).not.toContain(spent.slice(10, 60));
  expect(kept).not.toMatch(/EAA[A-Za-z0-9]{20,}/);
  expect(JSON.stringify(product.logged)).not.toMatch(/5512345678/);
});
