/** A number's first message: asked for, waited for, seen or skipped, and where its page leads. */
import { describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { english as texts } from "../../texts/en/index.ts";
import { pageTexts } from "../../texts/pages.ts";
import { activeConnection, addConnection } from "../testing/connection-rows.ts";
import { pageStage } from "../testing/page-stage.ts";
import { get, post } from "../testing/stage.ts";

const { demo, ask, sql, markup: markupFor } = pageStage("channel_connections", "contacts");

const { luz } = demoWorkspaces;
const at = "2026-11-20T10:00:00.000Z";
const ready = { deliveries: { state: "on", at }, registration: { result: "registered", at } };
const words = texts.numbers;
const pageOf = (id: string) => `/settings/integrations/whatsapp/numbers/${id}`;
const given = (metadata: object = ready, status = "active") =>
  addConnection(demo.stage, luz.id, { ...activeConnection, status, metadata });

const markup = (path: string, cookie = demo.leo) => markupFor(path, cookie);

/** Holds the number; the first thing came for it at `firstEventAt`, or nothing has yet. */
const claim = (id: string, firstEventAt: string | null) =>
  sql(
    `insert into number_claims (provider, phone_number_id, tenant_id, connection_id, first_event_at)
     values ('meta_whatsapp', '+525512345678', $1, $2, $3)`,
    [luz.id, id, firstEventAt],
  );

async function conversation(connectionId: string, lastMessageAt: string): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `with contact as (
       insert into contacts (tenant_id, provider, wa_id) values ($1, 'meta_whatsapp', $3::text) returning id)
     insert into conversations (tenant_id, connection_id, contact_id, last_message_at, last_inbound_at)
     select $1, $2, id, $3::timestamptz, $3::timestamptz from contact returning id`,
    [luz.id, connectionId, lastMessageAt],
  );
  return row?.id ?? "";
}

const send = (id: string, intent: string, cookie = demo.leo) => ask(post(pageOf(id), { intent }, { cookie }));
const events = () =>
  sql(
    `select e.kind, u.email from connection_events e left join users u on u.id = e.actor_user_id order by e.id`,
  );
const refreshes = /<noscript><meta http-equiv="refresh" content="5;url=[^"]*"\/><\/noscript>/i;

describe("a number that nothing has come for", () => {
  test("asks for a message, with a link and a code for another device, and waits for it", async () => {
    const id = await given();
    await claim(id, null);
    const page = await markup(pageOf(id));
    expect(page).toContain(words.awaitingTest);
    expect(page).toMatch(
      /Send any message to <span dir="ltr"[^>]*>\+52 55 1234 5678<\/span> to make sure it arrives\./,
    );
    expect(page).toMatch(/<a href="https:\/\/wa\.me\/525512345678" rel="noreferrer"[^>]*>Open WhatsApp</);
    expect(page).toMatch(/<svg role="img" aria-label="QR code that opens WhatsApp with \+52 55 1234 5678"/);
    expect(page).toMatch(refreshes);
  });

  test("shows the same on its card right after the connect, and later only where to do it", async () => {
    await claim(await given(), null);
    const after = await markup("/settings/integrations?whatsapp=connected");
    expect(after).toContain('href="https://wa.me/525512345678"');
    expect(after).toMatch(refreshes);
    const later = await markup("/settings/integrations");
    expect(later).toContain(`>${words.test.send}<`);
    expect(later).not.toContain("wa.me");
    expect(later).not.toMatch(refreshes);
  });

  test("is not asked for one before it is ready, nor while it has an incident", async () => {
    const starting = await given({ deliveries: { state: "on", at } });
    expect(await markup(pageOf(starting))).toContain(words.status.starting);
    expect(await markup(pageOf(starting))).not.toContain("wa.me");
    await demo.stage.database.empty("channel_connections");
    const broken = await given({ ...ready, error: { code: "token_rejected", at } }, "error");
    expect(await markup(pageOf(broken))).toContain(words.test.notYet);
  });

  test("may go on without it: recorded with who did, once", async () => {
    const id = await given();
    for (let times = 0; times < 2; times++) {
      const answer = await send(id, "skip");
      expect([answer.status, answer.headers.get("location")]).toEqual([303, pageOf(id)]);
    }
    const page = await markup(pageOf(id));
    expect(page).toContain(words.status.skipped);
    expect(page).not.toContain(words.test.skip);
    expect(page).not.toMatch(refreshes);
    expect(await events()).toEqual([{ kind: "test_skipped", email: "leo@luz.example" }]);
  });
});

