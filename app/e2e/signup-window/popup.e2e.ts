/** Connecting in a window of Meta's: how it ends well, how it ends otherwise, and what is seen meanwhile. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { exchanges } from "../product/control.ts";
import {
  approve,
  approveAndLeave,
  connected,
  failures,
  openWindow,
  pass,
  requestsOf,
  signIn,
  signInAtMeta,
  switches,
  test,
  theDocumentWayWorks,
  untilScriptIsThere,
} from "../product/popup.ts";
import type { Product } from "../product/start.ts";

const atMeta = "Finish in the Meta window. You can come back to this page.";

const connections = ({ sql }: Product) =>
  sql<{ status: string; number: string }>(
    "select status, phone_number_id as number from channel_connections order by created_at",
  );

for (const popupOrder of ["message_first", "callback_first"]) {
  test(`a number is connected by a window, ${popupOrder.replace("_", " ")}, and no address ever holds the code`, async ({
    page,
    product,
  }) => {
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await switches(product, { popupOrder });
    await signIn(page, product, "leo@luz.example");
    const asked = requestsOf(page.context(), product);
    const window = await openWindow(page);
    await expect(page.getByRole("status").filter({ hasText: atMeta })).toBeVisible();
    await expect(page.getByRole("button", { name: "Connecting…" })).toBeFocused();
    const closed = window.waitForEvent("close");
    await signInAtMeta(window, "Ana Luz");
    await approve(window);
    await closed;

    await connected(page);
    await expect(page.getByText("+52 55 1234 5678").first()).toBeVisible();
    expect(await exchanges(product)).toBe(1);
    expect(await connections(product)).toEqual([{ status: "active", number: NUMBER_IDS.luz }]);
    const [callback, ...more] = asked.callbacks();
    expect(more).toEqual([]);
    expect(callback).toMatchObject({ method: "POST", fields: { phone_number_id: NUMBER_IDS.luz } });
    expect(Object.keys(callback?.fields ?? {}).sort()).toEqual(["code", "phone_number_id", "state"]);
    const { code = "", state = "" } = callback?.fields ?? {};
    expect(code).toMatch(/^AQ/);
    for (const { url } of asked.all) {
      expect(url).not.toContain(code);
      expect(url).not.toContain(state);
    }
    expect(complaints).toEqual([]);
    // Back leads to the page that was left, and asks nothing again.
    await page.goBack();
    await expect(page).toHaveURL(/\/settings\/integrations$/);
    expect(asked.callbacks()).toHaveLength(1);
  });
}

test("of several numbers the one picked in the window is connected, and without its word there is a list", async ({
  page,
  product,
}) => {
  await signIn(page, product, "leo@luz.example");
  const pickThird = async (window: Page) => {
    await signInAtMeta(window, "Carla Cadenas");
    await window.getByRole("button", { name: "Continue" }).click();
    await expect(window.getByText("2222 1003")).toBeVisible();
    for (const other of [/2222 1001/, /2222 1002/]) {
      await window.getByRole("checkbox", { name: other }).uncheck();
    }
    await window.getByRole("button", { name: "Continue" }).click();
    await approve(window);
  };
  await switches(product, { popupAnswer: "code_without_finish" });
  await pickThird(await openWindow(page));
  await expect(page.getByRole("heading", { level: 1, name: "Choose a number" })).toBeVisible();

  await switches(product, { popupAnswer: "normal" });
  await page.goto(`${product.origin}/settings/integrations`);
  await pickThird(await openWindow(page));
  await connected(page);
  await expect(page.getByText("+52 55 2222 1003").first()).toBeVisible();
  expect(await connections(product)).toMatchObject([{ number: NUMBER_IDS.cadenasCentro3 }]);
});

test("for a number that stays in the WhatsApp Business app the window is asked for that, and ends with its account alone", async ({
  page,
  product,
}) => {
  await switches(product, { coexistenceMessage: "waba_only" });
  await signIn(page, product, "leo@luz.example");
  await page.getByRole("checkbox", { name: "I use the WhatsApp Business app" }).check();
  const opened = page.context().waitForEvent("request", (one) => one.url().includes("/dialog/embedded"));
  const window = await openWindow(page);
  const extras = new URL((await opened).url()).searchParams.get("extras") ?? "";
  expect(JSON.parse(extras)).toMatchObject({ featureType: "whatsapp_business_app_onboarding" });
  await signInAtMeta(window, "Carla Cadenas");
  await window.getByRole("button", { name: "Continue" }).click();
  for (const other of [/2222 1001/, /2222 1002/]) {
    await window.getByRole("checkbox", { name: other }).uncheck();
  }
  await window.getByRole("button", { name: "Continue" }).click();
  await approveAndLeave(window);
  await expect(page.getByRole("heading", { level: 1, name: "Choose a number" })).toBeVisible();
  expect(await product.sql("select metadata ->> 'number' as number from oauth_states")).toEqual([
    { number: "on_phone" },
  ]);
});

test("cancelled in the window, the page says so and is ready for another try", async ({ page, product }) => {
  await signIn(page, product, "max@norte.example");
  const window = await openWindow(page);
  await window.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Connection cancelled or failed. Try again.")).toBeVisible();
  expect(await failures(product)).toEqual([{ reason: "cancelled" }]);
  expect(await exchanges(product)).toBe(0);

  const again = await openWindow(page);
  await signInAtMeta(again, "Eva Norte");
  await approve(again);
  await expect(page.getByText("+54 9 11 2345 6789").first()).toBeVisible();
});

test("a window that the person closes, or that ends in an error of Meta's, was cancelled", async ({
  page,
  product,
}) => {
  await signIn(page, product, "max@norte.example");
  const window = await openWindow(page);
  // Sooner nobody can, and the page would take it for a window that did not open.
  await pass(page, 1_000);
  await window.close();
  await expect(page).toHaveURL(/whatsapp=error&reason=cancelled$/);
  await switches(product, { signupError: "error" });
  const second = await openWindow(page);
  await signInAtMeta(second, "Eva Norte");
  await approve(second);
  await expect.poll(async () => (await failures(product)).length).toBe(2);
  await expect(page.getByText("Connection cancelled or failed. Try again.")).toBeVisible();
});

test("finished without a code was cancelled; an access token in its place is never sent anywhere", async ({
  page,
  product,
}) => {
  await signIn(page, product, "leo@luz.example");
  await switches(product, { popupAnswer: "finish_without_code" });
  const first = await openWindow(page);
  await signInAtMeta(first, "Ana Luz");
  await approve(first);
  await expect(page).toHaveURL(/reason=cancelled$/);

  await switches(product, { popupAnswer: "access_token_instead_of_code" });
  const asked = requestsOf(page.context(), product);
  const second = await openWindow(page);
  await signInAtMeta(second, "Ana Luz");
  await approve(second);
  await expect(
    page.getByRole("status").filter({ hasText: "without the confirmation we need" }),
  ).toBeVisible();
  expect(JSON.stringify(asked.all)).not.toContain("EAA");
  expect(asked.callbacks()).toEqual([]);
  await theDocumentWayWorks(page);
});

for (const width of byTier([320], [320, 1280])) {
  test(`waiting is calm and readable at ${width} px: nothing moves up, nothing is lost, axe finds nothing`, async ({
    page,
    product,
  }) => {
    await switches(product, { popupAnswer: "no_answer" });
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: width === 320 ? "dark" : "light" });
    await signIn(page, product, "leo@luz.example");
    await untilScriptIsThere(page);
    const button = page.getByRole("button", { name: /^(Connect WhatsApp|Continue at Meta)$/ });
    const before = await placeOf(button);
    const window = await openWindow(page);
    const waiting = page.getByRole("button", { name: "Connecting…" });
    await theStateIsReadable(page);
    expect(await placeOf(waiting)).toEqual(before);
    await expect(waiting).toHaveAttribute("aria-disabled", "true");
    await page.screenshot({ path: `test-results/popup-waiting-${width}.png`, fullPage: true });

    await signInAtMeta(window, "Ana Luz");
    await approveAndLeave(window);
    await pass(page, 5_000);
    await expect(page.getByText("We have not heard from the Meta window.")).toBeVisible();
    await expect(button).toBeFocused();
    await theStateIsReadable(page);
    await page.screenshot({ path: `test-results/popup-no-answer-${width}.png`, fullPage: true });
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Continue on this page instead" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("radio", { name: "Ana Luz" })).toBeVisible();
  });
}

/** In the document, however far it is scrolled. */
const placeOf = (button: Locator) =>
  button.evaluate((element) => {
    const { left, top, height } = element.getBoundingClientRect();
    return { left, top: Math.round(top + scrollY), height };
  });

