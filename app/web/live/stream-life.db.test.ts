/** How long an open page's stream lives: with its session, its membership, its connection to the database and its process. */
import { describe, expect, test } from "vitest";
import * as events from "../../routes/events.ts";
import { provideServices } from "../services.server.ts";
import { endSession, readViewer } from "../session/session.server.ts";
import { callRoute, type TestPerson } from "../testing/product.ts";
import { openEventStream } from "./event-stream.server.ts";
import { createLiveHub } from "./live.server.ts";
import { calm, liveStage, type OpenPage } from "./testing/live-stage.ts";

const { on, startHub, streamRequest, twoProcesses, open, tellAll, expectOpen } = liveStage();

describe("a stream's life", () => {
  test("a lost connection to the database is replaced, and then everything is told", async () => {
    const page = await open(on.ana);
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
                   where application_name = 'curbe-live' and datname = current_database()`;
    expect(await on.product.database.sql(kill)).toHaveLength(1);
    await expect
      .poll(() => [...page.heard].sort(), { timeout: 10_000 })
      .toEqual(["connections", "conversations"]);
    page.heard.length = 0;
    await tellAll(on.ana, "conversations");
    await expect.poll(() => page.heard).toEqual(["conversations"]);
    expect(page.ended).toBe(false);
  });

  test("it shows signs of life while the session lives, and ends with it", async () => {
    const [page, other] = [await open(on.ana), await open(on.eva)];
    await expect.poll(() => page.signsOfLife).toBeGreaterThan(2);
    await endSession(streamRequest(on.ana));
    await expect.poll(() => page.ended).toBe(true);
    await expectOpen([[on.eva, other]]);
  });

  test("it ends with the membership as well", async () => {
    const page = await open(on.ana);
    await on.product.database.sql("delete from memberships where user_id = $1", [on.ana.userId]);
    await expect.poll(() => page.ended).toBe(true);
  });

  test("in every process it ends at once when its session does, and no other of the same person", async () => {
    const [first, second] = await twoProcesses();
    const other = await on.product.sessionOf(on.ana);
    const pages = [await open(on.ana, first), await open(on.ana, second)];
    const kept = [await open(other, first), await open(other, second), await open(on.eva, second)];
    provideServices({ ...on.product.services, live: first });
    await endSession(streamRequest(on.ana));
    await expect.poll(() => pages.map(({ ended }) => ended)).toEqual([true, true]);
    await expectOpen(kept.map((page, n) => [n < 2 ? on.ana : on.eva, page]));
    await second.close();
  });

  test.each([
    ["membership", "delete from memberships where user_id = $1"],
    ["person's account", "update users set disabled_at = now() where id = $1"],
    ["session by its age", "delete from sessions where user_id = $1"],
  ])("in every process it ends at once with the %s", async (_what, statement) => {
    const [first, second] = await twoProcesses();
    const pages = [await open(on.ana, first), await open(on.ana, second)];
    const kept = await open(on.eva, first);
    await on.product.database.sql(statement, [on.ana.userId]);
    await expect.poll(() => pages.map(({ ended }) => ended)).toEqual([true, true]);
    await expectOpen([[on.eva, kept]]);
    await second.close();
  });

  test("it does not begin for a session that ends before the process listens", async () => {
    const [first, second] = await twoProcesses();
    const late = createLiveHub({
      connectionString: on.product.database.url,
      log: on.product.services.log,
      pace: calm,
    });
    provideServices({ ...on.product.services, live: late });
    const viewer = await readViewer(streamRequest(on.ana));
    await on.product.database.sql("delete from sessions where user_id = $1", [on.ana.userId]);
    // Nobody was there to be told: it looks by itself, and ends.
    const answer = openEventStream(streamRequest(on.ana), viewer ?? expect.fail("no session"));
    expect(await answer.text()).toMatch(/^retry: 3000\n\n/);
    await Promise.all([late.close(), second.close(), first.close()]);
  });

  test("it ends after its time", async () => {
    await startHub({ lifetimeMs: 300 });
    const page = await open(on.ana);
    expect(page.ended).toBe(false);
    await expect.poll(() => page.ended).toBe(true);
  });

  test("of many of one person the oldest ends, and one that was left counts no more", async () => {
    const pages = [await open(on.ana)];
    while (pages.length < 12) pages.push(await open(on.ana));
    const neighbour = await open(on.eva);
    await pages[3]?.cancel();
    await open(on.ana);
    await expectOpen(pages.filter((_, n) => n !== 3).map((page) => [on.ana, page]));
    await open(on.ana);
    await expect.poll(() => pages[0]?.ended).toBe(true);
    const left = pages.filter((_, n) => n !== 0 && n !== 3);
    await expectOpen([[on.eva, neighbour], ...left.map((page): [TestPerson, OpenPage] => [on.ana, page])]);
  });

  test("one whose browser has left before it begins does not stay behind", async () => {
    const here = await open(on.ana);
    const gone = { onGone: (listener: () => void) => listener() };
    // As many as one person may have: if they stayed, the one that is here, the oldest, would make room.
    for (let n = 0; n < 12; n++) {
      const answer = await events.loader({ request: streamRequest(on.ana), context: gone, params: {} });
      expect(await answer.text()).toBe("retry: 3000\n\n");
    }
    await expectOpen([[on.ana, here]]);
  });

  test("however much happens, one event at once, one after the pause, and no more", async () => {
    await startHub({ pauseMs: 400 });
    const page = await open(on.ana);
    const many = "select pg_notify('live', 'conversations ' || $1 || ' ' || n) from generate_series(1, 20) n";
    await on.product.database.sql(many, [on.ana.tenantId]);
    await expect.poll(() => page.heard).toEqual(["conversations"]);
    const first = performance.now();
    await expect.poll(() => page.heard, { interval: 10 }).toEqual(["conversations", "conversations"]);
    expect(performance.now() - first).toBeGreaterThan(250);
    await tellAll(on.ana, "connections");
    await expect.poll(() => page.heard).toEqual(["conversations", "conversations", "connections"]);
  });

  test("when the process closes all end at once, and later ones as well", async () => {
    const pages = [await open(on.ana), await open(on.eva)];
    await on.live.close();
    await expect.poll(() => pages.map(({ ended }) => ended)).toEqual([true, true]);
    const late = await callRoute(events.loader, streamRequest(on.ana), {});
    expect(await late.text()).toBe("retry: 3000\n\n");
    const left =
      "select from pg_stat_activity where application_name = 'curbe-live' and datname = current_database()";
    await expect.poll(() => on.product.database.sql(left)).toEqual([]);
  });
});
