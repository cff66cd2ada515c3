/** Reading the inbox: what is unread, finding somebody, and following what messages say of each other. */
import { expect, type Page } from "@playwright/test";
import { beSignedIn, often, origin, rows, startAfresh, test } from "./journey.ts";

test.beforeEach(startAfresh);

const quoted = "wamid.e2e.quoted";

/** Sixty people, of whom the last has much to say. Returns the id of that conversation. */
async function manyWrote(): Promise<string> {
  await rows(`insert into channel_connections (tenant_id, provider, status)
    select tenant_id, 'meta_whatsapp', 'pending' from memberships m join users u on u.id = m.user_id where u.email = 'ana@luz.example'`);
  await rows(`insert into contacts (tenant_id, provider, wa_id, profile_name)
    select tenant_id, 'meta_whatsapp', (525500000000 + n)::text, case when n = 60 then 'María Ñandú' else 'Persona ' || n || '.' end
      from channel_connections, generate_series(1, 60) n order by n`);
  await rows(`insert into conversations (tenant_id, connection_id, contact_id, last_message_at, last_inbound_at)
    select p.tenant_id, c.id, p.id, x.at, x.at from contacts p cross join channel_connections c
     cross join lateral (select timestamptz '2026-11-20 10:00Z' + make_interval(mins => (p.wa_id::bigint - 525500000000)::int) as at) x`);
  const [maria] = await rows<{ id: string }>(
    "select v.id from conversations v join contacts p on p.id = v.contact_id where p.wa_id = '525500000060'",
  );
  await rows(
    `insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content, occurred_at)
     select tenant_id, id, case n when 0 then $2 else 'wamid.e2e.' || n end, 'inbound', 'text', 'received', 'Mensaje ' || n || '.',
            case n when 69 then jsonb_build_object('context', jsonb_build_object('id', $2::text)) else '{"text":{}}' end,
            last_message_at - make_interval(mins => 69 - n)
       from conversations, generate_series(0, 69) n where id = $1`,
    [maria?.id, quoted],
  );
  return maria?.id ?? "";
}

const line = (page: Page, name: RegExp | string) => page.getByRole("listitem").filter({ hasText: name });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("somebody finds a conversation by a name typed plainly, reads it, and follows a quote to its message", async ({
      page,
    }) => {
      await manyWrote();
      await beSignedIn(page, "ana@luz.example");
      await page.goto(`${origin()}/conversations`);
      await expect(line(page, "María Ñandú")).toContainText("70 unread");

      await page.getByRole("searchbox", { name: "Search by name or number" }).fill("maria nandu");
      await page.getByRole("button", { name: "Search" }).click();
      await expect(page).toHaveURL(/\/conversations\?q=maria\+nandu$/);
      await expect(page.getByRole("searchbox")).toHaveValue("maria nandu");
      await expect(page.getByRole("list", { name: /match “maria nandu”/ }).getByRole("listitem")).toHaveCount(
        1,
      );
      await page.getByRole("link", { name: "María Ñandú" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "María Ñandú" })).toBeVisible();
      await expect(page).toHaveTitle("María Ñandú · Curbe");
      await expect(page.getByText("Mensaje 69.")).toBeVisible();

      await page.getByRole("link", { name: /In reply to the customer: ?Mensaje 0\./ }).click();
      await expect(page).toHaveURL(/\?before=.*#m\d+$/);
      await expect(page.locator("li:target")).toContainText("Mensaje 0.");
      await expect(page.getByText("Mensaje 69.")).toHaveCount(0);

      await page.getByRole("link", { name: "All conversations" }).click();
      await expect(line(page, "María Ñandú")).not.toContainText("unread");
    });

    test("somebody finds a number, goes on to older ones, and is told when there is none", async ({
      page,
    }) => {
      await manyWrote();
      await beSignedIn(page, "leo@luz.example");
      await page.goto(`${origin()}/conversations`);
      await page.getByRole("link", { name: "Older conversations" }).click();
      await expect(page.getByRole("link", { name: "Persona 1." })).toBeVisible();

      await page.getByRole("searchbox").fill("+52 55 0000 0017");
      await page.getByRole("searchbox").press("Enter");
      await expect(page.getByRole("link", { name: "Persona 17." })).toBeVisible();
      await expect(page.getByText("+52 55 0000 0017", { exact: true })).toBeVisible();

      await page.getByRole("searchbox").fill("nobody at all");
      await page.getByRole("searchbox").press("Enter");
      await expect(page.getByText("No conversation matches “nobody at all”.")).toBeVisible();
      await page.getByRole("link", { name: "Show all conversations" }).last().click();
      await expect(page).toHaveURL(`${origin()}/conversations`);
      await expect(page.getByRole("searchbox")).toHaveValue("");
      await expect(line(page, "María Ñandú")).toBeVisible();
    });
  });
}

test("a message that arrives in an open thread is told, and moves neither the page nor the focus", async ({
  page,
}) => {
  await page.setViewportSize({ width: 900, height: 500 });
  const id = await manyWrote();
  await beSignedIn(page, "ana@luz.example");
  const listening = page.waitForResponse(/\/events$/);
  await page.goto(`${origin()}/conversations/${id}`);
  await listening;
  const earlier = page.getByRole("link", { name: "Earlier messages" });
  await earlier.focus();
  const place = await page.evaluate(() => window.scrollY);

  await rows(
    `with new as (insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content, occurred_at)
        select tenant_id, id, 'wamid.e2e.new', 'inbound', 'text', 'received', 'Recién llegado', '{"text":{}}', now()
          from conversations where id = $1 returning tenant_id),
      moved as (update conversations set last_message_at = now(), last_inbound_at = now() where id = $1)
     select pg_notify('live', 'conversations ' || tenant_id) from new`,
    [id],
  );
  await expect(page.getByText("Recién llegado")).toBeAttached();
  await expect(page.getByRole("status").filter({ hasText: "1 new message" })).toBeAttached();
  await expect(earlier).toBeFocused();
  expect(await page.evaluate(() => window.scrollY)).toBe(place);
  await expect(page.getByText("Recién llegado")).not.toBeInViewport();

  await page.getByRole("link", { name: "1 new message" }).click();
  await expect(page.getByText("Recién llegado")).toBeInViewport();
  await expect(page.getByRole("link", { name: "1 new message" })).toHaveCount(0);
  const read = () => rows("select 1 from conversations where id = $1 and read_up_to = last_inbound_at", [id]);
  await expect.poll(read, often).toHaveLength(1);
});

test("the list and a thread fit into 320 and into 1280 pixels", async ({ page }) => {
  const id = await manyWrote();
  const long = "Supercalifragilístico".repeat(20);
  await rows("update contacts set profile_name = $1 where wa_id = '525500000060'", [long]);
  await rows(
    "update messages set body = 'https://a.example/' || $1 where provider_message_id = 'wamid.e2e.69'",
    [long],
  );
  await beSignedIn(page, "ana@luz.example");
  for (const path of ["/conversations", "/conversations?q=super", `/conversations/${id}`]) {
    await page.goto(`${origin()}${path}`);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider, `${path} at ${width}`).toBe(0);
    }
  }
});
