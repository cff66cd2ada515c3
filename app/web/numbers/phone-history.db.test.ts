/** The contacts and chats of a number that lives on in the WhatsApp Business app: asked for, sent, stored and shown. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobCatalog } from "../../../db/jobs.ts";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import { applyAccountEvent } from "../../integrations/health/account-events.server.ts";
import { requestHistory } from "../../integrations/health/phone-history.server.ts";
import { subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import * as start from "../../routes/api.integrations.meta.$channel.start.ts";
import { api, connectFlows } from "../testing/connect-flows.ts";
import { openWebhookAddress } from "../testing/deliveries/webhook-address.ts";
import { type AskPage, openPages } from "../testing/pages.ts";
import { callRoute } from "../testing/product.ts";

const { flow, ask, connect, connections, jobs } = connectFlows();
const control = () => flow.product.sandbox.control;
const deps = () => flow.product.services.integrations;
const hourMs = 3_600_000;
let pages: AskPage;
let closeAddress: () => Promise<void>;
beforeAll(async () => {
  pages = await openPages();
});

beforeEach(async () => {
  closeAddress = await openWebhookAddress(flow.product, ["messages", "history", "smb_app_state_sync"]);
});
afterEach(async () => {
  await closeAddress();
  await flow.product.database.empty("webhook_deliveries");
});

const number = () => {
  const found = flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  if (!found) throw new Error("no number");
  return found;
};
const run = (connectionId: string) => ({
  tenantId: flow.ana.tenantId,
  connectionId,
  requestId: "r-1",
  lastAttempt: false,
});

/** A number on a phone whose deliveries are on; returns its connection. */
async function connected(): Promise<string> {
  number().isOnBizApp = true;
  await connect(flow.ana);
  const [{ id } = { id: "" }] = await connections(flow.ana);
  await subscribeWaba(deps(), run(id));
  return id;
}

const asked = () =>
  control()
    .calls()
    .filter(({ endpoint }) => endpoint === "smb_app_data").length;
const factOf = async () =>
  (((await connections(flow.ana))[0]?.metadata ?? {}) as { history?: Record<string, unknown> }).history;
const kinds = async () =>
  (await flow.product.database.sql<{ kind: string }>("select kind from connection_events order by id"))
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith("history"));

/** Once so many deliveries are stored, the worker's part. */
async function arrived(count: number): Promise<void> {
  const ids = () =>
    flow.product.database.sql<{ id: string }>("select id from webhook_deliveries order by id");
  await expect.poll(async () => (await ids()).length).toBe(count);
  await processDeliveries(
    inboxDeps(flow.product.database),
    (await ids()).map(({ id }) => id),
  );
  for (const { task, payload } of await jobs()) {
    if (task !== "apply_account_event") continue;
    await applyAccountEvent(deps(), jobCatalog.apply_account_event.payload.parse(payload));
  }
}

const page = async (path: string) =>
  (await (await pages(ask(path, flow.ana))).text()).replace(/<script[\s\S]*?<\/script>|<!-- -->/g, "");
const numberPage = async (id: string) => page(`/settings/integrations/whatsapp/numbers/${id}`);

