/**
 * U3: everything that can be done is done without JavaScript. Connecting, cancelling, picking a number, a first message
 * and disconnecting stand in connect.e2e.ts, what staff do in operations.e2e.ts; here is the rest.
 */
import { expect } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../scripts/meta-sandbox/world.ts";
import { approve, control, goToMeta, origin, signIn, startAfresh, test } from "./journey.ts";
import {
  ana,
  checkTwice,
  connect,
  integrations,
  leo,
  marta,
  numberPath,
  work,
  write,
} from "./states-world.ts";

test.use({ javaScriptEnabled: false });
test.beforeEach(startAfresh);

let flows = 0;
test.afterEach(() => {
  if (test.info().status === "passed") flows++;
});
test.afterAll(() => console.log(`U3 ${flows} more flows complete without JavaScript`));

test("U3: the test step shows its message by itself", async ({ page }) => {
  await connect(page, leo);
  await page.goto(`${origin()}${integrations}?whatsapp=connected`);
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  await control("/messages", { phoneNumberId: NUMBER_IDS.luz, text: "Hola", sender: marta });
  // The page loads itself anew every five seconds.
  await expect(page.getByText("connected and working").first()).toBeVisible({ timeout: 15_000 });
  await page.getByRole("link", { name: "Open the conversation" }).click();
  await expect(page.getByText("Hola")).toBeVisible();
});

test("U3: the test step is skipped", async ({ page }) => {
  const id = await connect(page, leo);
  await page.goto(origin() + numberPath(id));
  await page.getByRole("button", { name: "Skip the test" }).click();
  await expect(page.getByText("Connected. No message has arrived yet.").first()).toBeVisible();
});

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
  await expect(page.getByText("WhatsApp is connected.")).toBeVisible();
  await expect(page.getByText("Meta no longer accepts our access to this number.")).toBeHidden();
});

test("U3: a number is connected by hand, after a mistake", async ({ page }) => {
  const { token } = await control<{ token: string }>("/tokens", { businessId: BUSINESS_IDS.luz });
  await signIn(page, ana);
  await page.getByRole("link", { name: "Manual Connect (Admin only)" }).click();
  await page.getByLabel("WhatsApp Business Account ID").fill(WABA_IDS.luz);
  await page.getByLabel("Phone number ID").fill(NUMBER_IDS.luz);
  await page.getByRole("button", { name: "Connect number" }).click();
  await expect(page.getByRole("alert")).toContainText("Enter the access token.");
  await expect(page.getByLabel("Phone number ID")).toHaveValue(NUMBER_IDS.luz);
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Connect number" }).click();
  await expect(page.getByText("WhatsApp is connected.")).toBeVisible();
});

test("U3: the log of changes is filtered and taken along, conversations are searched", async ({ page }) => {
  await work(page, leo);
  await write([{ text: "Buenas", sender: { phone: "525561112222", name: "Íñigo Muñoz" } }]);
  await page.goto(`${origin()}${integrations}/whatsapp/activity`);
  await page.getByLabel("What").selectOption("Message delivery");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByText("Meta delivers new messages here")).toBeVisible();
  await expect(page.getByText("Connected", { exact: true })).toBeHidden();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  await page.getByRole("link", { name: "Conversations" }).click();
  await page.getByLabel("Search by name or number").fill("inigo mu");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("link", { name: /Íñigo Muñoz/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /Marta Ríos/ })).toBeHidden();
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