describe("a number that something has come for", () => {
  test("works, and leads to the conversation", async () => {
    const id = await given();
    await claim(id, at);
    const older = await conversation(id, "2026-11-20T10:00:00Z");
    const newer = await conversation(id, "2026-11-21T10:00:00Z");
    const page = await markup(pageOf(id));
    expect(page).toContain(words.status.connected);
    expect(page).toContain("20 Nov 2026, 10:00 UTC");
    expect(page).toContain(`href="/conversations/${newer}"`);
    expect(page).not.toContain(`href="/conversations/${older}"`);
    expect(page).not.toContain("wa.me");
    expect(page).not.toMatch(refreshes);
  });

  test("says so on the card that waited for it, in a region that is read out", async () => {
    const id = await given();
    await claim(id, at);
    const thread = await conversation(id, at);
    const page = await markup("/settings/integrations?whatsapp=connected");
    const [, region = ""] = /role="status" class="grid[^>]*>(.*?)<\/div>/.exec(page) ?? [];
    expect(region).toContain(`<p class="">${words.test.passed}</p>`);
    expect(page).toContain(`href="/conversations/${thread}"`);
  });
});

describe("the line on the card", () => {
  test("tells each number's own last message, by its distance", async () => {
    const id = await given();
    await claim(id, at);
    const other = await addConnection(demo.stage, luz.id, {
      ...activeConnection,
      e164: "+525587654321",
      metadata: ready,
    });
    await conversation(id, new Date(Date.now() - 185_000).toISOString());
    const page = await markup("/settings/integrations");
    expect(page.match(/Last message <time [^>]*>3 min\.? ago</g)).toHaveLength(1);
    expect(page.match(new RegExp(words.noMessage, "g"))).toHaveLength(1);
    expect(page).toContain(pageOf(other));
  });

  test("in Spanish reads in Spanish", async () => {
    const id = await given();
    await conversation(id, new Date(Date.now() - 185_000).toISOString());
    const page = await markup("/settings/integrations", `${demo.leo}; curbe_language=es`);
    expect(page).toMatch(/Último mensaje <time [^>]*>hace 3 min</);
  });
});

describe("a number's page", () => {
  test("is nobody else's, and neither reads nor changes anything of theirs", async () => {
    const id = await given();
    expect((await ask(get(pageOf(id), demo.eva))).status).toBe(404);
    for (const intent of ["skip", "check"]) expect((await send(id, intent, demo.eva)).status).toBe(404);
    expect(await events()).toEqual([]);
    for (const path of [pageOf("constructor"), pageOf(id).replace("whatsapp", "telegram")])
      expect((await ask(get(path, demo.leo))).status).toBe(404);
    const answer = await ask(get(pageOf(id)));
    expect([answer.status, answer.headers.get("location")]).toEqual([
      303,
      `/login?returnTo=${encodeURIComponent(pageOf(id))}`,
    ]);
  });

  test("tells who did what, however long ago, also of somebody who has left", async () => {
    const id = await given();
    await sql(
      `insert into connection_events (tenant_id, connection_id, provider, kind, actor_user_id, created_at)
       select $1, $2, 'meta_whatsapp', 'connected', u.id, now() - interval '2 years'
         from users u where email in ('leo@luz.example', 'eva@norte.example') order by email desc`,
      [luz.id, id],
    );
    const [activity] = /<div id="activity"[\s\S]*?<\/ol>/.exec(await markup(pageOf(id))) ?? [];
    expect([...(activity?.matchAll(/· ([^<]+)</g) ?? [])].map(([, actor]) => actor)).toEqual([
      pageTexts(texts).activity.gone,
      "leo@luz.example",
    ]);
  });

  test("stays after a disconnect, with what was kept and the way back", async () => {
    const id = await addConnection(demo.stage, luz.id, { status: "revoked", e164: "+525512345678" });
    const page = await markup(pageOf(id));
    for (const kept of [
      words.status.disconnected,
      texts.integrations.connectAgain,
      words.health.disconnected,
    ])
      expect(page).toContain(kept);
    expect(page).not.toContain(texts.integrations.disconnect);
    expect(page).not.toContain(words.health.checkNow);
  });

  test("of an attempt that never came to a number there is none", async () => {
    const id = await addConnection(demo.stage, luz.id, {
      status: "error",
      metadata: { error: { code: "x", at } },
    });
    expect((await ask(get(pageOf(id), demo.leo))).status).toBe(404);
  });
});