describe("the history of a number on a phone", () => {
  test("is asked for once, arrives as conversations nobody has to read, with the owner's names, and is shown so", async () => {
    const id = await connected();
    await registerNumber(deps(), run(id));
    expect((await jobs()).map(({ task }) => task)).toContain("request_history");
    expect(await numberPage(id)).not.toContain("Earlier conversations");
    await requestHistory(deps(), run(id));
    await requestHistory(deps(), run(id));
    expect(asked()).toBe(2);
    expect(await numberPage(id)).toContain("We have asked for the conversations");

    // The names, three chunks, three pictures.
    await arrived(7);
    expect(await factOf()).toMatchObject({ progress: 100, chats: { result: "asked" } });
    expect(await numberPage(id)).toContain("have arrived, with your names for people");
    expect(await kinds()).toEqual(["history_asked", "history_complete"]);
    const list = await page("/conversations");
    expect(list).toContain("Sofía Ñandú");
    expect(list).toContain("Marta Díaz");
    expect(list).not.toContain("unread");
    const [sofia] = await flow.product.database.sql<{ id: string }>(
      "select c.id from conversations c join contacts p on p.id = c.contact_id where p.saved_name like 'Sof%'",
    );
    const thread = await page(`/conversations/${sofia?.id}`);
    for (const said of [
      "Sofía Ñandú",
      "¿tienen pan de muerto?",
      "Sí, desde mañana.",
      "Pan de muerto",
      "Photo",
    ])
      expect(thread).toContain(said);
    expect(await page("/conversations?q=marta")).toContain("Marta Díaz");
    // No message has come yet, so its test is still to be passed.
    expect(await numberPage(id)).toContain("Waiting for a message");
  });

  test("says how far it has come, whatever comes first", async () => {
    const id = await connected();
    for (const progress of [55, 12]) {
      await applyAccountEvent(deps(), {
        ...run(id),
        deliveryId: String(progress),
        itemPath: "x",
        field: "history",
        event: "progress",
        detail: { progress },
        occurredAt: new Date(),
      });
    }
    expect(await numberPage(id)).toMatch(/55% have arrived[\s\S]*<progress[^>]*value="55"/);
  });

  test("that the owner keeps back says so, and what to do", async () => {
    const id = await connected();
    control().setSwitches({ historySharing: "declined" });
    await requestHistory(deps(), run(id));
    await arrived(2);
    await arrived(2);
    expect(await kinds()).toEqual(["history_asked", "history_declined"]);
    const html = await numberPage(id);
    expect(html).toContain("does not share them");
    // The way to do it keeps the number in its app.
    expect(html).toMatch(/name="number" value="on_phone"/);
  });

  test("is asked for anew by the next connect where it was kept back, and never where it has come", async () => {
    const id = await connected();
    control().setSwitches({ historySharing: "declined" });
    await requestHistory(deps(), run(id));
    await arrived(2);
    await connect(flow.ana);
    expect(await factOf()).toBeUndefined();
    await subscribeWaba(deps(), run(id));
    await requestHistory(deps(), run(id));
    expect(await factOf()).toMatchObject({ chats: { result: "asked", code: "asked_before" } });
    const before = asked();
    await connect(flow.ana);
    await subscribeWaba(deps(), run(id));
    await requestHistory(deps(), run(id));
    expect(asked()).toBe(before);
  });

  test("that was asked for before us counts as asked", async () => {
    const id = await connected();
    number().sharedAppData = ["smb_app_state_sync", "history"];
    await requestHistory(deps(), run(id));
    expect(await factOf()).toMatchObject({ contacts: { result: "asked" }, chats: { result: "asked" } });
    expect(await kinds()).toEqual(["history_asked"]);
  });

  test.each([
    ["Meta's word", () => control().advanceClock(25 * hourMs)],
    [
      "our own clock, and Meta is not asked",
      () =>
        flow.product.database.sql(
          `update channel_connections
              set metadata = metadata || jsonb_build_object('connected_at', now() - interval '24 hours 1 minute')`,
        ),
    ],
  ])("is too late after a day by %s", async (_what, pass) => {
    const id = await connected();
    await pass();
    await requestHistory(deps(), run(id));
    expect(await factOf()).toMatchObject({ chats: { result: "too_late" } });
    expect(await kinds()).toEqual(["history_refused"]);
    expect(await numberPage(id)).toContain("only within a day of connecting");
  });

  test("is asked for until the very end of that day, counted from the latest connect", async () => {
    const id = await connected();
    await flow.product.database.sql(
      `update channel_connections set created_at = now() - interval '9 days',
              metadata = metadata || jsonb_build_object('connected_at', now() - interval '23 hours 59 minutes')`,
    );
    await requestHistory(deps(), run(id));
    expect(await factOf()).toMatchObject({ contacts: { result: "asked" }, chats: { result: "asked" } });
  });

  test("is asked for again while Meta is away, what was answered not twice", async () => {
    const id = await connected();
    const away = { kind: "graph_error" as const, status: 503, code: 2, message: "away", is_transient: true };
    control().addScenario({ endpoint: "smb_app_data", times: 1, outcome: { kind: "ok" } });
    control().addScenario({ endpoint: "smb_app_data", times: 1, outcome: away });
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    await requestHistory(deps(), run(id));
    expect((await jobs()).map(({ task }) => task)).toEqual(["request_history"]);
    expect(await kinds()).toEqual([]);
    await requestHistory(deps(), run(id));
    expect(await factOf()).toMatchObject({ contacts: { result: "asked" }, chats: { result: "asked" } });
    expect(asked()).toBe(3);
    // The longer it has been, the later: seconds after a connect, half an hour at most.
    for (const [since, least, most] of [
      ["0 seconds", 0, 60],
      ["1 hour", 800, 960],
      ["20 hours", 1700, 1800],
    ] as const) {
      control().addScenario({ endpoint: "smb_app_data", times: 1, outcome: away });
      await flow.product.database.sql("delete from graphile_worker._private_jobs");
      await flow.product.database.sql(
        `update channel_connections set metadata = metadata - 'history'
           || jsonb_build_object('connected_at', now() - $1::interval)`,
        [since],
      );
      await requestHistory(deps(), run(id));
      const [job] = await flow.product.database.sql<{ wait: number }>(
        `select extract(epoch from run_at - now())::float as wait
           from graphile_worker.jobs where task_identifier = 'request_history'`,
      );
      expect(job?.wait).toBeGreaterThan(least);
      expect(job?.wait).toBeLessThanOrEqual(most);
    }
  });

  test("is not asked for before deliveries are on, and of no number that is in no app", async () => {
    number().isOnBizApp = true;
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    await requestHistory(deps(), run(id));
    expect(asked()).toBe(0);
    expect((await jobs()).map(({ task }) => task)).toContain("request_history");
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    number().isOnBizApp = false;
    await registerNumber(deps(), run(id));
    expect((await jobs()).map(({ task }) => task)).not.toContain("request_history");
  });

  test("of a connection with an incident is not asked for, and nothing is noted", async () => {
    const id = await connected();
    await flow.product.database.sql("update channel_connections set status = 'error'");
    await requestHistory(deps(), run(id));
    expect([asked(), await factOf()]).toEqual([0, undefined]);
  });

  test("that Meta refuses for good is told, and ends the job", async () => {
    const id = await connected();
    const outcome = { kind: "graph_error" as const, status: 403, code: 10, message: "no" };
    control().addScenario({ endpoint: "smb_app_data", outcome });
    await requestHistory(deps(), run(id));
    expect(await factOf()).toMatchObject({ chats: { result: "refused", code: "permission" } });
    expect(await numberPage(id)).toContain("Meta did not give them to us");
  });
});