async function theStateIsReadable(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.target}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}

test("a used attempt cannot be used again", async ({ page, product }) => {
  await signIn(page, product, "leo@luz.example");
  const asked = requestsOf(page.context(), product);
  const window = await openWindow(page);
  await signInAtMeta(window, "Ana Luz");
  await approve(window);
  await connected(page);
  await page.evaluate((fields) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/api/integrations/meta/whatsapp/callback";
    for (const [name, value] of Object.entries(fields))
      form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    form.submit();
  }, asked.callbacks()[0]?.fields ?? {});
  await expect(page.getByText("That attempt was already finished.")).toBeVisible();
  expect(await exchanges(product)).toBe(1);
});

test("a page with several buttons loads the script once, and each has its own waiting", async ({
  page,
  product,
}) => {
  await signIn(page, product, "leo@luz.example");
  const first = await openWindow(page);
  await signInAtMeta(first, "Ana Luz");
  await approve(first);
  await connected(page);
  await product.sql("update channel_connections set token_expires_at = now() + interval '3 days'");
  await page.goto(`${product.origin}/settings/integrations`);
  const reconnect = await openWindow(page, "Reconnect");
  expect(await page.locator('script[src$="/sdk.js"]').count()).toBe(1);
  await expect(page.getByRole("button", { name: "Connecting…" })).toHaveCount(1);
  const another = await openWindow(page, "Connect another number");
  await expect(page.getByRole("button", { name: "Reconnect" })).toBeVisible();
  await expect(page.getByText(atMeta)).toHaveCount(1);
  await reconnect.close();
  await signInAtMeta(another, "Eva Norte");
  await approve(another);
  await connected(page);
  await expect(page.getByText("+54 9 11 2345 6789").first()).toBeVisible();
});
