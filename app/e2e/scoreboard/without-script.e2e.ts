/**
 * U3: everything that can be done is done without JavaScript. Connecting, cancelling, picking a number, a first message and
 * disconnecting stand in connect.e2e.ts, the test step and its skipping in number-page.e2e.ts, connecting by hand and the log
 * of changes in forms.e2e.ts, searching in conversations.e2e.ts, what staff do in operations.e2e.ts; here is the rest.
 */
import { expect } from "@playwright/test";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { approve, control, goToMeta, origin, signIn, startAfresh, test } from "../journeys/journey.ts";
import { checkTwice, integrations, leo, numberPath, work } from "../states/world.ts";

test.use({ javaScriptEnabled: false });
test.beforeEach(startAfresh);

let flows = 0;
test.afterEach(() => {
  if (test.info().status === "passed") flows++;
});
test.afterAll(() => console.log(`U3 ${flows} more flows complete without JavaScript`));

test("U3: a number is checked, and connected again after Meta's access was lost", async ({ page }) => {
  const id = await work(page, leo);
  await page.goto(origin() + numberPath(id));
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("Meta answered, and our access works.")).toBeVisible({ timeout: 15_000 });
  await control("/tokens/revoke", { businessId: BUSINESS_IDS.luz });
  await checkTwice(id);
  await page.goto(`${origin()}/conversations`);
  await expect(page.getByText("Meta no longer accepts our access to this number.")).toBeVisible();
  await page.getByRole("button", { name: "Hide for 24 hours" }).click();
  await expect(page.getByText("Meta no longer accepts our access to this number.")).toBeHidden();
  await page.goto(origin() + integrations);
  await goToMeta(page, "Ana Luz", "Reconnect");
  await approve(page);
  // Without a script the page asks again every five seconds until the number is ready.
  await expect(page.getByText("WhatsApp is connected.")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Meta no longer accepts our access to this number.")).toBeHidden();
});

test("U3: another language, another appearance, and out", async ({ page }) => {
  await signIn(page, leo);
  await page.getByRole("button", { name: "Español" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integraciones" })).toBeVisible();
  await page.getByRole("button", { name: "Oscuro" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await page.goto(origin() + integrations);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});
