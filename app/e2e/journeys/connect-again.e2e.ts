/** What ends an attempt, met on the pages themselves; and by what the page offers then, on to a number that is connected. */
import { expect, type Page } from "@playwright/test";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { english } from "../../texts/en/index.ts";
import { graphError, leo, script } from "../states/world.ts";
import { failedPlace } from "../two-webs/connect-by-http.ts";
import { approve, goToMeta, origin, rows, signIn, startAfresh, test } from "./journey.ts";

test.beforeEach(startAfresh);

/** From Meta's last page; each ends on the page that says why. */
const ends: Partial<Record<ReasonCode, (page: Page) => Promise<unknown>>> = {
  async state_expired(page) {
    await rows("update oauth_states set expires_at = now() - interval '1 second'");
    await approve(page);
  },
  async state_used(page) {
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByText(english.channels.meta_whatsapp.reasons.cancelled.title)).toBeVisible();
    // Back to Meta, and now they want to.
    await page.goBack();
    await approve(page);
  },
  async code_rejected(page) {
    await script("exchange", graphError(100, { subcode: 36009 }), 1);
    await approve(page);
  },
  async account_restricted(page) {
    await script("debug_token", graphError(368), 1);
    await approve(page);
  },
};

for (const [reason, end] of Object.entries(ends)) {
  test(`an attempt that ends as ${reason.replaceAll("_", " ")} says so, and the next one connects`, async ({
    page,
  }) => {
    await signIn(page, leo);
    await setOut(page, "Ana Luz");
    await end(page);
    await saysWhy(page, reason as ReasonCode);
    await setOut(page, "Ana Luz");
    await approve(page);
    await isConnected(page, "+52 55 1234 5678");
  });
}

test.describe("without JavaScript", () => {
  // With it the page hears that its hour is over, and says so before anybody has pressed anything.
  test.use({ javaScriptEnabled: false });

  test("a list of numbers that was left for too long says so, and the next one connects", async ({
    page,
  }) => {
    await signIn(page, leo);
    await goToTheList(page);
    await page.getByRole("radio", { name: /55 2222 1003/ }).check();
    await rows("update channel_connections set choice_expires_at = now() - interval '1 minute'");
    await page.getByRole("button", { name: "Connect this number" }).click();
    await saysWhy(page, "choice_expired");
    await goToTheList(page);
    await page.getByRole("radio", { name: /55 2222 1003/ }).check();
    await page.getByRole("button", { name: "Connect this number" }).click();
    await isConnected(page, "+52 55 2222 1003");
  });
});

/** By the button that the card has then: the only one there is. */
async function setOut(page: Page, person: string): Promise<void> {
  await goToMeta(page, person, "Connect WhatsApp");
}

async function goToTheList(page: Page): Promise<void> {
  await setOut(page, "Carla Cadenas");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await approve(page);
  await expect(page.getByRole("heading", { level: 1, name: "Choose a number" })).toBeVisible();
}

async function saysWhy(page: Page, reason: ReasonCode): Promise<void> {
  await expect(page).toHaveURL(origin() + failedPlace(reason));
  const { title, text } = english.channels.meta_whatsapp.reasons[reason];
  for (const words of [title, text]) await expect(page.getByRole("alert")).toContainText(words);
  expect(await rows("select from channel_connections where status = 'active'")).toEqual([]);
}

async function isConnected(page: Page, number: string): Promise<void> {
  await expect(page).toHaveURL(/whatsapp=connected/);
  await expect(page.getByText(number).first()).toBeVisible();
  // What was said of the attempt before is over.
  await expect(page.getByRole("alert")).toHaveCount(0);
}
