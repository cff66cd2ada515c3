import { beforeAll, describe, expect, test } from "vitest";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { connectWorkspace, deliver, deliverAll, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { readTrail } from "../../operations/overview.server.ts";
import { replay } from "../../operations/quarantine.server.ts";
import { english as texts } from "../../texts/en/index.ts";
import { pageTexts } from "../../texts/pages.ts";
import { pageStage } from "../testing/page-stage.ts";
import { get, post, signInAs } from "../testing/stage.ts";

const { demo, ask, sql } = pageStage(
  "messages",
  "conversations",
  "contacts",
  "number_claims",
  "channel_connections",
  "operator_events",
  "webhook_deliveries",
  "delivery_quarantine",
  "graphile_worker._private_jobs",
);
let inbox: ReturnType<typeof inboxDeps>;
beforeAll(() => {
  inbox = inboxDeps(demo.stage.database);
});

const words = pageTexts(texts).operations;
const [mine, theirs, nobodys] = ["111000111222333", "222000111222333", "999000111222333"];
const secret = "Secreto 4711";
const customer = "34600111222";

const message = (id: string, to: string, body = secret) =>
  meta.bodyOf({ contacts: meta.people, messages: [meta.textMessage(id, customer, body)] }, to);
const paths = [
  "/operations",
  "/operations/deliveries",
  "/operations/deliveries/1",
  "/operations/quarantine",
  "/operations/quarantine/1",
  "/operations/quarantine/replay",
  "/operations/numbers",
  "/operations/jobs",
];
const stored = async () =>
  (await sql<{ id: string }>("select provider_message_id as id from messages order by 1")).map(
    ({ id }) => id,
  );
/** What a job of the worker does with what is open; fails when nothing asked for one. */
async function work() {
  const jobs = await sql("select from graphile_worker.jobs where task_identifier = 'process_deliveries'");
  expect(jobs).not.toEqual([]);
  const open = await sql<{ id: string }>("select id from webhook_deliveries where processed_at is null");
  return processDeliveries(
    inbox,
    open.map(({ id }) => id),
  );
}
const trail = async () => (await readTrail({ db: demo.stage.services.operatorDb }, undefined)).items;
const send = (path: string, fields: [string, string][]) =>
  ask(
    new Request(`https://app.curbe.test${path}`, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { cookie: demo.ops },
    }),
  );

/** Two workspaces with a message each, and two messages for a number that nobody holds. */
async function arrange() {
  for (const number of [mine, theirs]) await connectWorkspace(demo.stage.database, number);
  const bodies = [message("wamid.1", mine), message("wamid.2", theirs)];
  const lost = [message("wamid.3", nobodys), message("wamid.4", nobodys)];
  for (const id of await deliverAll(demo.stage.database, [...bodies, ...lost]))
    await processDeliveries(inbox, [id]);
}

async function page(path: string): Promise<string> {
  const answer = await ask(get(path, demo.ops));
  expect(answer.status, path).toBe(200);
  return answer.text();
}

describe("who is not staff", () => {
  /** What a person can see or be read, without the scripts and their addresses. */
  const visible = async (path: string, cookie: string) => {
    const answer = await ask(get(path, cookie));
    const html = (await answer.text()).replace(
      /<script[\s\S]*?<\/script>|<link rel="modulepreload"[^>]*>/g,
      "",
    );
    return {
      status: answer.status,
      html: html.replaceAll(path, "PATH").replaceAll(encodeURIComponent(path), "PATH"),
    };
  };

  test.each(["ana@luz.example", "leo@luz.example"])(
    "%s finds no such page, and no hint of one",
    async (email) => {
      await arrange();
      const cookie = await signInAs(email);
      const nowhere = await visible("/nowhere", cookie);
      expect(nowhere.status).toBe(404);
      for (const path of paths) expect(await visible(path, cookie), path).toEqual(nowhere);
      const home = await (await ask(get("/conversations", cookie))).text();
      expect(home).not.toMatch(/\/operations|isStaff/);
      for (const path of ["/operations/deliveries/1", "/operations/quarantine/replay"]) {
        const answer = await ask(post(path, { item: "1", all: "yes" }, { cookie }));
        expect([path, answer.status]).toEqual([path, 404]);
      }
      expect(await trail()).toEqual([]);
      expect(await sql("select from webhook_deliveries where reopened_at is not null")).toEqual([]);
    },
  );

  test.each(paths)("is led to the sign-in when nobody is signed in: %s", async (path) => {
    const answer = await ask(get(path));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, expect.stringMatching(/^\/login/)]);
  });

  test("and who is no longer", async () => {
    await sql("delete from platform_staff");
    expect((await ask(get("/operations", demo.ops))).status).toBe(404);
    await sql("insert into platform_staff select id from users where email = 'ops@curbe.example'");
    expect(await page("/operations")).toContain(`href="/operations"`);
  });
});

