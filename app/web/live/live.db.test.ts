/** Open pages hear of their own workspace's changes: real notifications, from the COMMIT to the stream. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TenantDb, withTenant } from "#db/client.ts";
import { recordEvent } from "#db/queries/connections/connection-events.ts";
import { noteOnConnection } from "#db/queries/connections/connections.ts";
import { saveCheck } from "#db/queries/connections/health.ts";
import { insertState, redeemState } from "#db/queries/connections/oauth-states.ts";
import { tellConversations } from "#db/queries/inbox/live.ts";
import { releaseNumber } from "#db/queries/numbers/number-claims.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { deliver, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/fixtures.ts";
import * as events from "../../routes/events.ts";
import { provideServices } from "../services.server.ts";
import { endSession, readViewer } from "../session/session.server.ts";
import { callRoute, startTestProduct, type TestPerson, type TestProduct } from "../testing/product.ts";
import { openEventStream } from "./event-stream.server.ts";
import { createLiveHub, type LiveHub, type LivePace } from "./live.server.ts";

const pace: LivePace = { heartbeatMs: 40, lifetimeMs: 60_000, pauseMs: 1 };
let product: TestProduct;
let live: LiveHub;
let ana: TestPerson & { connectionId: string };
let eva: TestPerson & { connectionId: string };
/** Somebody else, open from the beginning. */
let witness: TestPerson & { page: OpenPage };

beforeAll(async () => {
  product = await startTestProduct();
});
afterAll(() => product.stop());
beforeEach(async () => {
  await product.database.empty("tenants", "users", "webhook_deliveries");
  await startHub();
  ana = await connected(meta.phoneNumberId);
  eva = await connected("999000999000999");
  await allHeard();
});
afterEach(() => live.close());

/** Listening from here on: whoever is open when that begins is told of everything, and later ones are not. */
async function startHub(changed: Partial<LivePace> = {}) {
  await live?.close();
  live = createLiveHub({
    connectionString: product.database.url,
    log: product.services.log,
    pace: { ...pace, ...changed },
  });
  provideServices({ ...product.services, live });
  const person = await product.person();
  witness = { ...person, page: await open(person) };
  await expect.poll(() => [...witness.page.heard].sort()).toEqual(["connections", "conversations"]);
}

/** Notifications keep their order: what was sent before has arrived. */
async function allHeard() {
  const { heard } = witness.page;
  const before = heard.length;
  await tellAll(witness, "connections");
  await expect.poll(() => heard.length, { interval: 5 }).toBeGreaterThan(before);
}

async function connected(phoneNumberId: string) {
  const person = await product.person();
  const [row] = await product.database.sql<{ id: string }>(
    `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
                values ($1, 'meta_whatsapp', 'active', '1', $2) returning id)
     insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
     select 'meta_whatsapp', $2, $1, id, '2020-01-01' from c returning connection_id as id`,
    [person.tenantId, phoneNumberId],
  );
  return { ...person, connectionId: row?.id ?? "" };
}

interface OpenPage {
  /** What was heard since this was last asked. */
  heard: string[];
  signsOfLife: number;
  ended: boolean;
  cancel(): Promise<void>;
}

const streamRequest = (person?: TestPerson, init: RequestInit = {}) =>
  new Request(`${product.origin}/events`, { ...init, headers: person ? { cookie: person.cookie } : {} });

/** No signs of life within a test: what ends a stream there is what it was told. */
const calm: LivePace = { ...pace, heartbeatMs: 600_000 };

/** Two web processes' worth of hubs, both listening. */
async function twoProcesses(): Promise<[LiveHub, LiveHub]> {
  await startHub(calm);
  const first = live;
  const second = createLiveHub({
    connectionString: product.database.url,
    log: product.services.log,
    pace: calm,
  });
  const page = await open(witness, second);
  await expect.poll(() => page.heard.length).toBeGreaterThan(1);
  return [first, second];
}

