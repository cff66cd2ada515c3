import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { demoWorkspaces } from "../../scripts/seed.ts";
import { type AskPage, openPages } from "./testing/pages.ts";
import { get, openStage, type Stage, signInAs } from "./testing/stage.ts";

let stage: Stage;
let ask: AskPage;
let ana: string;
let eva: string;
const { luz, norte } = demoWorkspaces;

beforeAll(async () => {
  stage = await openStage(inject("adminUrl"), inject("template"));
  ask = await openPages();
  ana = await signInAs("ana@luz.example");
  eva = await signInAs("eva@norte.example");
});
afterAll(() => stage.database.drop());

async function page(path: string, cookie: string): Promise<string> {
  const answer = await ask(get(path, cookie));
  expect(answer.status).toBe(200);
  return answer.text();
}

interface Talk {
  name?: string | null;
  waId?: string | null;
  username?: string | null;
}

let last = 0;

async function conversation(tenantId: string, { name = null, waId = null, username = null }: Talk = {}) {
  last += 1;
  const [row] = await stage.database.sql<{ id: string }>(
    `with line as (insert into channel_connections (tenant_id, provider, status) values ($1, 'whatsapp', 'pending') returning id),
       person as (insert into contacts (tenant_id, provider, profile_name, wa_id, username, user_id)
         values ($1, 'whatsapp', $2, $3, $4, 'MX.' || $5::int) returning id)
     insert into conversations (tenant_id, connection_id, contact_id, last_message_at)
     select $1, line.id, person.id, timestamptz '2026-11-01' + make_interval(mins => $5::int) from line, person returning id`,
    [tenantId, name, waId, username, last],
  );
  if (!row) throw new Error("no conversation");
  return row.id;
}

interface Said {
  type?: string;
  body?: string | null;
  content?: object;
  outbound?: string;
  error?: object;
  at?: string;
}

async function say(tenantId: string, conversationId: string, said: Said = {}): Promise<void> {
  last += 1;
  const { type = "text", body = null, content = {}, outbound, error, at = "2026-11-22T18:20:00Z" } = said;
  const step = outbound && outbound !== "received" ? `, ${outbound}_at` : "";
  await stage.database.sql(
    `insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content,
       occurred_at, error${step})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10${step ? ", '2026-11-22T19:00:00Z'" : ""})`,
    [
      tenantId,
      conversationId,
      `wamid.${last}`,
      outbound ? "outbound" : "inbound",
      type,
      outbound ?? "received",
      body,
      JSON.stringify(content),
      at,
      error ? JSON.stringify(error) : null,
    ],
  );
}

describe("the list of conversations", () => {
  test("shows name, last message and time, and no full number", async () => {
    const id = await conversation(luz.id, { name: "Sofía", waId: "5215587654321" });
    await say(luz.id, id, { body: "the first", at: "2026-11-22T18:00:00Z" });
    await say(luz.id, id, { body: "the last", outbound: "sent", at: "2026-11-22T18:01:00Z" });
    const html = await page("/conversations", ana);
    for (const words of ["Sofía", "You: ", "the last", `href="/conversations/${id}#latest"`])
      expect(html).toContain(words);
    expect(html).not.toContain("the first");
    expect(html).not.toContain("87654321");
  });

  test.each([
    ["a username", { username: "panlover" }, "@panlover"],
    ["a number only", { waId: "5213312340987" }, "Number ending in 0987"],
    ["neither", {}, "Unknown contact"],
  ])("names somebody who has %s", async (_what, talk, words) => {
    await conversation(luz.id, talk);
    expect(await page("/conversations", ana)).toContain(words);
  });

  test("goes on page after page, newest first, each conversation once", async () => {
    for (let i = 0; i < 120; i += 1) await conversation(norte.id, { name: `Contact-${i}.` });
    const seen: string[] = [];
    let path: string | undefined = "/conversations";
    for (let pages = 0; path && pages < 5; pages += 1) {
      const html: string = await page(path, eva);
      seen.push(...[...html.matchAll(/<bdi>(Contact-\d+\.)<\/bdi>/g)].map(([, name]) => name ?? ""));
      path = /href="(\/conversations\?after=[^"]*)"/.exec(html)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => `Contact-${119 - i}.`));
  });

  test("takes a cursor that is none for the beginning", async () => {
    for (const cursor of ["", "x", "2026-13-45T99:99:99.000000Z_1", "'; drop table messages; --"])
      expect((await ask(get(`/conversations?after=${encodeURIComponent(cursor)}`, ana))).status).toBe(200);
  });
});