describe("staff", () => {
  test("see the deliveries of all workspaces, with what became of them and nothing of what they say", async () => {
    await arrange();
    const list = await page("/operations/deliveries");
    for (const id of [1, 2, 3, 4]) expect(list).toContain(`href="/operations/deliveries/${id}"`);
    for (const request of ["request-1", "request-2"]) expect(list).toContain(request);
    const rare = await page("/operations/deliveries?outcome=quarantined&provider=whatsapp");
    expect(rare).not.toContain('href="/operations/deliveries/2"');
    expect(rare).toContain('href="/operations/deliveries/3"');
    expect(await page("/operations/deliveries?outcome=open")).toContain(words.deliveries.empty);
    const before = await page("/operations/deliveries?before=2");
    expect(before).toContain('href="/operations/deliveries/1"');
    expect(before).not.toContain('href="/operations/deliveries/2"');
    expect(await page("/operations/deliveries/3")).toContain('href="/operations/quarantine/1"');
    for (const path of [...paths, "/operations/quarantine?reason=unknown_number"]) {
      const html = await page(path);
      expect(html, path).not.toMatch(new RegExp(`${secret}|${customer}|sealed|password_hash|wamid`));
      expect(html.match(/<h1/g), path).toHaveLength(1);
      expect(html, path).not.toMatch(/<[^>]+\sstyle=/);
    }
  });

  test.each(["/operations/deliveries/9", "/operations/deliveries/x", "/operations/quarantine/9"])(
    "find nothing at %s",
    async (path) => expect((await ask(get(path, demo.ops))).status).toBe(404),
  );

  test("see a body only when they ask for it, and it is written down", async () => {
    await arrange();
    const path = "/operations/deliveries/2";
    for (const html of [await page(path), await page(`${path}?body=1`)]) expect(html).not.toContain(secret);
    expect(await trail()).toEqual([]);
    const answer = await send(path, []);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(await answer.text()).toContain(secret);
    expect(await trail()).toMatchObject([
      { action: "body_shown", subject: { deliveryId: "2" }, email: "ops@curbe.example" },
    ]);
    expect(await page(path)).not.toContain(secret);
    expect(await page("/operations")).toMatch(/Looked at the body of delivery.*ops@curbe\.example/s);
  });

  test("see a body as text, whatever is in it, and no more than 200 kB of it", async () => {
    const id = await deliver(
      demo.stage.database,
      Buffer.from(`<script>alert(1)</script>${"é".repeat(150_000)}END`),
    );
    const html = await (await send(`/operations/deliveries/${id}`, [])).text();
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;é");
    expect(html).not.toMatch(/<script>alert|END/);
    expect(html).toContain(words.delivery.cut("204,800", "300,028"));
  });

  test("see the numbers that nobody holds, until somebody does", async () => {
    await arrange();
    const listed = await page("/operations/numbers");
    expect(listed).toContain(`/operations/quarantine?reason=unknown_number&amp;number=${nobodys}`);
    expect(listed).not.toContain(mine);
    await connectWorkspace(demo.stage.database, nobodys);
    expect(await page("/operations/numbers")).toContain(words.numbers.empty);
    expect(await page("/operations/quarantine/1")).toContain(`Workspace of ${nobodys}`);
  });

  test("see how much there is at a glance, and the jobs", async () => {
    await arrange();
    await deliver(
      demo.stage.database,
      message("wamid.5", mine),
      new Date(Date.now() - 3_600_000).toISOString(),
    );
    await sql("select graphile_worker.add_job('alpha', '{\"canary\": \"CANARY\"}')");
    const html = await page("/operations");
    expect(html).toMatch(/Open deliveries<\/dt><dd[^>]*><a[^>]*><span[^>]*>1</);
    expect(html).toMatch(/Numbers nobody holds<\/dt><dd[^>]*><a[^>]*><span[^>]*>1</);
    expect(html).toMatch(/Unknown number<\/a><\/th><td[^>]*>2</);
    expect(html).toMatch(/Oldest has waited<\/dt><dd[^>]*><span[^>]*>1 hr</);
    const jobs = await page("/operations/jobs");
    expect(jobs).toContain("alpha");
    expect(jobs).not.toContain("CANARY");
  });
});

