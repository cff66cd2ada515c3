import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobCatalog } from "#db/jobs.ts";
import type { ChannelConnector } from "../../integrations/channel.server.ts";
import type { IntegrationDeps } from "../../integrations/deps.server.ts";
import { applyAccountEvent } from "../../integrations/health/account-events.server.ts";
import * as told from "../../integrations/meta/whatsapp/webhook/testing/account-fixtures.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { connectWorkspace, type Workspace } from "../testing/test-workspaces.ts";

const { inbox, sql, process } = inboxStage();
let integrations: IntegrationDeps;
const norteWaba = "900000000000001";

beforeAll(() => {
  integrations = {
    db: inbox.database.as("app_tenant"),
    log: inbox.deps.log,
    now: () => new Date(),
    vault: {} as never,
    connectors: { meta_whatsapp: { channel: "meta_whatsapp", appId: told.ourAppId } as ChannelConnector },
  };
});
const connect = async (phoneNumberId: string, ...account: [wabaId: string, e164: string]) =>
  describeAccount(await connectWorkspace(inbox.database, phoneNumberId), ...account);

/** Luz has two numbers under one account; Norte has an account of its own. */
beforeEach(async () => {
  await inbox.database.empty("graphile_worker._private_jobs");
  await describeAccount(inbox.luz, meta.wabaId, `+${told.displayNumber}`);
  await describeAccount(inbox.norte, norteWaba, "+5491123456789");
});

async function describeAccount(workspace: Workspace, wabaId: string, e164: string): Promise<Workspace> {
  await sql(
    `update channel_connections set waba_id = $2, phone_number_e164 = $3, access_token_enc = 'sealed',
       metadata = '{"connected_at": "2025-01-01T00:00:00Z"}' where id = $1`,
    [workspace.connectionId, wabaId, e164],
  );
  return workspace;
}

/** Ingests the bodies, runs the jobs that this asked for, and returns the outcomes of the deliveries. */
async function tell(...bodies: unknown[]): Promise<string[]> {
  const { outcomes } = await process(...bodies);
  await runJobs();
  return outcomes;
}

async function runJobs(times = 1): Promise<void> {
  for (const payload of await jobs()) {
    const news = jobCatalog.apply_account_event.payload.parse(payload);
    for (let time = 0; time < times; time++) await applyAccountEvent(integrations, news);
  }
  await sql("delete from graphile_worker._private_jobs");
}

const jobs = async () =>
  (
    await sql<{ payload: Record<string, unknown> }>(
      "select payload from graphile_worker._private_jobs order by id",
    )
  ).map(({ payload }) => payload);
const stateOf = async ({ connectionId }: Workspace) => {
  const [row] = await sql<{ status: string; metadata: Record<string, unknown>; token: string }>(
    "select status, metadata, access_token_enc as token from channel_connections where id = $1",
    [connectionId],
  );
  return row;
};
const events = () =>
  sql<{ kind: string; detail: Record<string, unknown> }>("select * from connection_events order by id");
const at = new Date(told.toldAt * 1000).toISOString();
const working = { status: "active", metadata: { connected_at: "2025-01-01T00:00:00Z" }, token: "sealed" };

