/** From the button to the first message and the number's own page: what appears by itself, and what a person asks for. */
import { expect, type Page } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { connect, leo, numberPath } from "../states/world.ts";
import {
  approve,
  control,
  goToMeta,
  often,
  origin,
  rows,
  signIn,
  startAfresh,
  test,
  untilDeliveriesAreOn,
} from "./journey.ts";

test.beforeEach(startAfresh);

/** By the pages, up to the card that waits for a message. */
async function connectByPages(page: Page): Promise<void> {
  await signIn(page, leo);
  await goToMeta(page, "Ana Luz");
  await approve(page);
  await untilDeliveriesAreOn(NUMBER_IDS.luz);
}

const firstMessage = () =>
  control("/messages", {
    phoneNumberId: NUMBER_IDS.luz,
    text: "¿Tienen conchas?",
    sender: { phone: "525587654321", name: "Marta Ríos" },
  });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the card waits for a message and says by itself that it has come", async ({ page }) => {
      await connectByPages(page);
      await expect(page.getByRole("link", { name: "Open WhatsApp" })).toHaveAttribute(
        "href",
        "https://wa.me/525512345678",
        { timeout: 20_000 },
      );
      await expect(page.getByRole("img", { name: /^QR code that opens WhatsApp/ })).toBeVisible();
      await firstMessage();
      await expect(
        page.getByText("The first message arrived: the number is connected and working."),
      ).toBeVisible({
        timeout: 20_000,
      });
      await page.getByRole("link", { name: "Open the conversation" }).click();
      await expect(page.getByText("¿Tienen conchas?")).toBeVisible();
    });

    test("whoever does not want to wait skips the test, and still sees what arrives", async ({ page }) => {
      await connectByPages(page);
      await page.getByRole("button", { name: "Skip the test" }).click({ timeout: 20_000 });
      await expect(page).toHaveURL(/\/numbers\/[\w-]+$/);
      await expect(page.getByText("Connected. No message has arrived yet.")).toBeVisible();
      await firstMessage();
      await expect.poll(() => rows("select count(*)::int as n from messages"), often).toEqual([{ n: 1 }]);
      if (!javaScriptEnabled) await page.reload();
      await expect(page.getByText("Connected and working. New messages arrive here.")).toBeVisible();
    });

    test("a check is asked for, under way and done, and may be asked for again after a while", async ({
      page,
    }) => {
      const id = await connect(page, leo);
      await page.goto(origin() + numberPath(id));
      await expect(page.getByText("Not checked yet")).toBeVisible();
      await page.getByRole("button", { name: "Check now" }).click();
      await expect(page.getByText("Meta answered, and our access works.")).toBeVisible({ timeout: 20_000 });
      await expect(
        page.getByText("As expected: Meta sends this number’s messages to that address."),
      ).toBeVisible();
      await expect(page.getByText("Up to 250 conversations a day")).toBeVisible();
      await page.getByRole("button", { name: "Check now" }).click();
      await expect(page.getByText("This number was checked a moment ago.")).toBeVisible();
      await expect(page.getByText("A check was asked for")).toBeVisible();
    });
  });
}

test("a number that lost its access says so on its page, and reconnected waits for a message that came after it", async ({
  page,
}) => {
  const id = await connect(page, leo);
  await firstMessage();
  await expect.poll(() => rows("select count(*)::int as n from messages"), often).toEqual([{ n: 1 }]);
  await page.goto(origin() + numberPath(id));
  await control("/tokens/revoke", { businessId: BUSINESS_IDS.luz });
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("Meta no longer accepts our access.")).toBeVisible({ timeout: 20_000 });
  await rows("update connection_health set check_requested_at = null");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("main").getByText("Needs attention")).toBeVisible({ timeout: 20_000 });
  await goToMeta(page, "Ana Luz", "Reconnect");
  await approve(page);
  await expect(page.getByRole("link", { name: "Open WhatsApp" })).toBeVisible({ timeout: 20_000 });
  const arrived = page.getByText("The first message arrived: the number is connected and working.");
  await expect(arrived).toBeHidden();
  await firstMessage();
  await expect(arrived).toBeVisible({ timeout: 20_000 });
});
