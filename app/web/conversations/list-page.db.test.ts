import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { pageStage } from "../testing/page-stage.ts";
import { get, signInAs } from "../testing/stage.ts";
import { talks } from "../testing/talks.ts";

const { demo, ask, sql } = pageStage();
const { luz, norte } = demoWorkspaces;
const { conversation, say } = talks(() => demo.stage.database);

async function page(path: string, cookie: string, headers: Record<string, string> = {}): Promise<string> {
  const request = get(path, cookie);
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  const answer = await ask(request);
  expect(answer.status).toBe(200);
  return answer.text();
}

const search = (words: string) => `/conversations?q=${encodeURIComponent(words)}`;
/** Names and numbers of the lines, as they are listed. */
const named = (html: string) => [...html.matchAll(/<a [^>]*#latest"><bdi>([^<]*)</g)].map(([, name]) => name);
/** The line of one conversation. */
const lineOf = (html: string, id: string) =>
  html.split("<li").find((line) => line.includes(`href="/conversations/${id}#latest"`)) ?? "";

describe("the list of conversations", () => {
  test("shows name, last message and time, and no number beside a name", async () => {
    const id = await conversation(luz.id, { name: "Sofía", waId: "5215587654321" });
    await say(luz.id, id, { body: "the first", at: "2026-11-22T18:00:00Z" });
    await say(luz.id, id, { body: "the last", outbound: "sent", at: "2026-11-22T18:01:00Z" });
    const html = await page("/conversations", demo.ana);
    for (const words of ["Sofía", "You: ", "the last", `href="/conversations/${id}#latest"`])
      expect(html).toContain(words);
    expect(html).not.toContain("the first");
    expect(html).not.toMatch(/8765 ?4321/);
  });

  test.each([
    ["a username", { username: "panlover" }, "@panlover"],
    ["a number only", { waId: "525533340987" }, "+52 55 3334 0987"],
    ["neither", {}, "Unknown contact"],
  ])("names somebody who has %s", async (_what, talk, words) => {
    await conversation(luz.id, talk);
    expect(await page("/conversations", demo.ana)).toContain(words);
  });

  test("tells that a number changed without Meta's words, which hold it", async () => {
    const id = await conversation(luz.id, { name: "Moved" });
    const system = { type: "user_changed_number", body: "Ana changed from 5210001112222 to 5210003334444" };
    await say(luz.id, id, { type: "system", body: system.body, content: { system } });
    const html = await page("/conversations", demo.ana);
    expect(lineOf(html, id)).toContain("The customer now uses another number");
    expect(html).not.toContain("5210003334444");
  });

  test("goes on page after page, newest first, each conversation once", async () => {
    for (const table of ["messages", "conversations"])
      await sql(`delete from ${table} where tenant_id = $1`, [norte.id]);
    for (let i = 0; i < 120; i += 1) await conversation(norte.id, { name: `Contact-${i}.` });
    const seen: (string | undefined)[] = [];
    let path: string | undefined = "/conversations";
    for (let pages = 0; path && pages < 5; pages += 1) {
      const html: string = await page(path, demo.eva);
      seen.push(...named(html));
      path = /href="(\/conversations\?after=[^"]*)"/.exec(html)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => `Contact-${119 - i}.`));
    const beyond = await page("/conversations?after=2020-01-01T00:00:00.000000Z_1", demo.eva);
    expect(beyond).toContain("There are no older conversations.");
  });

  test("takes a cursor that is none for the beginning", async () => {
    await conversation(luz.id, { name: "Beginning" });
    const beginning = named(await page("/conversations", demo.ana));
    expect(beginning).toContain("Beginning");
    for (const cursor of ["", "x", "2026-13-45T99:99:99.000000Z_1", "'; drop table messages; --"])
      expect(named(await page(`/conversations?after=${encodeURIComponent(cursor)}`, demo.ana))).toEqual(
        beginning,
      );
  });
});

describe("what nobody has opened", () => {
  const unreadIn = (html: string, id: string) => /(\d+\+?) unread/.exec(lineOf(html, id))?.[1];
  const readUpTo = (id: string) =>
    sql<{ at: Date | null; version: string }>(
      "select read_up_to as at, xmin::text as version from conversations where id = $1",
      [id],
    );

  test("is counted, until somebody of the workspace opens the newest page", async () => {
    const id = await conversation(luz.id, { name: "Unread" });
    for (const minute of [1, 2, 3]) await say(luz.id, id, { body: "hi", at: `2026-11-22T18:0${minute}:00Z` });
    await say(luz.id, id, { body: "we", outbound: "sent", at: "2026-11-22T18:04:00Z" });
    expect(unreadIn(await page("/conversations", demo.ana), id)).toBe("3");
    await page(`/conversations/${id}`, await signInAs("leo@luz.example"));
    expect(unreadIn(await page("/conversations", demo.ana), id)).toBeUndefined();
    await say(luz.id, id, { body: "more", at: "2026-11-22T18:05:00Z" });
    expect(unreadIn(await page("/conversations", demo.ana), id)).toBe("1");
  });

  test("is not counted beyond 99", async () => {
    const id = await conversation(luz.id);
    for (let n = 0; n < 101; n += 1) await say(luz.id, id, { body: "x" });
    expect(unreadIn(await page("/conversations", demo.ana), id)).toBe("99+");
  });

  test("stays so when a browser only fetches the page ahead, and when older messages are read", async () => {
    const id = await conversation(luz.id);
    await say(luz.id, id, { body: "x" });
    await page(`/conversations/${id}`, demo.ana, { "sec-purpose": "prefetch;prerender" });
    await page(`/conversations/${id}`, demo.ana, { purpose: "prefetch" });
    await page(`/conversations/${id}?before=2026-12-01T00:00:00.000000Z_1`, demo.ana);
    expect(unreadIn(await page("/conversations", demo.ana), id)).toBe("1");
  });

  test("is noted once: opening again writes nothing", async () => {
    const id = await conversation(luz.id);
    await say(luz.id, id, { body: "x" });
    await page(`/conversations/${id}`, demo.ana);
    const noted = await readUpTo(id);
    expect(noted[0]?.at).toEqual(new Date("2026-11-22T18:20:00Z"));
    await page(`/conversations/${id}`, demo.ana);
    expect(await readUpTo(id)).toEqual(noted);
  });

  test("is not waited for while ingest holds the conversation", async () => {
    const id = await conversation(luz.id);
    await say(luz.id, id, { body: "x" });
    const ingest = demo.stage.database.as("app_ingest");
    await ingest.transaction().execute(async (trx) => {
      await trx.selectFrom("conversations").select("id").where("id", "=", id).forUpdate().execute();
      await page(`/conversations/${id}`, demo.ana);
    });
    expect((await readUpTo(id))[0]?.at).toBeNull();
  });

  test("is all that the web may change of a conversation", async () => {
    const web = demo.stage.database.as("app_web");
    const touched = web.updateTable("conversations").set({ last_message_at: new Date() }).execute();
    await expect(touched).rejects.toThrow(/permission denied/);
  });
});

describe("search", () => {
  beforeAll(async () => {
    const people = [
      { name: "María-José Ñandú", waId: "5215511112222" },
      { name: "MARIANA  Lopez 100%", waId: "34600999888" },
      { name: "Øyvind_Straße", waId: "4791234567" },
      { username: "pan.lover", name: "" },
      { waId: "5491133334444" },
      { name: "王小明" },
    ];
    for (const person of people) await conversation(luz.id, person);
    await conversation(norte.id, { name: "Mariana of another workspace", waId: "34600999777" });
  });
  const found = async (words: string) => named(await page(search(words), demo.ana));

  test.each([
    ["MARIA", ["MARIANA  Lopez 100%", "María-José Ñandú"]],
    ["josé ñan", ["María-José Ñandú"]],
    ["nandu", ["María-José Ñandú"]],
    ["iana", ["MARIANA  Lopez 100%"]],
    ["lo", ["MARIANA  Lopez 100%"]],
    ["an", []],
    ["100%", ["MARIANA  Lopez 100%"]],
    ["0%0", []],
    ["d_st", ["Øyvind_Straße"]],
    ["oyvind", ["Øyvind_Straße"]],
    ["@pan.lo", ["@pan.lover"]],
    ["小明", []],
    ["王", ["王小明"]],
    ["Mariana Ñandú", []],
    ["' or 1=1 --", []],
    ["\\", []],
    ["(((", []],
  ])("for %j finds %j", async (words, names) => {
    expect(await found(words)).toEqual(names);
  });

  test.each([
    ["600 999", "MARIANA  Lopez 100%"],
    ["+34 600-99.98 88", "MARIANA  Lopez 100%"],
    ["+52 55 1111 2222", "María-José Ñandú"],
    ["+52 1 55 1111 2222", "María-José Ñandú"],
    ["54 11 3333", "+54 9 11 3333 4444"],
    ["3334444", "+54 9 11 3333 4444"],
  ])("for the number %j finds %s", async (words, name) => {
    expect(await found(words)).toEqual([name]);
  });

  test("for a number shows the number, and for two digits finds none", async () => {
    expect(await page(search("600999"), demo.ana)).toContain("+34 600 99 98 88");
    expect(await page(search("mariana"), demo.ana)).not.toContain("600 99");
    expect(await found("34")).toEqual([]);
  });

  test("says what was looked for when there is nothing, as words, and leads back to all", async () => {
    const html = await page(search("<b>nobody"), demo.ana);
    expect(html).toContain("No conversation matches “&lt;b&gt;nobody”.");
    expect(html).not.toContain("Conversations that match");
    expect(html.match(/>Show all conversations</g)).toHaveLength(1);
    expect(html).not.toContain("<b>nobody");
  });

  test("goes on page after page with what was looked for", async () => {
    for (let i = 0; i < 60; i += 1) await conversation(luz.id, { name: `Página ${i}.` });
    const first = await page(search("pagina"), demo.ana);
    const older = /href="(\/conversations\?q=pagina&amp;after=[^"]*)"/
      .exec(first)?.[1]
      ?.replace("&amp;", "&");
    const rest = await page(older ?? "", demo.ana);
    expect([...named(first), ...named(rest)]).toEqual(
      Array.from({ length: 60 }, (_, i) => `Página ${59 - i}.`),
    );
    expect(rest).toMatch(/href="\/conversations\?q=pagina"/);
  });

  test("finds nothing for whoever names no workspace", async () => {
    const [answer] = await sql<{ n: number }>(
      "select count(*)::int as n from app.search_conversations(array['maria'], null, null, 50)",
    );
    expect(answer?.n).toBe(0);
  });
});

