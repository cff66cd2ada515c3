/** Open pages hear of their own workspace's changes: real notifications, from the COMMIT to the stream. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, test } from "vitest";
import type { TenantDb } from "#db/client.ts";
import { recordEvent } from "#db/queries/connections/connection-events.ts";
import { noteOnConnection } from "#db/queries/connections/connections.ts";
import { saveCheck } from "#db/queries/connections/health.ts";
import { insertState, redeemState } from "#db/queries/connections/oauth-states.ts";
import { tellConversations } from "#db/queries/inbox/live.ts";
import { releaseNumber } from "#db/queries/numbers/number-claims.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { deliver, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import * as events from "../../routes/events.ts";
import { callRoute } from "../testing/product.ts";
import { liveStage } from "./testing/live-stage.ts";

const { on, allHeard, streamRequest, open, tellAll, asTenant } = liveStage();

describe("who hears what", () => {
  test("only the own workspace, only after COMMIT", async () => {
    const [hers, other] = [await open(on.ana), await open(on.eva)];
    const ingest = on.product.database.as("app_ingest");
    const trx = await ingest.startTransaction().execute();
    await tellConversations(trx, [on.ana.tenantId]);
    // Sent later and committed earlier.
    await tellAll(on.ana, "connections");
    await expect.poll(() => hers.heard).toEqual(["connections"]);
    await trx.commit().execute();
    await expect.poll(() => hers.heard).toEqual(["connections", "conversations"]);
    await tellAll(on.eva, "connections");
    await expect.poll(() => other.heard).toEqual(["connections"]);
    expect(hers.heard).toHaveLength(2);
  });

  test("nothing of what was rolled back", async () => {
    const page = await open(on.ana);
    const trx = await on.product.database.as("app_ingest").startTransaction().execute();
    await tellConversations(trx, [on.ana.tenantId]);
    await trx.rollback().execute();
    await tellAll(on.ana, "connections");
    await expect.poll(() => page.heard).toEqual(["connections"]);
  });

  test("nobody without a session, and a stream is only read", async () => {
    const refused = await callRoute(events.loader, streamRequest(), {});
    expect(refused.status).toBe(401);
    expect(refused.headers.get("content-type")).not.toContain("event-stream");
    expect((await callRoute(events.action, streamRequest(on.ana, { method: "POST" }), {})).status).toBe(405);
    const check = (cookie: Record<string, string>) =>
      callRoute(events.loader, new Request(`${on.product.origin}/events?check`, { headers: cookie }), {});
    expect((await check({ cookie: on.ana.cookie })).status).toBe(204);
    expect((await check({})).status).toBe(401);
  });

  test("an answer that no proxy and no cache may hold back", async () => {
    const answer = await callRoute(events.loader, streamRequest(on.ana), {});
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": expect.stringMatching(/^text\/event-stream/),
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const { value } = (await answer.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe("retry: 3000\n\n");
  });
});

describe("what is told", () => {
  test("a message, once it is stored; its repetition is none", async () => {
    const page = await open(on.ana);
    const inbox = inboxDeps(on.product.database);
    const body = meta.bodyOf({ messages: [meta.textMessage("wamid.LIVE")] });
    await processDeliveries(inbox, [await deliver(on.product.database, body)]);
    // The first that came for the number shows on its card as well.
    await expect.poll(() => [...page.heard].sort()).toEqual(["connections", "conversations"]);
    page.heard.length = 0;
    await processDeliveries(inbox, [await deliver(on.product.database, body)]);
    await tellAll(on.ana, "connections");
    await expect.poll(() => page.heard).toEqual(["connections"]);
  });

  const changes: [string, (tdb: TenantDb) => Promise<unknown>][] = [
    [
      "an event",
      (tdb) => recordEvent(tdb, { ...place(), connectionId: on.ana.connectionId, kind: "check_requested" }),
    ],
    [
      "a note",
      (tdb) => noteOnConnection(tdb, on.ana.tenantId, on.ana.connectionId, { deliveries: { state: "on" } }),
    ],
    ["a release", (tdb) => releaseNumber(tdb, on.ana.tenantId, on.ana.connectionId)],
    ["a check", (tdb) => saveCheck(tdb, on.ana.tenantId, on.ana.connectionId, check)],
    ["a departure to Meta", (tdb) => insertState(tdb, { ...binding(), nonce: "n", metadata: {} })],
  ];
  const check = { result: "ok", refusals: 0, warnedDays: null, nextInSeconds: 60 };
  const place = () => ({
    tenantId: on.ana.tenantId,
    provider: "meta_whatsapp",
    actorUserId: null,
    requestId: "request-1",
  });
  const binding = () => ({ ...place(), userId: on.ana.userId, sessionId: randomUUID() });

  test.each(changes)("%s on a connection", async (_what, change) => {
    const [hers, other] = [await open(on.ana), await open(on.eva)];
    await asTenant(on.ana, change);
    await expect.poll(() => hers.heard).toEqual(["connections"]);
    await tellAll(on.eva, "conversations");
    await expect.poll(() => other.heard).toEqual(["conversations"]);
  });

  test("a return from Meta", async () => {
    const bound = binding();
    await asTenant(on.ana, (tdb) => insertState(tdb, { ...bound, nonce: "n", metadata: {} }));
    await allHeard();
    const page = await open(on.ana);
    await asTenant(on.ana, (tdb) => redeemState(tdb, "n", bound));
    await expect.poll(() => page.heard).toEqual(["connections"]);
  });

  test("hundreds of workspaces with few notifications, each of a length that PostgreSQL takes", async () => {
    const ear = new pg.Client({ connectionString: on.product.database.url });
    await ear.connect();
    const payloads: string[] = [];
    ear.on("notification", ({ payload = "" }) => payloads.push(payload));
    await ear.query("listen live");
    const ids = Array.from({ length: 450 }, () => randomUUID());
    const ingest = on.product.database.as("app_ingest");
    await ingest.transaction().execute((trx) => tellConversations(trx, [...ids, ...ids]));
    await expect
      .poll(() => payloads.flatMap((payload) => payload.split(" ").slice(1)).sort())
      .toEqual(ids.sort());
    expect(payloads).toHaveLength(3);
    await ear.end();
  });
});
