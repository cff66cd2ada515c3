import { describe, expect, test } from "vitest";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { english as texts } from "../../texts/en/index.ts";
import { connectedPlace, connectFlows, pickerPlace } from "../testing/connect-flows.ts";
import { seconds, signedRequests } from "../testing/signed-requests.ts";

const flows = connectFlows();
const { flow, begin, comeBack, code, connect, leave, connections, jobs, statusOf } = flows;
const { sql, tell, onlyConnection, grantorOf, grantAs, eventsOf, page } = signedRequests(flows);

describe("a connection", () => {
  test("remembers who at Meta granted it", async () => {
    await connect(flow.ana);
    const [token] = flow.product.sandbox.control.snapshot().tokens.slice(-1);
    expect(await onlyConnection(flow.ana)).toMatchObject({
      granted_by_meta_user: token?.userId,
      granted_at: expect.any(Date),
    });
  });

  test("remembers nobody when the token names nobody, and works all the same", async () => {
    const { meta_whatsapp: whatsapp } = flow.product.services.integrations.connectors;
    const findReach: typeof whatsapp.findReach = async (token) => ({
      ...(await whatsapp.findReach(token)),
      metaUserId: undefined,
    });
    flow.product.services.integrations.connectors = { meta_whatsapp: { ...whatsapp, findReach } };
    expect(await connect(flow.ana)).toBe(connectedPlace);
    expect(await onlyConnection(flow.ana)).toMatchObject({ granted_by_meta_user: null, granted_at: null });
  });

  test("tells it to no one who looks at it", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    expect(grantor).not.toBe("");
    expect(JSON.stringify(await statusOf(flow.ana))).not.toContain(grantor);
    expect(JSON.stringify(await sql("select detail from connection_events"))).not.toContain(grantor);
  });
});

describe("the deauthorize callback", () => {
  test("ends what the person granted in every workspace, and nothing else", async () => {
    const eva = await flow.product.person();
    const bystander = await flow.product.person();
    await connect(flow.ana, BUSINESS_IDS.luz);
    await connect(eva, BUSINESS_IDS.norte);
    const { state } = await begin(bystander);
    await comeBack(bystander, { state, code: code(BUSINESS_IDS.cadenas) });
    const grantor = await grantorOf(flow.ana);
    await grantAs(eva, grantor);
    const untouched = await connections(bystander);

    const answer = await tell("deauthorize", grantor);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ok: true });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    for (const person of [flow.ana, eva]) {
      expect(await onlyConnection(person)).toMatchObject({
        status: "error",
        access_token_enc: null,
        token_expires_at: null,
        metadata: { error: { code: "deauthorized", at: expect.any(String) } },
      });
      expect(await statusOf(person)).toMatchObject({ connected: false, status: "error", may_send: false });
      expect(await eventsOf(person)).toEqual(["connected", "deauthorized"]);
    }
    expect(await connections(bystander)).toEqual(untouched);
    expect(await eventsOf(bystander)).not.toContain("deauthorized");
  });

  test("keeps the number's claim, so that what Meta still sends is stored, and asks nothing of Meta", async () => {
    await connect(flow.ana);
    const calls = flow.product.sandbox.control.calls().length;
    await tell("deauthorize", await grantorOf(flow.ana));
    expect(await sql("select released_at from number_claims")).toEqual([{ released_at: null }]);
    expect((await jobs()).map(({ task }) => task)).not.toContain("stop_deliveries");
    expect(flow.product.sandbox.control.calls()).toHaveLength(calls);
  });

  test("ends an open choice between numbers, which then reads as cancelled", async () => {
    const { state } = await begin(flow.ana);
    expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.cadenas) })).toBe(pickerPlace);
    await tell("deauthorize", await grantorOf(flow.ana));
    const { status, access_token_enc, metadata } = await onlyConnection(flow.ana);
    expect([status, access_token_enc, metadata.choices]).toEqual(["error", null, undefined]);
    expect(await page("/settings/integrations", flow.ana)).toContain(
      texts.integrations.reasons.cancelled.title,
    );
  });

  test("sent again, also at the same moment, changes nothing and records nothing more", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    const issuedAt = seconds();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => tell("deauthorize", grantor, issuedAt)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const once = await connections(flow.ana);
    await tell("deauthorize", grantor, issuedAt + 5);
    expect(await connections(flow.ana)).toEqual(once);
    expect(await eventsOf(flow.ana)).toEqual(["connected", "deauthorized"]);
  });

  test("sent again after Meta has told more of the account changes nothing", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    await tell("deauthorize", grantor);
    await sql("update channel_connections set metadata = metadata || $1", [
      JSON.stringify({ error: { code: "access_removed", at: new Date().toISOString() } }),
    ]);
    const told = await connections(flow.ana);
    await tell("deauthorize", grantor);
    expect(await connections(flow.ana)).toEqual(told);
    expect(await eventsOf(flow.ana)).toEqual(["connected", "deauthorized"]);
  });

  test("leaves alone what was granted after it, and what is disconnected", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    await tell("deauthorize", grantor, seconds() - 3_600);
    expect(await onlyConnection(flow.ana)).toMatchObject({ status: "active" });
    await leave(flow.ana);
    await tell("deauthorize", grantor);
    expect(await onlyConnection(flow.ana)).toMatchObject({ status: "revoked" });
    expect(await eventsOf(flow.ana)).toEqual(["connected", "disconnected"]);
  });

  test("for somebody unknown is answered 200", async () => {
    expect((await tell("deauthorize", "199000000000000001")).status).toBe(200);
  });

  test("shows as needing attention; Reconnect uses the row again", async () => {
    await connect(flow.ana);
    const before = await onlyConnection(flow.ana);
    await tell("deauthorize", await grantorOf(flow.ana));
    const shown = await page("/settings/integrations", flow.ana);
    for (const words of [
      texts.integrations.states.attention,
      texts.integrations.incidentOf("deauthorized").title,
      texts.integrations.reconnect,
      "deauthorized",
    ]) {
      expect(shown).toContain(words);
    }
    expect(await connect(flow.ana)).toBe(connectedPlace);
    const after = await onlyConnection(flow.ana);
    expect(after).toMatchObject({ id: before.id, status: "active" });
    expect(after.metadata.error).toBeUndefined();
    expect(after.access_token_enc).not.toBeNull();
    expect(await eventsOf(flow.ana)).toEqual(["connected", "deauthorized", "reconnected"]);
  });
});