describe("a conversation that became part of another", () => {
  async function merged(): Promise<{ kept: string; gone: string }> {
    const kept = await conversation(luz.id, { name: "Kept" });
    const gone = await conversation(luz.id, { name: "Gone" });
    await say(luz.id, kept, { body: "of the one", at: "2026-11-22T18:00:00Z" });
    await page(`/conversations/${kept}`, demo.ana);
    await say(luz.id, gone, { body: "of the other", at: "2026-11-22T17:00:00Z" });
    await sql(
      "update conversations set connection_id = (select connection_id from conversations where id = $1) where id = $2",
      [kept, gone],
    );
    await merge(kept, gone);
    return { kept, gone };
  }
  const merge = (kept: string, gone: string) =>
    sql(
      `select app.merge_contacts($1, (select contact_id from conversations where id = $2),
         (select contact_id from conversations where id = $3))`,
      [luz.id, kept, gone],
    );

  test("leads there from its old address, and from the one before that, in its own workspace", async () => {
    const { kept, gone } = await merged();
    const answer = await ask(get(`/conversations/${gone}`, demo.ana));
    expect([answer.status, answer.headers.get("location")]).toEqual([302, `/conversations/${kept}`]);
    expect((await ask(get(`/conversations/${gone}`, demo.eva))).status).toBe(404);

    const last = await conversation(luz.id, { name: "Last" });
    await sql(
      "update conversations set connection_id = (select connection_id from conversations where id = $1) where id = $2",
      [kept, last],
    );
    await merge(last, kept);
    for (const old of [gone, kept]) {
      const further = await ask(get(`/conversations/${old}`, demo.ana));
      expect(further.headers.get("location")).toBe(`/conversations/${last}`);
    }
  });

  test("is unread as long as one of the two was", async () => {
    const { kept } = await merged();
    expect(lineOf(await page("/conversations", demo.ana), kept)).toContain("unread");
    await page(`/conversations/${kept}`, demo.ana);
    expect(lineOf(await page("/conversations", demo.ana), kept)).not.toContain("unread");
  });
});