describe("a thread", () => {
  test("shows words as words, whatever they hold", async () => {
    const id = await conversation(luz.id, { name: "<i>Eve</i>" });
    await say(luz.id, id, { body: `<script>alert(1)</script> "x" & javascript:alert(2)` });
    const html = await page(`/conversations/${id}`, ana);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&lt;i&gt;Eve&lt;/i&gt;");
    expect(html).not.toMatch(/<script>alert|<i>Eve/);
  });

  test.each([
    [{ type: "image", body: "our door", content: { image: { id: "1" } } }, ["Photo", "our door"]],
    [{ type: "audio", content: { audio: { voice: true } } }, ["Voice message"]],
    [{ type: "audio", content: { audio: {} } }, ["Audio"]],
    [
      { type: "document", body: "Menu", content: { document: { filename: "menu.pdf" } } },
      ["Document", "menu.pdf"],
    ],
    [
      { type: "location", content: { location: { latitude: 19.4, longitude: -99.1 } } },
      ["19.40000, -99.10000"],
    ],
    [{ type: "location", content: { location: { latitude: "19" } } }, ["Location"]],
    [{ type: "contacts", body: "Laura Díaz" }, ["Contact card", "Laura Díaz"]],
    [{ type: "interactive", body: "Yes, please" }, ["Yes, please"]],
    [{ type: "button" }, ["Reply"]],
    [{ type: "reaction", body: "👍" }, ["Reacted with", "👍"]],
    [{ type: "reaction" }, ["Reaction removed"]],
    [{ type: "order", body: "2 × bread" }, ["Order", "2 × bread"]],
    [{ type: "revoke" }, ["Deleted a message"]],
    [{ type: "something_new" }, ["A kind of message that WhatsApp does not share"]],
    [
      { type: "unknown", outbound: "delivered" },
      ["The text of this message has not reached us.", "Delivered"],
    ],
    [{ type: "text", body: "hi", outbound: "read" }, ["Read", "19:00"]],
    [
      { type: "text", body: "hi", outbound: "failed", error: { title: "Expired" } },
      ["Not delivered", "Expired"],
    ],
    [{ type: "text", body: "hi", outbound: "failed", error: { title: 7 } }, ["Not delivered"]],
  ] as [Said, string[]][])("renders %j", async (said, words) => {
    const id = await conversation(luz.id);
    await say(luz.id, id, said);
    const html = await page(`/conversations/${id}`, ana);
    for (const word of words) expect(html).toContain(word);
    await page("/conversations", ana);
  });

  test("begins with the newest 50 and leads to those before", async () => {
    const id = await conversation(luz.id);
    for (let i = 0; i < 60; i += 1) {
      await say(luz.id, id, { body: `n${i}.`, at: `2026-11-22T18:${String(i).padStart(2, "0")}:00Z` });
    }
    const bodies = (html: string) => [...html.matchAll(/>(n\d+\.)</g)].map(([, body]) => body);
    const newest = await page(`/conversations/${id}`, ana);
    expect(bodies(newest)).toEqual(Array.from({ length: 50 }, (_, i) => `n${i + 10}.`));
    const older = /href="([^"]*\?before=[^"]*)"/.exec(newest)?.[1] ?? "";
    expect(bodies(await page(older, ana))).toEqual(Array.from({ length: 10 }, (_, i) => `n${i}.`));
  });

  test("says that replies are off while nothing may be sent, and stays readable", async () => {
    const id = await conversation(luz.id);
    const words = "Replies are off: WhatsApp is not connected.";
    expect(await page(`/conversations/${id}`, ana)).toContain(words);
    await stage.database.sql(
      `insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id, access_token_enc)
       values ($1, 'whatsapp', 'active', '1', '2', 'v1.sealed')`,
      [luz.id],
    );
    expect(await page(`/conversations/${id}`, ana)).not.toContain(words);
  });

  test.each(["0", "-1", "abc", "1e3", "99999999999999999999", "1%00"])(
    "there is none called %s",
    async (id) => {
      expect((await ask(get(`/conversations/${id}`, ana))).status).toBe(404);
    },
  );
});

describe("another workspace", () => {
  test("is nowhere in the list, and its thread does not exist", async () => {
    const id = await conversation(norte.id, { name: "CANARY-NAME", waId: "5200000CANARY" });
    await say(norte.id, id, { body: "CANARY-BODY" });
    expect(await page("/conversations", ana)).not.toContain("CANARY");
    for (const path of [
      `/conversations/${id}`,
      `/conversations/${id}?before=2027-01-01T00:00:00.000000Z_1`,
    ]) {
      const answer = await ask(get(path, ana));
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain("CANARY");
    }
    expect(await page(`/conversations/${id}`, eva)).toContain("CANARY-BODY");
  });
});