describe("what Meta tells of an account", () => {
  test.each([
    ["access_removed", told.partnerUpdate("PARTNER_REMOVED")],
    ["access_removed", told.partnerUpdate("PARTNER_APP_UNINSTALLED", { partner_app_id: told.ourAppId })],
    ["account_deleted", told.accountUpdate("ACCOUNT_DELETED")],
    ["offboarded", told.accountUpdate("ACCOUNT_OFFBOARDED")],
    ["account_disabled", told.ban("DISABLE")],
  ])("ends as %s on its connection, with token and claim kept, and on no other", async (code, entry) => {
    expect(await tell(told.bodyWith(entry))).toEqual(["processed"]);
    expect(await stateOf(inbox.luz)).toMatchObject({
      status: "error",
      token: "sealed",
      metadata: { error: { code, at } },
    });
    expect(await stateOf(inbox.norte)).toEqual(working);
    expect(await tell(meta.bodyOf({ messages: [meta.textMessage("wamid.A")] }))).toEqual(["processed"]);
    expect(await sql("select tenant_id from messages")).toEqual([{ tenant_id: inbox.luz.tenantId }]);
  });

  test("is remembered with its place and its request, once for each connection of the account", async () => {
    const second = await connect("106540352242923", meta.wabaId, "+15550783882");
    await tell(meta.body(meta.entry()), told.bodyWith(told.ban("SCHEDULE_FOR_DISABLE")));
    const detail = {
      field: "account_update",
      event: "DISABLED_UPDATE",
      effect: "noted",
      occurred_at: at,
      ban_state: "SCHEDULE_FOR_DISABLE",
      ban_date: "April 17, 2025",
      delivery_id: "2",
      item_path: "entry.0.changes.0",
    };
    const common = {
      kind: "account_disable_scheduled",
      request_id: "request-2",
      actor_user_id: null,
      detail,
    };
    const all = await events();
    expect(all).toHaveLength(2);
    for (const { tenantId, connectionId } of [inbox.luz, second]) {
      expect(all).toContainEqual(
        expect.objectContaining({ ...common, tenant_id: tenantId, connection_id: connectionId }),
      );
    }
    expect((await stateOf(second))?.metadata.restriction).toMatchObject({
      ban_state: "SCHEDULE_FOR_DISABLE",
    });
  });

  test.each(Object.entries(told.accountEntries))("is applied whatever it is: %s", async (_, { entry }) => {
    expect(await tell(told.bodyWith(entry))).toEqual(["processed"]);
    expect(await events()).toMatchObject([
      { tenant_id: inbox.luz.tenantId, connection_id: inbox.luz.connectionId },
    ]);
    expect(JSON.stringify([await events(), await stateOf(inbox.luz)])).not.toMatch(/61555822107539|Panader/);
  });

  test("is undone by what takes it back", async () => {
    await tell(told.bodyWith(told.ban("DISABLE")));
    await tell(told.bodyWith(told.ban("REINSTATE", told.toldAt + 60)));
    expect(await stateOf(inbox.luz)).toMatchObject({ status: "active", token: "sealed" });
    expect((await stateOf(inbox.luz))?.metadata).not.toHaveProperty("error");
    expect((await events()).map(({ kind }) => kind)).toEqual(["account_disabled", "account_reinstated"]);
  });

  test("of another partner's app changes nothing and is not remembered", async () => {
    await tell(told.bodyWith(told.partnerUpdate("PARTNER_APP_UNINSTALLED", { partner_app_id: "111" })));
    await tell(told.bodyWith(told.partnerUpdate("PARTNER_APP_UNINSTALLED")));
    expect([await stateOf(inbox.luz), await events()]).toEqual([working, []]);
  });

  test("reaches every account of one body, beside a message and something unreadable", async () => {
    const outcomes = await tell(
      told.bodyWith(
        told.accountUpdate("ACCOUNT_DELETED"),
        meta.entry(meta.change({ messages: [meta.textMessage("wamid.A")] })),
        told.accountUpdate("ACCOUNT_OFFBOARDED", {}, norteWaba),
        told.accountUpdate("ACCOUNT_DELETED", { event: null }),
      ),
    );
    expect(outcomes).toEqual(["quarantined"]);
    expect(await stateOf(inbox.luz)).toMatchObject({ metadata: { error: { code: "account_deleted" } } });
    expect(await stateOf(inbox.norte)).toMatchObject({ metadata: { error: { code: "offboarded" } } });
    expect(await sql("select item_path, reason from delivery_quarantine")).toEqual([
      { item_path: "entry.3.changes.0", reason: "unreadable" },
    ]);
  });
});

describe("what Meta tells of a number", () => {
  const rejected = told.ofNumber("phone_number_name_update", {
    decision: "REJECTED",
    rejection_reason: null,
  });

  test("concerns that number and no other of its account", async () => {
    const second = await connect("106540352242923", meta.wabaId, "+15550783882");
    await tell(told.bodyWith(rejected));
    expect((await stateOf(inbox.luz))?.metadata).toMatchObject({ name_status: { event: "REJECTED", at } });
    expect(await stateOf(second)).toEqual(working);
  });

  test("finds it in whatever spelling Meta names it", async () => {
    const spellings: [string, string][] = [
      ["+525587654321", "+52 1 55 8765 4321"],
      ["+5511987654321", "551187654321"],
    ];
    for (const [n, [ours, metas]] of spellings.entries()) {
      await describeAccount(inbox.luz, meta.wabaId, ours);
      const value = { event: "PIN_CHANGED", display_phone_number: metas };
      await tell(told.bodyWith(told.ofNumber("security", value, meta.wabaId, told.toldAt + n)));
      expect(await events()).toHaveLength(n + 1);
    }
  });

  test("finds it under another account than ours, unless somebody has it under the one that is named", async () => {
    const elsewhere = told.ofNumber("security", { event: "PIN_CHANGED" }, "900000000000009");
    await tell(told.bodyWith(elsewhere));
    expect(await events()).toMatchObject([{ kind: "security", tenant_id: inbox.luz.tenantId }]);
    const other = await connect("106540352242924", "900000000000009", `+${told.displayNumber}`);
    await tell(told.bodyWith(told.ofNumber("security", { event: "PIN_RESET_REQUEST" }, "900000000000009")));
    expect((await events()).slice(1)).toMatchObject([{ tenant_id: other.tenantId }]);
  });
});