describe("of two numbers", () => {
  const second = { ...activeConnection, e164: "+525587654321" };
  const both = async (metadata: object, connectedAt = "2026-11-21T10:00:00.000Z") => {
    const works = await given({ ...ready, connected_at: at });
    await claim(works, at);
    const other = await addConnection(demo.stage, luz.id, {
      ...second,
      metadata: { connected_at: connectedAt, ...metadata },
    });
    return { works, other };
  };
  /** The test keeps room for words that it does not show yet. */
  const seen = async (path: string) => (await markup(path)).replace(/<p class="invisible">.*?<\/p>/g, "");
  /** What the card says beside each of the two. */
  const card = async () => {
    const page = await seen("/settings/integrations?whatsapp=connected");
    const [head = "", ...rest] = page.split(/(?=<p><span dir="ltr"[^>]*>\+52 55)/);
    // By the number as it is written: an id in a link may hold any four digits.
    return { head, of: (group: string) => rest.find((part) => part.includes(` ${group} `)) ?? "" };
  };
  const works = /Connected|working|New messages arrive here/;

  test.each<[string, object, string]>([
    ["is not registered yet", { deliveries: { state: "on", at } }, words.status.starting],
    [
      "is not registered any more",
      { deliveries: { state: "on", at }, registration: { result: "open" } },
      words.status.starting,
    ],
    [
      "was refused its registration",
      { deliveries: { state: "on", at }, registration: { result: "failed", code: "verify_again", at } },
      "WhatsApp did not register this number.",
    ],
    [
      "has its deliveries off",
      { ...ready, deliveries: { state: "failed", code: "override", at } },
      words.deliveriesOff,
    ],
    [
      "has its deliveries asked for again",
      { ...ready, deliveries: { state: "starting" } },
      words.status.starting,
    ],
  ])(
    "the one that %s is not said to be connected, whatever came or was skipped, and the other is",
    async (_what, metadata, says) => {
      const registration = metadata as { registration?: { result: string } };
      for (const proof of ["nothing", "skipped", "heard"] as const) {
        // Before it was registered for the first time, what has arrived is proof enough.
        if (proof === "heard" && registration.registration === undefined) continue;
        await demo.stage.database.empty("channel_connections", "number_claims");
        const skipped = proof === "skipped" ? { test_skipped_at: at } : {};
        const { works: good, other } = await both({ ...metadata, ...skipped });
        if (proof === "heard")
          await sql(
            `insert into number_claims (provider, phone_number_id, tenant_id, connection_id, first_event_at)
           values ('meta_whatsapp', $1, $2, $3, $4)`,
            [second.e164, luz.id, other, at],
          );
        const { head, of } = await card();
        expect(of("8765")).not.toMatch(works);
        expect(of("1234")).toContain(">Connected<");
        expect(head).not.toContain("WhatsApp is connected.");
        const own = await seen(pageOf(other));
        expect(own).toContain(says);
        expect(own.replace(/<div id="activity"[\s\S]*/, "")).not.toMatch(works);
        expect(await markup(pageOf(good))).toContain(words.status.connected);
      }
    },
  );

  test("the one just connected is named, and the one that was connected before is not meant", async () => {
    await both(ready);
    const { head } = await card();
    expect(head).toMatch(/WhatsApp is connected\. <span dir="ltr"[^>]*>\+52 55 8765 4321</);
    await demo.stage.database.empty("channel_connections", "number_claims");
    await both({ deliveries: { state: "starting" } });
    expect((await card()).head).toMatch(
      /The number is being set up\. <span dir="ltr"[^>]*>\+52 55 8765 4321</,
    );
  });

  test("the quiet one is not said to be working", async () => {
    const { works: good } = await both(ready);
    await sql("update channel_connections set metadata = metadata || $2 where id = $1", [
      good,
      JSON.stringify({ silent_since: at }),
    ]);
    const page = await markup(pageOf(good));
    expect(page).toContain(words.status.quiet);
    expect(page).not.toContain(words.status.connected);
  });

  test("an inbox without a message does not promise any while none can arrive", async () => {
    await given({ ...ready, deliveries: { state: "failed", code: "override", at } });
    expect(await markup("/conversations")).toContain(texts.conversations.emptyNothingArrives);
    const refused = { result: "failed", code: "verify_again", at };
    await sql("update channel_connections set metadata = $1", [
      JSON.stringify({ ...ready, registration: refused }),
    ]);
    expect(await markup("/conversations")).toContain(texts.conversations.emptyNothingArrives);
    await addConnection(demo.stage, luz.id, { ...second, metadata: ready });
    expect(await markup("/conversations")).toContain(texts.conversations.emptyConnected);
  });
});

test("a receipt that came first is not called a message", async () => {
  const id = await given();
  await claim(id, at);
  expect(await markup("/settings/integrations?whatsapp=connected")).toContain(words.test.passedByReceipt);
  await conversation(id, at);
  expect(await markup("/settings/integrations?whatsapp=connected")).not.toContain(words.test.passedByReceipt);
});
