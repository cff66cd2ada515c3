/** The way over the document beside the window: without a script, without a window, and when the window is silent. */
import { expect, type Page } from "@playwright/test";
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

test("a window that never answers is not waited for without a way out", async ({ page, product }) => {
  await switches(product, { popupAnswer: "no_answer" });
  await signIn(page, product, "leo@luz.example");
  const window = await openWindow(page);
  await signInAtMeta(window, "Ana Luz");
  await approveAndLeave(window);
  await pass(page, 5_000);
  await expect(page.getByRole("button", { name: "Continue on this page instead" })).toBeVisible();
  await expect(
    page.getByRole("status").filter({ hasText: "We have not heard from the Meta window." }),
  ).toBeVisible();
  expect(await failures(product)).toEqual([]);
  await theDocumentWayWorks(page);
});

for (const { name, arrange } of [
  { name: "blocked", arrange: (page: Page) => page.route("**/sdk.js", (route) => route.abort()) },
  { name: "slow", arrange: (page: Page) => page.route("**/sdk.js", () => {}) },
]) {
  test(`with Meta's script ${name} the button leads to Meta over the document`, async ({ page, product }) => {
    await arrange(page);
    const wanted = page.waitForRequest("**/sdk.js");
    await signIn(page, product, "leo@luz.example");
    await wanted;
    await page.getByRole("button", { name: "Connect WhatsApp" }).click();
    await signInAtMeta(page, "Ana Luz");
    await approve(page);
    await connected(page);
    expect(page.context().pages()).toHaveLength(1);
  });
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("the button leads to Meta over the document", async ({ page, product }) => {
    await signIn(page, product, "leo@luz.example");
    await page.getByRole("button", { name: "Connect WhatsApp" }).click();
    await signInAtMeta(page, "Ana Luz");
    await approve(page);
    await expect(page).toHaveURL(/\?whatsapp=connected/);
  });
});

test("a window that the browser does not let open is told from one that was closed", async ({
  page,
  product,
}) => {
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await signIn(page, product, "leo@luz.example");
  await untilScriptIsThere(page);
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The Meta window did not open." })).toBeVisible();
  expect(await failures(product)).toEqual([]);
  await theDocumentWayWorks(page);
});

test("an attempt that could not be begun says so, and a script that throws leaves the document's way", async ({
  page,
  product,
}) => {
  await signIn(page, product, "leo@luz.example");
  await page.route("**/whatsapp/start", (route) =>
    route.request().headers().accept?.includes("json") ? route.abort() : route.continue(),
  );
  const asked = requestsOf(page.context(), product);
  const window = await openWindow(page);
  await expect(page.getByRole("status").filter({ hasText: "We could not prepare" })).toBeVisible();
  await signInAtMeta(window, "Ana Luz");
  await approveAndLeave(window);
  await pass(page, 5_000);
  expect(asked.callbacks()).toEqual([]);

  await page.evaluate(() => {
    const { FB } = globalThis as unknown as { FB: { login(): void } };
    FB.login = () => {
      throw new Error("no");
    };
  });
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  await signInAtMeta(page, "Ana Luz");
  await approve(page);
  await connected(page);
});
