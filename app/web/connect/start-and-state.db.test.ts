/** A start stores a state, which opens the callback once, soon, and to whoever began. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { widenProvider } from "../../../db/testing/second-provider.ts";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import * as callback from "../../routes/api.integrations.meta.$channel.callback.ts";
import * as disconnect from "../../routes/api.integrations.meta.$channel.disconnect.ts";
import * as start from "../../routes/api.integrations.meta.$channel.start.ts";
import * as status from "../../routes/api.integrations.meta.$channel.status.ts";
import { api, asJson, connectedPlace, connectFlows, failed } from "../testing/connect-flows.ts";
import { callRoute, type TestPerson } from "../testing/product.ts";

const { flow, ask, begin, comeBack, code, connections, exchanges } = connectFlows();

describe("start", () => {
  test("stores the state, bound and short-lived, before it names the address at Meta", async () => {
    const { authUrl, state } = await begin(flow.ana);
    const [row] = await flow.product.database.sql(
      `select tenant_id, user_id, provider, used_at, expires_at - created_at = interval '10 minutes' as ten,
              metadata ? 'ip' and metadata ? 'user_agent' as traced from oauth_states where nonce = $1`,
      [state],
    );
    expect(row).toEqual({
      tenant_id: flow.ana.tenantId,
      user_id: flow.ana.userId,
      provider: "meta_whatsapp",
      used_at: null,
      ten: true,
      traced: true,
    });
    const url = new URL(authUrl);
    expect(url.pathname).toBe("/v25.0/dialog/oauth");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: "987654321098765",
      redirect_uri: `${flow.product.origin}${api}/callback`,
      response_type: "code",
      state,
      scope: "whatsapp_business_management,whatsapp_business_messaging",
    });
    expect(authUrl).not.toContain(flow.product.services.webhooks.appSecrets[0]?.reveal());
  });

  test("makes a state of 32 random bytes, none of which is the same in all", async () => {
    const nonces: Buffer[] = [];
    for (let n = 0; n < 6; n++) nonces.push(Buffer.from((await begin(flow.ana)).state, "base64url"));
    expect(nonces.map((nonce) => nonce.length)).toEqual(Array(6).fill(32));
    const fixed = [...Array(32).keys()].filter((at) => new Set(nonces.map((nonce) => nonce[at])).size === 1);
    expect(fixed).toEqual([]);
  });

  test("sends a form's person to Meta with 303", async () => {
    const answer = await callRoute(start.action, ask(`${api}/start`, flow.ana, { method: "POST" }));
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
    expect((await callRoute(start.loader, ask(`${api}/start`, flow.ana))).status).toBe(405);
    expect(
      (await callRoute(callback.action, ask(`${api}/callback`, flow.ana, { method: "PUT" }))).status,
    ).toBe(405);
    expect((await callRoute(status.action, ask(`${api}/status`, flow.ana, { method: "POST" }))).status).toBe(
      405,
    );
    expect((await callRoute(disconnect.loader, ask(`${api}/disconnect`, flow.ana))).status).toBe(405);
    const unknown = await callRoute(start.action, ask(`${api}/start`, flow.ana, { method: "POST" }), {
      channel: "toString",
    });
    expect(unknown.status).toBe(404);
  });
});

describe("the state", () => {
  beforeAll(() => widenProvider(flow.product.database, "instagram"));

  test("unknown, malformed or missing is refused before the code is spent", async () => {
    for (const state of ["", "x", "A".repeat(43), "' or 1=1 --", "\u0000"]) {
      expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    }
    expect(await comeBack(flow.ana, { code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    expect(exchanges()).toBe(0);
  });

  test("works once", async () => {
    const { state } = await begin(flow.ana);
    await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz) });
    expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_used"));
    expect(exchanges()).toBe(1);
  });

  test("expires after ten minutes of the database's clock", async () => {
    const { state } = await begin(flow.ana);
    await flow.product.database.sql("update oauth_states set expires_at = now() - interval '1 second'");
    expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_expired"));
    expect(exchanges()).toBe(0);
  });

  test("of another person, workspace, session or channel looks like none at all", async () => {
    const { state } = await begin(flow.ana);
    const colleague = await flow.product.person(flow.ana.tenantId);
    const stranger = await flow.product.person();
    for (const person of [colleague, stranger]) {
      expect(await comeBack(person, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    }
    await flow.product.database.sql("update oauth_states set session_id = gen_random_uuid()");
    expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("state_invalid"));
    const theirs = await begin(flow.ana);
    await flow.product.database.sql("update oauth_states set user_id = $1", [colleague.userId]);
    expect(await comeBack(flow.ana, { state: theirs.state, code: code(BUSINESS_IDS.luz) })).toBe(
      failed("state_invalid"),
    );
    const other = await begin(flow.ana);
    await flow.product.database.sql("update oauth_states set provider = 'instagram' where nonce = $1", [
      other.state,
    ]);
    expect(await comeBack(flow.ana, { state: other.state, code: code(BUSINESS_IDS.luz) })).toBe(
      failed("state_invalid"),
    );
    expect(exchanges()).toBe(0);
  });

  test("that was used or has expired is so for its own session, and for every other looks like none at all", async () => {
    const sql = flow.product.database.sql;
    const used = await begin(flow.ana);
    await comeBack(flow.ana, { state: used.state, error: "access_denied" });
    const expired = await begin(flow.ana);
    await sql("update oauth_states set expires_at = now() - interval '1 second' where nonce = $1", [
      expired.state,
    ]);
    const colleague = await flow.product.person(flow.ana.tenantId);
    for (const [{ state }, reason] of [
      [used, "state_used"],
      [expired, "state_expired"],
    ] as const) {
      const reasonFor = (person: TestPerson) => comeBack(person, { state, code: code(BUSINESS_IDS.luz) });
      const bind = (name: string, value: string) =>
        sql(`update oauth_states set ${name} = $1 where nonce = $2`, [value, state]);
      expect(await reasonFor(flow.ana)).toBe(failed(reason));
      const [row] = await sql<{ session_id: string; user_id: string; provider: string }>(
        "select * from oauth_states where nonce = $1",
        [state],
      );
      for (const [name, other] of [
        ["session_id", randomUUID()],
        ["user_id", colleague.userId],
        ["provider", "instagram"],
      ] as const) {
        await bind(name, other);
        expect(await reasonFor(flow.ana), name).toBe(failed("state_invalid"));
        await bind(name, row?.[name] ?? "");
      }
      expect(await reasonFor(flow.ana)).toBe(failed(reason));
    }
  });

  test("of a signed-out browser leads to the login page and stays unspent", async () => {
    const { state } = await begin(flow.ana);
    const answer = await callRoute(callback.loader, ask(`${api}/callback?state=${state}&code=x`));
    expect(answer.headers.get("location")).toMatch(/^\/login/);
    expect(answer.headers.get("location")).not.toContain("code");
    expect(exchanges()).toBe(0);
  });

  test("taken to the callback fifty times at once makes one exchange and one connection", async () => {
    for (let round = 0; round < 3; round++) {
      const person = await flow.product.person();
      flow.product.sandbox.control.reset();
      await flow.product.database.empty("channel_connections", "number_claims", "connection_events");
      const { state } = await begin(person);
      const one = code(BUSINESS_IDS.luz);
      const places = await Promise.all(
        Array.from({ length: 50 }, () => comeBack(person, { state, code: one })),
      );
      expect(places.filter((place) => place === connectedPlace)).toHaveLength(1);
      expect(places.filter((place) => place === failed("state_used"))).toHaveLength(49);
      expect(exchanges()).toBe(1);
      expect(await connections(person)).toHaveLength(1);
    }
  });
});
