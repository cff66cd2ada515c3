import { describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { inboundMessages } from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { pageStage } from "../testing/page-stage.ts";
import { get } from "../testing/stage.ts";
import { type Said, talks } from "../testing/talks.ts";

const { demo, ask, sql } = pageStage();
const { luz, norte } = demoWorkspaces;
const { conversation, say } = talks(() => demo.stage.database);

async function page(path: string): Promise<string> {
  const answer = await ask(get(path, demo.ana));
  expect(answer.status).toBe(200);
  return (await answer.text()).replaceAll("<!-- -->", "");
}

/** The thread's page without what it says of the page itself to the browser's script. */
const thread = async (id: string, query = "") =>
  (await page(`/conversations/${id}${query}`)).split("<script")[0] ?? "";
/** The markup of one message. */
const messageIn = (html: string, id: string) =>
  html.split('<li id="m').find((li) => li.startsWith(`${id}"`)) ?? "";
const minute = (n: number) => `2026-11-22T18:${String(n).padStart(2, "0")}:00Z`;

describe("a thread", () => {
  test("shows words as words, whatever they hold", async () => {
    const id = await conversation(luz.id, { name: "<i>Eve</i>" });
    await say(luz.id, id, { body: `<script>alert(1)</script> "x" & javascript:alert(2)` });
    const html = await page(`/conversations/${id}`);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&lt;i&gt;Eve&lt;/i&gt;");
    expect(html).not.toMatch(/<script>alert|<i>Eve/);
  });

  const failed = (error: object): Said => ({ body: "hi", outbound: "failed", error });
  const interactive = (reply: object): Said => ({ type: "interactive", content: { interactive: reply } });
  test.each([
    [
      { type: "image", body: "our door", content: { image: { id: "1" } } },
      ["Photo", "our door", "stays at WhatsApp"],
    ],
    [
      { type: "video", content: { video: { mime_type: "video/mp4", file_size: 2_500_000 } } },
      ["MP4 · 2.5 MB"],
    ],
    [{ type: "audio", content: { audio: { voice: true } } }, ["Voice message"]],
    [{ type: "audio", content: { audio: { mime_type: "audio/ogg; codecs=opus" } } }, ["Audio", "OGG"]],
    [{ type: "sticker", content: { sticker: {} } }, ["Sticker"]],
    [
      { type: "document", body: "Menu", content: { document: { filename: "menu.pdf" } } },
      ["Document", "menu.pdf", "Menu"],
    ],
    [
      {
        type: "location",
        body: "x",
        content: { location: { latitude: 19.4, longitude: -99.1, name: "Luz", address: "Mayor 1" } },
      },
      [
        ">Luz<",
        ">Mayor 1<",
        "19.40000, -99.10000",
        "https://www.openstreetmap.org/?mlat=19.4&amp;mlon=-99.1",
      ],
    ],
    [{ type: "location", content: { location: { latitude: "19" } } }, ["Location"]],
    [{ type: "contacts", body: "Laura Díaz" }, ["Contact card", "Laura Díaz"]],
    [
      {
        type: "contacts",
        content: {
          contacts: [
            {
              name: { formatted_name: "Laura" },
              phones: [{ phone: "+34 600" }, {}, 7],
              emails: [{ email: "l@x.example" }],
              org: { company: "Sol" },
            },
          ],
        },
      },
      ["Contact card", "Laura", "+34 600", "l@x.example", "Sol"],
    ],
    [{ type: "interactive", body: "Yes, please" }, ["Yes, please"]],
    [
      { ...interactive({ list_reply: { title: "Fast", description: "Today" } }), body: "Fast" },
      ["Fast", "Today"],
    ],
    [
      {
        ...interactive({
          nfm_reply: {
            name: "booking",
            response_json: '{"flow_token":"SECRET","day":"Monday","people":4,"x":{}}',
          },
        }),
        body: "booking",
      },
      ["Filled in a form", "day", "Monday", "people", ">4<"],
    ],
    [interactive({ nfm_reply: { response_json: "{broken" } }), ["Filled in a form"]],
    [interactive({ call_permission_reply: { response: "accept" } }), ["Allowed calls from your business"]],
    [interactive({ call_permission_reply: { response: "reject" } }), ["Declined calls from your business"]],
    [{ type: "button" }, ["Reply"]],
    [{ type: "reaction", body: "👍" }, ["Reacted with", "👍"]],
    [{ type: "reaction" }, ["Reaction removed"]],
    [{ type: "order", body: "2 × bread" }, ["Order", "2 × bread"]],
    [
      {
        type: "order",
        content: {
          order: {
            text: "For today",
            product_items: [
              { product_retailer_id: "bread", quantity: 2, item_price: 1.5, currency: "EUR" },
              { product_retailer_id: "cake", quantity: 1, item_price: 20, currency: "EUR" },
            ],
          },
        },
      },
      ["For today", "2 × <bdi>bread</bdi>", "€3.00", "Total", "€23.00"],
    ],
    [{ type: "order", content: { order: { product_items: [null, { currency: "no" }] } } }, ["Order"]],
    [{ type: "revoke" }, ["Deleted a message"]],
    [
      { type: "system", content: { system: { type: "customer_identity_changed" } } },
      ["security code changed"],
    ],
    [{ type: "system", body: "Something new" }, ["Something new"]],
    [{ type: "request_welcome" }, ["Opened the chat"]],
    [{ type: "media_placeholder" }, ["from before this number was connected"]],
    [{ type: "something_new" }, ["A kind of message that is new here: something new"]],
    [{ body: "x", content: { context: { forwarded: true } } }, ["Forwarded"]],
    [{ body: "x", content: { context: { frequently_forwarded: true } } }, ["Forwarded many times"]],
    [
      { body: "x", content: { context: { referred_product: { product_retailer_id: "P-1" } } } },
      ["About the product P-1"],
    ],
    [
      { body: "x", content: { referral: { headline: "Fresh bread", source_url: "https://fb.me/1" } } },
      ["Came from an advertisement", 'href="https://fb.me/1" rel="noreferrer noopener ugc"', "Fresh bread"],
    ],
    [{ body: "see https://a.example/x." }, ['<a href="https://a.example/x" rel="noreferrer noopener ugc"']],
    [
      { type: "unknown", outbound: "delivered" },
      ["The text of this message has not reached us.", "Delivered"],
    ],
    [{ body: "hi", outbound: "read" }, ["Read", "19:00"]],
    [failed({ title: "Expired" }), ["Not delivered", "Meta’s reason: Expired"]],
    [failed({ code: 131047, title: "Re-engagement message" }), ["more than 24 hours have passed"]],
    [failed({ code: "constructor", title: 7 }), ["Not delivered"]],
  ] as [Said, string[]][])("renders %j", async (said, words) => {
    const id = await conversation(luz.id);
    const message = await say(luz.id, id, said);
    const html = messageIn(await thread(id), message);
    for (const word of words) expect(html).toContain(word);
    expect(html).not.toMatch(/SECRET|undefined|NaN|\[object/);
    await page("/conversations");
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "//evil.example", 7])(
    "leads from an advertisement to no address like %s",
    async (source_url) => {
      const id = await conversation(luz.id);
      await say(luz.id, id, { body: "x", content: { referral: { headline: "Ad", source_url } } });
      const html = await thread(id);
      expect(html).toContain("Came from an advertisement");
      expect(html).not.toMatch(/javascript:|data:text|evil\.example/);
    },
  );

  test.each(Object.entries(inboundMessages))("renders Meta's sample %s", async (_name, { item, body }) => {
    const id = await conversation(luz.id);
    const message = await say(luz.id, id, { type: String(item.type), body, content: item });
    const html = messageIn(await thread(id), message);
    expect(html).not.toBe("");
    expect(html).not.toMatch(/undefined|NaN|\[object|16505551234/);
  });

  test("is shown whatever a content holds in place of what was expected", async () => {
    const id = await conversation(luz.id);
    const odd = [null, 7, "x", [], [[]], { a: { b: [null] } }];
    const types = ["image", "audio", "document", "location", "contacts", "interactive", "order", "system"];
    for (const type of [...types, "reaction", "edit", "revoke"]) {
      for (const value of odd) {
        await say(luz.id, id, { type, content: { [type]: value, context: value, referral: value } });
      }
    }
    expect(await thread(id)).toContain("Earlier messages");
  });

  test("begins with the newest 50 and leads to those before", async () => {
    const id = await conversation(luz.id);
    for (let i = 0; i < 60; i += 1) await say(luz.id, id, { body: `n${i}.`, at: minute(i) });
    const bodies = (html: string) => [...html.matchAll(/>(n\d+\.)</g)].map(([, body]) => body);
    const newest = await thread(id);
    expect(bodies(newest)).toEqual(Array.from({ length: 50 }, (_, i) => `n${i + 10}.`));
    const older = /href="([^"]*\?before=[^"]*)"/.exec(newest)?.[1] ?? "";
    expect(bodies(await page(older))).toEqual(Array.from({ length: 10 }, (_, i) => `n${i}.`));
  });

  test("says that replies are off while nothing may be sent, and stays readable", async () => {
    const id = await conversation(luz.id);
    const words = "Replies are off: WhatsApp is not connected.";
    expect(await thread(id)).toContain(words);
    await sql(
      `insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id, access_token_enc)
       values ($1, 'meta_whatsapp', 'active', '1', '2', 'v1.sealed')`,
      [luz.id],
    );
    // Another number works, and this conversation is not with it.
    expect(await thread(id)).toContain("Replies are off: the number of this conversation is not connected.");
    await sql(
      `update channel_connections set status = 'active', waba_id = '1', phone_number_id = '3', access_token_enc = 'v1.sealed'
        where id = (select connection_id from conversations where id = $1)`,
      [id],
    );
    expect(await thread(id)).not.toContain("Replies are off");
  });

  test.each(["0", "-1", "abc", "1e3", "99999999999999999999", "1%00"])(
    "there is none called %s",
    async (id) => {
      expect((await ask(get(`/conversations/${id}`, demo.ana))).status).toBe(404);
    },
  );
});

describe("messages that speak of others", () => {
  const about = (type: string, wamid: string, more: object = {}) => ({
    type,
    content: { [type]: { [type === "reaction" ? "message_id" : "original_message_id"]: wamid, ...more } },
  });

  test("a reaction stands at its message, the last of each side, until it is taken back", async () => {
    const id = await conversation(luz.id);
    const bread = await say(luz.id, id, { body: "bread?", wamid: "wamid.bread", at: minute(1) });
    const reaction = about("reaction", "wamid.bread");
    for (const [n, body] of ["👍", "❤️"].entries())
      await say(luz.id, id, { ...reaction, body, at: minute(2 + n) });
    await say(luz.id, id, { ...reaction, body: "🙏", outbound: "sent", at: minute(4) });
    const html = await thread(id);
    expect(messageIn(html, bread)).toMatch(
      /Reaction of the customer: <\/span>❤️.*Reaction of your business: <\/span>🙏/s,
    );
    expect(html).not.toMatch(/👍|Reacted with/);
    await say(luz.id, id, { ...reaction, at: minute(5) });
    expect(await thread(id)).not.toContain("❤️");
  });

  test("an edit changes the words, and a deletion takes them away, of whoever sent them only", async () => {
    const id = await conversation(luz.id);
    const one = await say(luz.id, id, { body: "at nine", wamid: "wamid.one", at: minute(1) });
    const two = await say(luz.id, id, { body: "a secret", wamid: "wamid.two", at: minute(2) });
    await say(luz.id, id, { ...about("edit", "wamid.one"), body: "at ten", at: minute(3) });
    await say(luz.id, id, { ...about("revoke", "wamid.one"), outbound: "sent", at: minute(4) });
    await say(luz.id, id, { ...about("revoke", "wamid.two"), at: minute(5) });
    await say(luz.id, id, { body: "why?", content: { context: { id: "wamid.two" } }, at: minute(6) });
    const html = await thread(id);
    expect(messageIn(html, one)).toMatch(/at ten.*Edited/s);
    expect(messageIn(html, two)).toContain("This message was deleted");
    expect(html).not.toMatch(/at nine|a secret/);
  });

  test("a deletion takes away whatever a message was made of, and why there was no more of it", async () => {
    const id = await conversation(luz.id);
    const made: [string, Record<string, unknown>][] = [
      ["document", { document: { filename: "SECRET.pdf", mime_type: "application/pdf" } }],
      ["contacts", { contacts: [{ name: { formatted_name: "SECRET" }, phones: [{ phone: "SECRET" }] }] }],
      ["text", { referral: { headline: "SECRET", body: "SECRET" } }],
      ["hologram", { hologram: { words: "SECRET" } }],
      ["unsupported", { unsupported: { type: "SECRETKIND" } }],
      ["unsupported", { errors: [{ code: 139_999, title: "SECRETREASON" }] }],
      ["image", { errors: [{ code: 1, title: "SECRET" }] }],
    ];
    for (const [n, [type, content]] of made.entries())
      await say(luz.id, id, { type, body: "SECRET", content, wamid: `wamid.made.${n}`, at: minute(1) });
    const quoting = [];
    for (const n of [4, 5]) {
      const content = { context: { id: `wamid.made.${n}` } };
      quoting.push(await say(luz.id, id, { body: "what?", content, at: minute(2) }));
    }
    const before = await thread(id);
    expect(before.match(/SECRET/g)?.length).toBeGreaterThan(9);
    // An answer says of what it answers whatever a list would.
    expect(messageIn(before, quoting[0] ?? "")).toMatch(/In reply to.*does not share: SECRETKIND/s);
    expect(messageIn(before, quoting[1] ?? "")).toMatch(/In reply to.*Meta’s reason: SECRETREASON/s);
    for (const n of made.keys())
      await say(luz.id, id, { ...about("revoke", `wamid.made.${n}`), at: minute(3) });
    const after = await thread(id);
    expect(after).not.toContain("SECRET");
    expect(after.match(/This message was deleted/g)?.length).toBeGreaterThanOrEqual(made.length);
  });

  test("an answer quotes its message and leads to it, on the page, on another, or nowhere", async () => {
    const id = await conversation(luz.id);
    const far = await say(luz.id, id, {
      body: "the far one",
      wamid: "wamid.far",
      at: "2026-11-20T10:00:00Z",
    });
    for (let n = 0; n < 49; n += 1) await say(luz.id, id, { body: "…", at: minute(0) });
    const near = await say(luz.id, id, {
      body: "the near one",
      wamid: "wamid.near",
      outbound: "read",
      at: minute(2),
    });
    const answer = (wamid: string) => ({ body: "yes", content: { context: { id: wamid } }, at: minute(3) });
    const toNear = await say(luz.id, id, answer("wamid.near"));
    const toFar = await say(luz.id, id, answer("wamid.far"));
    const elsewhere = await conversation(norte.id);
    await say(norte.id, elsewhere, { body: "CANARY", wamid: "wamid.canary" });
    const toNone = await say(luz.id, id, answer("wamid.canary"));
    const html = await thread(id);
    expect(messageIn(html, toNear)).toMatch(
      new RegExp(`href="#m${near}".*In reply to your business: .*the near one`, "s"),
    );
    expect(messageIn(html, toNone)).toContain("About a message that has not reached us");
    expect(html).not.toContain("CANARY");
    const quote = messageIn(html, toFar);
    expect(quote).toContain("the far one");
    const [, path = "", anchor] = /href="([^"#]*)#(m\d+)"/.exec(quote) ?? [];
    expect(anchor).toBe(`m${far}`);
    expect(messageIn(await page(path), far)).toContain("the far one");
  });

  test("an answer quotes an order and a deleted message in a line, and an edited one as it reads now", async () => {
    const id = await conversation(luz.id);
    const lines = [{ product_retailer_id: "barra", quantity: 2, item_price: 1, currency: "EUR" }];
    const order = { type: "order", content: { order: { product_items: lines } }, body: "2 × barra" };
    await say(luz.id, id, { ...order, wamid: "wamid.order", at: minute(1) });
    await say(luz.id, id, { body: "at nine", wamid: "wamid.time", at: minute(1) });
    await say(luz.id, id, { ...about("edit", "wamid.time"), body: "at ten", at: minute(2) });
    await say(luz.id, id, { body: "a secret", wamid: "wamid.erased", at: minute(1) });
    await say(luz.id, id, { ...about("revoke", "wamid.erased"), at: minute(2) });
    const answer = (wamid: string) => ({ body: "yes", content: { context: { id: wamid } }, at: minute(3) });
    const toOrder = await say(luz.id, id, answer("wamid.order"));
    const toTime = await say(luz.id, id, answer("wamid.time"));
    const toGone = await say(luz.id, id, answer("wamid.erased"));
    const html = await thread(id);
    expect(messageIn(html, toOrder)).toContain("Order: 2 × barra");
    expect(messageIn(html, toTime)).toContain("<bdi>at ten");
    expect(messageIn(html, toGone)).toContain("<bdi>This message was deleted");
  });

  test("what was said of an older message later is shown at it on its own page", async () => {
    const id = await conversation(luz.id);
    const old = await say(luz.id, id, { body: "too early", wamid: "wamid.old", at: minute(0) });
    const gone = await say(luz.id, id, { body: "too much", wamid: "wamid.gone", at: minute(0) });
    for (let n = 0; n < 60; n += 1) await say(luz.id, id, { body: "…", at: minute(1) });
    await say(luz.id, id, { ...about("reaction", "wamid.old"), body: "👀", at: minute(2) });
    await say(luz.id, id, { ...about("revoke", "wamid.gone"), at: minute(3) });
    await say(luz.id, id, { body: "that?", content: { context: { id: "wamid.gone" } }, at: minute(4) });
    const newest = await thread(id);
    expect(newest).toMatch(/too early.*Reacted with.*👀/s);
    const before = /href="([^"]*\?before=[^"]*)"[^>]*>Earlier/.exec(newest)?.[1] ?? "";
    const older = (await page(before)).split("<script")[0] ?? "";
    expect(messageIn(older, old)).toContain("👀");
    expect(messageIn(older, gone)).toContain("This message was deleted");
    expect(newest + older).not.toContain("too much");
    // By somebody else of a group it is not theirs to take away.
    await sql(
      `update messages set sender_contact_id = (select contact_id from conversations where id = $1)
        where conversation_id = $1 and type = 'revoke'`,
      [id],
    );
    expect(await thread(id)).toMatch(/In reply to.*too much/s);
    expect(messageIn((await page(before)).split("<script")[0] ?? "", gone)).toContain("too much");
  });
});