describe("what concerns nobody here", () => {
  test.each([
    ["an account that nobody connected", told.bodyWith(told.accountUpdate("ACCOUNT_DELETED", {}, "1234567"))],
    ["a partner's event under an id that is none of an account", told.bodyWith(partnerWithoutInfo())],
    ["a portfolio, of which we do not know the accounts", told.uninstall()],
    ["an event that Meta adds", told.bodyWith(told.accountUpdate("ACCOUNT_TELEPORTED"))],
  ])("%s is ignored and asks for no job", async (_, body) => {
    expect((await process(body)).outcomes).toEqual(["ignored"]);
    expect([await jobs(), inbox.deps.lines]).toEqual([[], []]);
  });

  test.each(["revoked", "pending"])("is also what was told of a connection that is %s", async (status) => {
    await sql("update channel_connections set status = $1, access_token_enc = null", [status]);
    expect(await tell(told.bodyWith(told.accountUpdate("ACCOUNT_DELETED")))).toEqual(["ignored"]);
  });

  test("or was disconnected before the job ran", async () => {
    const body = told.bodyWith(told.accountUpdate("ACCOUNT_DELETED"));
    await process(body);
    expect(await jobs()).toMatchObject([{ connectionId: inbox.luz.connectionId }]);
    await sql("update channel_connections set status = 'revoked', access_token_enc = null");
    await runJobs();
    expect(await stateOf(inbox.luz)).toMatchObject({ status: "revoked" });
    expect(await events()).toEqual([]);
  });

  function partnerWithoutInfo() {
    const change = { field: "account_update", value: { event: "PARTNER_REMOVED" } };
    return { id: meta.wabaId, time: told.toldAt, changes: [change] };
  }
});

describe("what is told again", () => {
  const lost = told.bodyWith(told.accountUpdate("ACCOUNT_OFFBOARDED"));
  const back = told.bodyWith(told.accountUpdate("ACCOUNT_RECONNECTED", {}, meta.wabaId, told.toldAt + 60));

  test("by the same job or by another delivery of the same event is remembered once", async () => {
    await process(lost, lost);
    expect(await jobs()).toHaveLength(2);
    await runJobs(3);
    const before = await stateOf(inbox.luz);
    await tell(lost);
    expect(await events()).toHaveLength(1);
    expect(await stateOf(inbox.luz)).toEqual(before);
  });

  test("of the same moment with another detail is another event, and with its detail in another order is none", async () => {
    const quality = (current_limit: string) => ({
      event: "THROUGHPUT_UPGRADE",
      current_limit,
      max_daily_conversations_per_business: 1000,
    });
    const ofLimit = (limit: string) =>
      told.bodyWith(told.ofNumber("phone_number_quality_update", quality(limit)));
    const bodies = [ofLimit("TIER_1K"), ofLimit("TIER_10K")];
    await process(...bodies);
    const all = (await jobs()).map((payload) => jobCatalog.apply_account_event.payload.parse(payload));
    expect(new Set(all.map(({ occurredAt }) => occurredAt.getTime())).size).toBe(1);
    const turned = all.map((news) => ({
      ...news,
      detail: Object.fromEntries(Object.entries(news.detail).reverse()),
    }));
    for (const news of [...all, ...turned]) await applyAccountEvent(integrations, news);
    const limits = (await events()).map(({ detail }) => detail.current_limit);
    expect(limits).toEqual(["TIER_1K", "TIER_10K"]);
  });

  test("by two jobs at the same moment is remembered once", async () => {
    await process(lost, lost, lost, lost);
    const all = (await jobs()).map((payload) => jobCatalog.apply_account_event.payload.parse(payload));
    await Promise.all(all.map((news) => applyAccountEvent(integrations, news)));
    expect(await events()).toHaveLength(1);
  });

  test("after it was over changes nothing, in whatever order it comes", async () => {
    await tell(lost, back, lost);
    expect(await stateOf(inbox.luz)).toMatchObject({ status: "active" });
    await tell(lost);
    expect(await stateOf(inbox.luz)).toMatchObject({ status: "active" });
    expect((await events()).map(({ kind }) => kind)).toEqual(["account_offboarded", "account_reconnected"]);
  });

  test("and is older than the latest connect is remembered as outdated", async () => {
    await sql(`update channel_connections set metadata = '{"connected_at": "2025-12-01T00:00:00Z"}'`);
    await tell(lost);
    expect(await stateOf(inbox.luz)).toMatchObject({ status: "active" });
    expect(await events()).toMatchObject([
      { kind: "outdated_news", detail: { event: "ACCOUNT_OFFBOARDED", effect: "outdated" } },
    ]);
  });

  test("with a time of the future counts from when we heard of it", async () => {
    await tell(told.bodyWith(told.accountUpdate("ACCOUNT_OFFBOARDED", {}, meta.wabaId, 4_000_000_000)));
    expect(await stateOf(inbox.luz)).toMatchObject({
      metadata: { error: { at: "2026-01-01T00:00:00.000Z" } },
    });
  });
});

test("the ingest role reads of a connection what routing needs, and applies nothing itself", async () => {
  const db = inbox.database.as("app_ingest");
  await expect(db.selectFrom("channel_connections").select("metadata").execute()).rejects.toThrow(/denied/);
  await expect(db.updateTable("channel_connections").set({ status: "error" }).execute()).rejects.toThrow(
    /denied/,
  );
  await expect(
    db
      .insertInto("connection_events")
      .values({ tenant_id: inbox.luz.tenantId, kind: "test" } as never)
      .execute(),
  ).rejects.toThrow(/denied/);
});