describe("somebody who uses the WhatsApp Business app", () => {
  const begin = async (fields: Record<string, string>) => {
    const answer = await callRoute(
      start.action,
      ask(`${api}/start`, flow.ana, { method: "POST", body: new URLSearchParams(fields) }),
    );
    const url = new URL(answer.headers.get("location") ?? "");
    const [state] = await flow.product.database.sql<{ number: string | null }>(
      "select metadata ->> 'number' as number from oauth_states where nonce = $1",
      [url.searchParams.get("state")],
    );
    return { extras: JSON.parse(url.searchParams.get("extras") ?? "null"), kept: state?.number };
  };

  test("says so before connecting, and Meta hears it", async () => {
    expect(await page("/settings/integrations")).toMatch(
      /<input type="checkbox" name="number"[^>]*value="on_phone"[^>]*>[\s\S]*I use the WhatsApp Business app/,
    );
    expect(await begin({ number: "on_phone" })).toEqual({
      extras: {
        feature: "whatsapp_embedded_signup",
        setup: {},
        featureType: "whatsapp_business_app_onboarding",
        sessionInfoVersion: "3",
        version: "v4",
      },
      kept: "on_phone",
    });
  });

  test.each<Record<string, string>>([{}, { number: "" }, { number: "on_phone_or_so" }])(
    "is nobody who sends %j",
    async (fields) => {
      const { extras, kept } = await begin(fields);
      expect([extras.featureType, kept]).toEqual([undefined, null]);
    },
  );
});