async function open(person: TestPerson, hub: LiveHub = live): Promise<OpenPage> {
  provideServices({ ...product.services, live: hub });
  const answer = await callRoute(events.loader, streamRequest(person), {});
  expect(answer.status).toBe(200);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const page: OpenPage = { heard: [], signsOfLife: 0, ended: false, cancel: () => reader.cancel() };
  void (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const text = new TextDecoder().decode(part.value);
      const [, topic] = /^event: changed\ndata: (\w+)\n\n$/.exec(text) ?? [];
      if (topic) page.heard.push(topic);
      if (text === ":\n\n") page.signsOfLife++;
    }
    page.ended = true;
  })();
  return page;
}

async function tellAll({ tenantId }: TestPerson, ...topics: string[]) {
  for (const topic of topics)
    await product.database.sql(`select pg_notify('live', $1)`, [`${topic} ${tenantId}`]);
}

/** Each of them is still told of its own workspace. */
async function expectOpen(pages: [TestPerson, OpenPage][]) {
  for (const [person, page] of pages) {
    const before = page.heard.length;
    await tellAll(person, "conversations");
    await expect.poll(() => page.heard.length).toBeGreaterThan(before);
    expect(page.ended).toBe(false);
  }
}

const asTenant = (person: TestPerson, work: (tdb: TenantDb) => Promise<unknown>) =>
  withTenant(product.services.db, person.tenantId, work);

describe("who hears what", () => {
  test("only the own workspace, only after COMMIT", async () => {
    const [hers, other] = [await open(ana), await open(eva)];
    const ingest = product.database.as("app_ingest");
    const trx = await ingest.startTransaction().execute();
    await tellConversations(trx, [ana.tenantId]);
    // Sent later and committed earlier.
    await tellAll(ana, "connections");
    await expect.poll(() => hers.heard).toEqual(["connections"]);
    await trx.commit().execute();
    await expect.poll(() => hers.heard).toEqual(["connections", "conversations"]);
    await tellAll(eva, "connections");
    await expect.poll(() => other.heard).toEqual(["connections"]);
    expect(hers.heard).toHaveLength(2);
  });

  test("nothing of what was rolled back", async () => {
    const page = await open(ana);
    const trx = await product.database.as("app_ingest").startTransaction().execute();
    await tellConversations(trx, [ana.tenantId]);
    await trx.rollback().execute();
    await tellAll(ana, "connections");
    await expect.poll(() => page.heard).toEqual(["connections"]);
  });

  test("nobody without a session, and a stream is only read", async () => {
    const refused = await callRoute(events.loader, streamRequest(), {});
    expect(refused.status).toBe(401);
    expect(refused.headers.get("content-type")).not.toContain("event-stream");
    expect((await callRoute(events.action, streamRequest(ana, { method: "POST" }), {})).status).toBe(405);
    const check = (cookie: Record<string, string>) =>
      callRoute(events.loader, new Request(`${product.origin}/events?check`, { headers: cookie }), {});
    expect((await check({ cookie: ana.cookie })).status).toBe(204);
    expect((await check({})).status).toBe(401);
  });

  test("an answer that no proxy and no cache may hold back", async () => {
    const answer = await callRoute(events.loader, streamRequest(ana), {});
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
    const page = await open(ana);
    const inbox = inboxDeps(product.database);
    const body = meta.bodyOf({ messages: [meta.textMessage("wamid.LIVE")] });
    await processDeliveries(inbox, [await deliver(product.database, body)]);
    // The first that came for the number shows on its card as well.
    await expect.poll(() => [...page.heard].sort()).toEqual(["connections", "conversations"]);
    page.heard.length = 0;
    await processDeliveries(inbox, [await deliver(product.database, body)]);
    await tellAll(ana, "connections");
    await expect.poll(() => page.heard).toEqual(["connections"]);
  });

  const changes: [string, (tdb: TenantDb) => Promise<unknown>][] = [
    [
      "an event",
      (tdb) => recordEvent(tdb, { ...place(), connectionId: ana.connectionId, kind: "check_requested" }),
    ],
    [
      "a note",
      (tdb) => noteOnConnection(tdb, ana.tenantId, ana.connectionId, { deliveries: { state: "on" } }),
    ],
    ["a release", (tdb) => releaseNumber(tdb, ana.tenantId, ana.connectionId)],
    ["a check", (tdb) => saveCheck(tdb, ana.tenantId, ana.connectionId, check)],
    ["a departure to Meta", (tdb) => insertState(tdb, { ...binding(), nonce: "n", metadata: {} })],
  ];
  const check = { result: "ok", refusals: 0, warnedDays: null, nextInSeconds: 60 };
  const place = () => ({
    tenantId: ana.tenantId,
    provider: "meta_whatsapp",
    actorUserId: null,
    requestId: "request-1",
  });
  const binding = () => ({ ...place(), userId: ana.userId, sessionId: randomUUID() });

  test.each(changes)("%s on a connection", async (_what, change) => {
    const [hers, other] = [await open(ana), await open(eva)];
    await asTenant(ana, change);
    await expect.poll(() => hers.heard).toEqual(["connections"]);
    await tellAll(eva, "conversations");
    await expect.poll(() => other.heard).toEqual(["conversations"]);
  });

  test("a return from Meta", async () => {
    const bound = binding();
    await asTenant(ana, (tdb) => insertState(tdb, { ...bound, nonce: "n", metadata: {} }));
    await allHeard();
    const page = await open(ana);
    await asTenant(ana, (tdb) => redeemState(tdb, "n", bound));
    await expect.poll(() => page.heard).toEqual(["connections"]);
  });

  test("hundreds of workspaces with few notifications, each of a length that PostgreSQL takes", async () => {
    const ear = new pg.Client({ connectionString: product.database.url });
    await ear.connect();
    const payloads: string[] = [];
    ear.on("notification", ({ payload = "" }) => payloads.push(payload));
    await ear.query("listen live");
    const ids = Array.from({ length: 450 }, () => randomUUID());
    const ingest = product.database.as("app_ingest");
    await ingest.transaction().execute((trx) => tellConversations(trx, [...ids, ...ids]));
    await expect
      .poll(() => payloads.flatMap((payload) => payload.split(" ").slice(1)).sort())
      .toEqual(ids.sort());
    expect(payloads).toHaveLength(3);
    await ear.end();
  });
});

