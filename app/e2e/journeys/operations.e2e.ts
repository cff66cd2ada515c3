/** Platform staff on their pages: from a number nobody holds to its stored messages, and no trace of it for anybody else. */
import { expect, type Page } from "@playwright/test";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { control, often, origin, rows, signIn, startAfresh, test } from "./journey.ts";

const nobodys = "399000000000000999";

test.beforeEach(async () => {
  await startAfresh();
  await rows("delete from operator_events");
  for (const text of ["CANARY one", "CANARY two"]) {
    await control("/messages", {
      phoneNumberId: nobodys,
      wabaId: "1",
      displayPhoneNumber: "1555",
      force: true,
      text,
    });
  }
  await expect
    .poll(() => rows("select count(*)::int as n from delivery_quarantine where replayed_at is null"), often)
    .toEqual([{ n: 2 }]);
});

/** As if Panadería Luz had connected it a day ago. */
async function letLuzHoldIt() {
  await rows(
    `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
                values ($1, 'meta_whatsapp', 'active', '1', $2) returning id, tenant_id)
     insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
     select 'meta_whatsapp', $2, tenant_id, id, now() - interval '1 day' from c`,
    [demoWorkspaces.luz.id, nobodys],
  );
}

const heading = (page: Page, name: string | RegExp) =>
  expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
const messages = () => rows<{ n: number }>("select count(*)::int as n from messages");

async function findAndReplay(page: Page) {
  await signIn(page, "ops@curbe.example");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Operations" }).click();
  await heading(page, "Operations");
  await page.getByRole("link", { name: "Numbers", exact: true }).click();
  await heading(page, "Numbers nobody holds");
  await page.getByRole("link", { name: nobodys }).click();
  await heading(page, "Quarantine");
  await expect(page.getByRole("row")).toHaveCount(3);

  await letLuzHoldIt();
  await page.getByRole("checkbox").last().check();
  await page.getByRole("button", { name: "Replay selected" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Opened again" })).toBeVisible();
  await expect.poll(messages, often).toEqual([{ n: 1 }]);

  await page.getByRole("link", { name: "Replay all of this filter" }).click();
  await heading(page, "Replay all of this filter");
  await page.getByRole("button", { name: "Replay them" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Opened again" })).toBeVisible();
  await expect.poll(messages, often).toEqual([{ n: 2 }]);

  await page.getByRole("link", { name: "Deliveries", exact: true }).click();
  await heading(page, "Deliveries");
  await page.getByLabel("Outcome").selectOption("processed");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/outcome=processed/);
  await expect(page.getByLabel("Outcome")).toHaveValue("processed");
  const [delivery] = await rows<{ id: string }>("select max(id)::text as id from webhook_deliveries");
  await page.getByRole("link", { name: delivery?.id ?? "", exact: true }).click();
  await heading(page, `Delivery ${delivery?.id}`);
  expect(await page.content()).not.toContain("CANARY");
  await page.getByRole("button", { name: "Show body" }).click();
  await expect(page.getByText(/CANARY (one|two)/)).toBeVisible();
  expect(page.url()).toBe(`${origin()}/operations/deliveries/${delivery?.id}`);

  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByText(`Looked at the body of delivery ${delivery?.id}`)).toBeVisible();
  await expect(page.getByText("Opened quarantined items again")).toHaveCount(2);
  await expect(page.getByRole("main")).not.toContainText("CANARY");
  await page.reload();
  expect(await page.content()).not.toContain("CANARY");
}

test("staff find a number nobody holds, have its messages stored, and look at a body on purpose", async ({
  page,
}) => findAndReplay(page));

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("the same", async ({ page }) => findAndReplay(page));
});

test("for everybody else there is no such page", async ({ page }) => {
  await signIn(page, "ana@luz.example");
  await expect(page.getByRole("link", { name: "Operations" })).toHaveCount(0);
  for (const path of ["/operations", "/operations/deliveries", "/operations/jobs"]) {
    const answer = await page.goto(`${origin()}${path}`);
    expect(answer?.status()).toBe(404);
    await heading(page, "There is no such page");
  }
});