describe("another workspace", () => {
  test("is nowhere in the list, and its thread does not exist", async () => {
    const id = await conversation(norte.id, { name: "CANARY-NAME", waId: "5200000CANARY" });
    await say(norte.id, id, { body: "CANARY-BODY" });
    for (const path of ["/conversations", search("canary")])
      expect((await page(path, demo.ana)).replaceAll("“canary”", "")).not.toContain("CANARY");
    for (const path of [
      `/conversations/${id}`,
      `/conversations/${id}?before=2027-01-01T00:00:00.000000Z_1`,
    ]) {
      const answer = await ask(get(path, demo.ana));
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain("CANARY");
    }
    expect(await page(search("canary"), demo.eva)).toContain("CANARY-NAME");
    expect(await page(`/conversations/${id}`, demo.eva)).toContain("CANARY-BODY");
  });
});

describe("which of our numbers", () => {
  // Whatever other tests have connected has no number here.
  beforeEach(() =>
    sql(
      "update channel_connections set phone_number_id = null, phone_number_e164 = null, status = 'pending'",
    ),
  );
  const isAt = (
    id: string,
    number: { e164: string | null; name?: string; status?: string; heard?: boolean },
  ) =>
    sql(
      `with line as (
         update channel_connections
            set phone_number_e164 = $2, display_name = $3, status = $4, phone_number_id = $5, waba_id = '1'
          where id = (select connection_id from conversations where id = $1) returning *)
       insert into number_claims (provider, phone_number_id, tenant_id, connection_id, released_at, first_event_at)
       select provider, phone_number_id, tenant_id, id, now() + interval '1 hour', case when $6 then now() end
         from line where $4 = 'revoked'`,
      [id, number.e164, number.name ?? null, number.status ?? "active", `id-${id}`, number.heard ?? true],
    );
  const aboutOurs = (html: string) =>
    html.replaceAll("<!-- -->", "").match(/To your number .*?(?=<\/p>)/s)?.[0];
  const said = (html: string) => aboutOurs(html)?.replace(/<[^>]*>/g, "");
  const inList = async (id: string, path = "/conversations") => said(lineOf(await page(path, demo.ana), id));
  const inThread = async (id: string) =>
    said((await page(`/conversations/${id}`, demo.ana)).split("<ol")[0] ?? "");

  test("stands in list, search and thread as soon as there are two, with a name that tells them apart", async () => {
    const sales = await conversation(luz.id, { name: "Wrote to sales" });
    const help = await conversation(luz.id, { name: "Wrote to help" });
    await isAt(sales, { e164: "+525512345678", name: "Ventas" });
    expect([await inList(sales), await inThread(sales)]).toEqual([undefined, undefined]);
    // The same number under another id at the platform is no second one.
    await isAt(help, { e164: "+525512345678", name: "Ventas" });
    expect(await inList(sales)).toBeUndefined();

    await isAt(help, { e164: "+525587654321", name: "Ayuda" });
    const words = {
      sales: "To your number Ventas · +52 55 1234 5678",
      help: "To your number Ayuda · +52 55 8765 4321",
    };
    expect([await inList(sales), await inList(help)]).toEqual([words.sales, words.help]);
    expect([await inThread(sales), await inThread(help)]).toEqual([words.sales, words.help]);
    expect(await inList(help, search("wrote help"))).toBe(words.help);

    await isAt(help, { e164: "+525587654321", name: "Ventas" });
    expect([await inList(sales), await inThread(help)]).toEqual([
      "To your number +52 55 1234 5678",
      "To your number +52 55 8765 4321",
    ]);
  });

  test("stands there too when one of them is of the past, unless nothing ever came for it", async () => {
    const now = await conversation(luz.id, { name: "Of today" });
    const past = await conversation(luz.id, { name: "Of the past" });
    await isAt(now, { e164: "+525512345678" });
    await isAt(past, { e164: "+34600111222", status: "revoked", heard: false });
    // Its conversation is on the page: whose it is has to be said.
    expect(await inList(past)).toBe("To your number +34 600 11 12 22");
    expect(await inThread(now)).toBeUndefined();
    await sql("update number_claims set first_event_at = claimed_at");
    expect(await inThread(now)).toBe("To your number +52 55 1234 5678");
  });
});