describe("a replay", () => {
  const whole = () => sql("select from delivery_quarantine where replayed_at is null");

  test("of one item stores its message once its number is held", async () => {
    await arrange();
    await connectWorkspace(demo.stage.database, nobodys);
    const answer = await send("/operations/quarantine/replay", [
      ["item", "1"],
      ["from", "item"],
    ]);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/operations/quarantine/1"]);
    expect(await page("/operations/quarantine/1")).toContain(texts.notices.replay_begun);
    await work();
    expect(await stored()).toEqual(["wamid.1", "wamid.2", "wamid.3"]);
    expect(await whole()).toHaveLength(1);
    expect(await trail()).toMatchObject([
      { action: "replay", subject: { ids: ["1"] }, result: { items: 1, deliveries: 1 } },
    ]);
  });

  test("of those selected, and of none", async () => {
    await arrange();
    await connectWorkspace(demo.stage.database, nobodys);
    const none = await send("/operations/quarantine/replay", [["reason", "unknown_number"]]);
    expect(none.headers.get("location")).toBe("/operations/quarantine?reason=unknown_number");
    expect(await trail()).toEqual([]);
    await send("/operations/quarantine/replay", [
      ["item", "1"],
      ["item", "2"],
      ["item", "2"],
      ["item", "x"],
    ]);
    await work();
    expect(await stored()).toHaveLength(4);
    expect(await whole()).toEqual([]);
    const again = await send("/operations/quarantine/replay", [["item", "1"]]);
    expect(again.status).toBe(303);
    expect(await page("/operations/quarantine")).toContain(texts.notices.nothing_to_replay);
  });

  test("of a whole filter is asked about first, and leaves the rest alone", async () => {
    await arrange();
    await connectWorkspace(demo.stage.database, nobodys);
    const unreadable = await deliver(
      demo.stage.database,
      meta.bodyOf({ messages: [meta.textMessage("")] }, mine),
    );
    await processDeliveries(inbox, [unreadable]);
    const query = `?reason=unknown_number&number=${nobodys}`;
    expect(await page(`/operations/quarantine${query}`)).toContain(
      `href="/operations/quarantine/replay?reason=unknown_number&amp;number=${nobodys}"`,
    );
    expect(await page(`/operations/quarantine/replay${query}`)).toMatch(/Items<\/dt><dd[^>]*><span[^>]*>2</);
    expect(await sql("select from webhook_deliveries where processed_at is null")).toEqual([]);
    await send("/operations/quarantine/replay", [
      ["all", "yes"],
      ["reason", "unknown_number"],
      ["number", nobodys ?? ""],
    ]);
    await work();
    expect(await stored()).toHaveLength(4);
    expect(await sql("select reason from delivery_quarantine where replayed_at is null")).toEqual([
      { reason: "unreadable" },
    ]);
  });

  test("of more than one request takes says where to go on", async () => {
    await arrange();
    const actor = {
      userId: (await sql<{ user_id: string }>("select user_id from platform_staff"))[0]?.user_id ?? "",
      requestId: "r",
    };
    const deps = { db: demo.stage.services.operatorDb };
    const part = await replay(deps, actor, {}, { most: 1, parts: 1 });
    expect(part).toEqual({ items: 1, deliveries: 1, goOnAfter: "1" });
    expect(await replay(deps, actor, { after: "1" }, { most: 1, parts: 5 })).toEqual({
      items: 1,
      deliveries: 1,
      goOnAfter: null,
    });
    expect((await trail()).map(({ result }) => result.items)).toEqual([1, 1]);
    expect(await page("/operations/quarantine/replay?after=1")).toMatch(/name="after" value="1"/);
  });
});