describe("a stream's life", () => {
  test("a lost connection to the database is replaced, and then everything is told", async () => {
    const page = await open(ana);
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
                   where application_name = 'curbe-live' and datname = current_database()`;
    expect(await product.database.sql(kill)).toHaveLength(1);
    await expect
      .poll(() => [...page.heard].sort(), { timeout: 10_000 })
      .toEqual(["connections", "conversations"]);
    page.heard.length = 0;
    await tellAll(ana, "conversations");
    await expect.poll(() => page.heard).toEqual(["conversations"]);
    expect(page.ended).toBe(false);
  });

  test("it shows signs of life while the session lives, and ends with it", async () => {
    const [page, other] = [await open(ana), await open(eva)];
    await expect.poll(() => page.signsOfLife).toBeGreaterThan(2);
    await endSession(streamRequest(ana));
    await expect.poll(() => page.ended).toBe(true);
    await expectOpen([[eva, other]]);
  });

  test("it ends with the membership as well", async () => {
    const page = await open(ana);
    await product.database.sql("delete from memberships where user_id = $1", [ana.userId]);
    await expect.poll(() => page.ended).toBe(true);
  });

  test("in every process it ends at once when its session does, and no other of the same person", async () => {
    const [first, second] = await twoProcesses();
    const other = await product.sessionOf(ana);
    const pages = [await open(ana, first), await open(ana, second)];
    const kept = [await open(other, first), await open(other, second), await open(eva, second)];
    provideServices({ ...product.services, live: first });
    await endSession(streamRequest(ana));
    await expect.poll(() => pages.map(({ ended }) => ended)).toEqual([true, true]);
    await expectOpen(kept.map((page, n) => [n < 2 ? ana : eva, page]));
    await second.close();
  });

  test.each([
    ["membership", "delete from memberships where user_id = $1"],
    ["person's account", "update users set disabled_at = now() where id = $1"],
    ["session by its age", "delete from sessions where user_id = $1"],
  ])("in every process it ends at once with the %s", async (_what, statement) => {
    const [first, second] = await twoProcesses();
    const pages = [await open(ana, first), await open(ana, second)];
    const kept = await open(eva, first);
    await product.database.sql(statement, [ana.userId]);
    await expect.poll(() => pages.map(({ ended }) => ended)).toEqual([true, true]);
    await expectOpen([[eva, kept]]);
    await second.close();
  });

  test("it does not begin for a session that ends before the process listens", async () => {
    const [first, second] = await twoProcesses();
    const late = createLiveHub({
      connectionString: product.database.url,
      log: product.services.log,
      pace: calm,
    });
    provideServices({ ...product.services, live: late });
    const viewer = await readViewer(streamRequest(ana));
    await product.database.sql("delete from sessions where user_id = $1", [ana.userId]);
    // Nobody was there to be told: it looks by itself, and ends.
    const answer = openEventStream(streamRequest(ana), viewer ?? expect.fail("no session"));
    expect(await answer.text()).toMatch(/^retry: 3000\n\n/);
    await Promise.all([late.close(), second.close(), first.close()]);
  });

  test("it ends after its time", async () => {
    await startHub({ lifetimeMs: 300 });
    const page = await open(ana);
    expect(page.ended).toBe(false);
    await expect.poll(() => page.ended).toBe(true);
  });

  test("of many of one person the oldest ends, and one that was left counts no more", async () => {
    const pages = [await open(ana)];
    while (pages.length < 12) pages.push(await open(ana));
    const neighbour = await open(eva);
    await pages[3]?.cancel();
    await open(ana);
    await expectOpen(pages.filter((_, n) => n !== 3).map((page) => [ana, page]));
    await open(ana);
    await expect.poll(() => pages[0]?.ended).toBe(true);
    const left = pages.filter((_, n) => n !== 0 && n !== 3);
    await expectOpen([[eva, neighbour], ...left.map((page): [TestPerson, OpenPage] => [ana, page])]);
  });

  test("one whose browser has left before it begins does not stay behind", async () => {
    const here = await open(ana);
    const gone = { onGone: (listener: () => void) => listener() };
    // As many as one person may have: if they stayed, the one that is here, the oldest, would make room.
    for (let n = 0; n < 12; n++) {
      const answer = await events.loader({ request: streamRequest(ana), context: gone, params: {} });
      expect(await answer.text()).toBe("retry: 3000\n\n");
    }
    await expectOpen([[ana, here]]);
  });

  test("however much happens, one event at once, one after the pause, and no more", async () => {
    await startHub({ pauseMs: 400 });
    const page = await open(ana);
    const many = "select pg_notify('live', 'conversations ' || $1 || ' ' || n) from generate_series(1, 20) n";
    await product.database.sql(many, [ana.tenantId]);
    await expect.poll(() => page.heard).toEqual(["conversations"]);
    const first = performance.now();
    await expect.poll(() => page.heard, { interval: 10 }).toEqual(["conversations", "conversations"]);
    expect(performance.now() - first).toBeGreaterThan(250);
    await tellAll(ana, "connections");
    await expect.poll(() => page.heard).toEqual(["conversations", "conversations", "connections"]);
  });

  test("when the process closes all end at once, and later ones as well", async () => {
    const pages = [await open(ana), await open(eva)];
    await live.close();
    await expect.poll(() => pages.map(({ ended }) => ended)).toEqual([true, true]);
    const late = await callRoute(events.loader, streamRequest(ana), {});
    expect(await late.text()).toBe("retry: 3000\n\n");
    const left =
      "select from pg_stat_activity where application_name = 'curbe-live' and datname = current_database()";
    await expect.poll(() => product.database.sql(left)).toEqual([]);
  });
});
