/** How a number is doing: what a check at Meta brings, a check asked for by a person, and the last day. */
import { beforeAll, describe, expect, test } from "vitest";
import { NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { skipTest } from "../../integrations/connect/unfinished-steps.server.ts";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { numberHealth, requestCheck } from "../../integrations/health/number-health.server.ts";
import { subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { english as texts } from "../../texts/en/index.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { type AskPage, openPages } from "../testing/pages.ts";

const { flow, connect, connections, jobs, leave } = connectFlows();
let askPage: AskPage;
beforeAll(async () => {
  askPage = await openPages();
});

const deps = () => flow.product.services.integrations;
const subject = (connectionId: string) => ({ tenantId: flow.ana.tenantId, connectionId, requestId: "r-1" });
const check = (id: string) => checkConnection(deps(), subject(id));
const words = texts.numbers.health;

async function connected(): Promise<string> {
  await connect(flow.ana);
  const [{ id } = { id: "" }] = await connections(flow.ana);
  await subscribeWaba(deps(), { ...subject(id), lastAttempt: false });
  await registerNumber(deps(), { ...subject(id), lastAttempt: false });
  await flow.product.database.sql("delete from graphile_worker._private_jobs");
  return id;
}

const pathOf = (id: string) => `/settings/integrations/whatsapp/numbers/${id}`;

async function page(id: string, query = ""): Promise<string> {
  const headers = { cookie: flow.ana.cookie };
  const answer = await askPage(new Request(`${flow.product.origin}${pathOf(id)}${query}`, { headers }));
  return (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, "");
}

async function askForCheck(id: string): Promise<string | null> {
  const body = new URLSearchParams({ intent: "check" });
  const request = new Request(`${flow.product.origin}${pathOf(id)}`, {
    method: "POST",
    body,
    headers: { cookie: flow.ana.cookie },
  });
  return (await askPage(request)).headers.get("location");
}

/** As if the time since had passed. */
const later = (seconds: number) =>
  flow.product.database.sql(
    `update connection_health set check_requested_at = check_requested_at - $1 * interval '1 second',
       checked_at = checked_at - $1 * interval '1 second'`,
    [seconds],
  );
const kinds = async () =>
  (await flow.product.database.sql<{ kind: string }>("select kind from connection_events order by id")).map(
    ({ kind }) => kind,
  );

describe("what a check brings", () => {
  test("is unknown before the first, then stands there in words, with its time", async () => {
    const id = await connected();
    expect(await page(id)).toContain(words.never);
    await check(id);
    const shown = await page(id);
    for (const said of [words.deliveries.ours, words.results.alive, "Up to 250 conversations a day"])
      expect(shown).toContain(said);
    expect(shown).toMatch(/>High<\/span>/);
    expect(shown).toContain(`${flow.product.origin}/webhooks/meta/whatsapp`);
    expect(shown).not.toContain(words.never);
  });

  test("says when the deliveries are not as expected", async () => {
    const id = await connected();
    const { world } = flow.product.sandbox;
    const app = world.wabas[WABA_IDS.luz]?.subscribedApps[0];
    if (app) app.override = { uri: "https://another.example/hook", verifyToken: "theirs" };
    await check(id);
    expect(await page(id)).toContain(words.deliveries.elsewhere);
    const waba = world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    await check(id);
    const shown = await page(id);
    expect(shown).toContain(words.deliveries.missing);
    expect(shown).not.toContain("another.example");
  });

  test("stays as it was when Meta does not answer, or says nothing of it", async () => {
    const id = await connected();
    await check(id);
    flow.product.sandbox.control.addScenario({ endpoint: "phone", outcome: { kind: "http" } });
    await check(id);
    expect(await page(id)).toContain(words.noAnswer);
    expect((await numberHealth(deps(), flow.ana.tenantId, id)).lastCheck?.answer).toMatchObject({
      deliveries: "ours",
      qualityRating: "GREEN",
      messagingLimit: "TIER_250",
    });
    flow.product.sandbox.control.clearScenarios();
    flow.product.forgetTroubleWithMeta();
    const odd = { id: NUMBER_IDS.luz, display_phone_number: "+52 55 1234 5678", quality_rating: { of: 7 } };
    const outcome = { kind: "wrong_shape" as const, body: odd };
    flow.product.sandbox.control.addScenario({ endpoint: "phone", times: 1, outcome });
    await check(id);
    expect((await numberHealth(deps(), flow.ana.tenantId, id)).lastCheck).toMatchObject({
      result: "alive",
      answer: { qualityRating: null, messagingLimit: null },
    });
  });

  test("of an earlier token says nothing after a reconnect", async () => {
    const id = await connected();
    await check(id);
    await connect(flow.ana);
    expect(await page(id)).toContain(words.never);
  });
});

describe("a check that a person asks for", () => {
  test("is asked for at once, says so until it is done, and is recorded with who asked", async () => {
    const id = await connected();
    expect(await askForCheck(id)).toBe(`${pathOf(id)}#health`);
    expect(await jobs()).toMatchObject([{ task: "check_connection", payload: { connectionId: id } }]);
    const waiting = await page(id);
    expect(waiting).toContain(words.checking);
    expect(waiting).not.toContain(words.checkNow);
    expect(waiting).toContain('<meta http-equiv="refresh"');
    await check(id);
    await skipTest(
      deps(),
      { ...flow.ana, sessionId: "", requestId: "r" },
      { channel: "meta_whatsapp", connectionId: id },
    );
    const done = await page(id);
    expect(done).toContain(words.checkNow);
    expect(done).not.toContain(words.checking);
    expect(done).not.toContain('<meta http-equiv="refresh"');
    expect(
      await flow.product.database.sql(
        "select actor_user_id from connection_events where kind = 'check_requested'",
      ),
    ).toEqual([{ actor_user_id: flow.ana.userId }]);
  });

  test("is one, however many ask, and not more often than every 30 seconds", async () => {
    const id = await connected();
    const actor = { ...flow.ana, sessionId: "", requestId: "r" };
    const ask = () => requestCheck(deps(), actor, { channel: "meta_whatsapp", connectionId: id });
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(answers.toSorted()).toEqual(["asked", "refused", "refused", "refused"]);
    expect(await jobs()).toHaveLength(1);
    await check(id);
    expect(await askForCheck(id)).toBe(`${pathOf(id)}?check=refused#health`);
    expect(await page(id, "?check=refused")).toContain(words.tooSoon);
    await later(31);
    expect(await page(id, "?check=refused")).not.toContain(words.tooSoon);
    expect(await ask()).toBe("asked");
    expect((await kinds()).filter((kind) => kind === "check_requested")).toHaveLength(2);
  });

  test("that is not done in two minutes may be asked for again", async () => {
    const id = await connected();
    await askForCheck(id);
    await later(60);
    expect(await askForCheck(id)).toContain("refused");
    await later(61);
    expect(await page(id)).toContain(words.late);
    expect(await askForCheck(id)).toBe(`${pathOf(id)}#health`);
  });

  test("is none where there is nothing to check", async () => {
    const id = await connected();
    await leave(flow.ana);
    const actor = { ...flow.ana, sessionId: "", requestId: "r" };
    expect(await requestCheck(deps(), actor, { channel: "meta_whatsapp", connectionId: id })).toBe("none");
    expect(await kinds()).not.toContain("check_requested");
  });
});

describe("the last day", () => {
  async function write(id: string, sets: string): Promise<void> {
    await flow.product.database.sql(
      `with contact as (insert into contacts (tenant_id, provider, wa_id) values ($1, 'meta_whatsapp', $3) returning id),
        thread as (
          insert into conversations (tenant_id, connection_id, contact_id, last_message_at, last_inbound_at)
          select $1, $2, id, now(), now() from contact returning id)
       insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, occurred_at, failed_at)
       select $1, thread.id, $3 || m.n, m.direction, 'text', m.status, now() - m.age,
              case when m.status in ('failed', 'read') then now() - m.age end
         from thread, (values ${sets}) m (n, direction, status, age)`,
      [flow.ana.tenantId, id, `52${Math.random()}`.replace(".", "")],
    );
  }

  test("counts what came and what failed for this number, and nothing older", async () => {
    const id = await connected();
    await write(
      id,
      `('a', 'inbound', 'received', interval '1 hour'), ('b', 'inbound', 'received', interval '23 hours'),
       ('c', 'inbound', 'received', interval '25 hours'), ('d', 'outbound', 'failed', interval '2 hours'),
       ('e', 'outbound', 'failed', interval '25 hours'), ('f', 'outbound', 'read', interval '1 hour')`,
    );
    await write(id, "('a', 'inbound', 'received', interval '1 minute')");
    const { traffic } = await numberHealth(deps(), flow.ana.tenantId, id);
    expect(traffic).toEqual({ received: 3, failed: 1, setAside: 0 });
    expect(await page(id)).toContain("3 received, 1 failed");
    const eva = await flow.product.person();
    expect((await numberHealth(deps(), eva.tenantId, id)).traffic).toEqual({
      received: 0,
      failed: 0,
      setAside: 0,
    });
  });

  test("counts what was set aside while the number was this connection's, and only that", async () => {
    const id = await connected();
    await flow.product.database.empty("delivery_quarantine", "webhook_deliveries");
    const aside = (createdAt: string, path: string, number: string = NUMBER_IDS.luz) =>
      flow.product.database.sql(
        `with d as (insert into webhook_deliveries (provider, request_id, body) values ('meta_whatsapp', 'r', '') returning id)
         insert into delivery_quarantine (delivery_id, item_path, reason, phone_number_id, created_at)
         select id, $1, 'unreadable', $2, ${createdAt} from d`,
        [path, number],
      );
    await aside("now()", "entry.0");
    await aside("now() - interval '1 hour'", "entry.1");
    await aside("now()", "entry.2", "another");
    expect((await numberHealth(deps(), flow.ana.tenantId, id)).traffic.setAside).toBe(1);
    expect(await page(id)).toContain("1 item in the last 24 hours");
    const eva = await flow.product.person();
    expect((await numberHealth(deps(), eva.tenantId, id)).traffic.setAside).toBe(0);
  });
});
