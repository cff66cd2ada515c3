/** What a person reads without JavaScript who has asked Meta for something too often. */
import { expect } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { readyToLook, sidewaysOn, violationsOn } from "../states/checks/every-page.ts";
import { connectOneOfMany, graphError, integrations, leo, numberPath, script } from "../states/world.ts";
import { control, origin, signIn, startAfresh, test } from "./journey.ts";

test.use({ javaScriptEnabled: false });
test.beforeEach(startAfresh);

test("beyond the budget a start is answered by a page that says how long to wait, and leads back", async ({
  page,
  browser,
}) => {
  await signIn(page, leo);
  for (let start = 0; start < 8; start++) {
    await page.goto(origin() + integrations);
    await page.getByRole("button", { name: /^(Connect|Continue)/ }).click();
    await expect(page.getByRole("radio", { name: "Ana Luz" })).toBeVisible();
  }
  await page.goto(origin() + integrations);
  const answered = page.waitForResponse((response) => response.url().endsWith("/whatsapp/start"));
  await page.getByRole("button", { name: /^(Connect|Continue)/ }).click();
  const answer = await answered;
  expect(answer.status()).toBe(429);
  expect(Number(await answer.headerValue("retry-after"))).toBeGreaterThan(3_000);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("That was asked too often for now");
  await expect(page.getByText(/Wait (59|60) minutes\. You can try again on/)).toBeVisible();
  await expect(page.getByText("what is connected stays connected")).toBeVisible();
  // The look of the product, and nothing that axe can see.
  expect(await page.locator("main").evaluate((main) => getComputedStyle(main).display)).toBe("grid");
  const body = await page.content();
  await page.getByRole("link", { name: "Go to Integrations" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  const looking = await browser.newPage({ javaScriptEnabled: true });
  await looking.route("**/looked-at", (route) => route.fulfill({ contentType: "text/html", body }));
  await readyToLook(looking);
  for (const width of [320, 1280]) {
    await looking.setViewportSize({ width, height: 800 });
    await looking.goto(`${origin()}/looked-at`);
    expect(await violationsOn(looking)).toEqual([]);
    expect(await sidewaysOn(looking)).toEqual([]);
  }
  await looking.close();
});

test("a number that was tried too often has no button, and says when it has one again", async ({ page }) => {
  await script("register", graphError(133016));
  await signIn(page, leo);
  const id = await connectOneOfMany(page, NUMBER_IDS.cadenasSur1);
  const asked = async () =>
    (await control<{ calls: { endpoint: string }[] }>("/calls")).calls.filter(
      ({ endpoint }) => endpoint === "register",
    ).length;
  expect(await asked()).toBe(1);
  const [inThreeDays] = new Date(Date.now() + 72 * 3_600_000).toISOString().split("T");
  for (const path of [integrations, numberPath(id)]) {
    await page.goto(origin() + path);
    await expect(page.getByText("You can try again on").first()).toBeVisible();
    const time = page.locator("p", { hasText: "You can try again on" }).locator("time");
    expect(await time.first().getAttribute("datetime")).toContain(inThreeDays);
    await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
  }
  // A page that was open before still has the button.
  const stale = await page.request.post(`${origin()}${integrations}/whatsapp/retry?step=registration`, {
    form: { connectionId: id },
    headers: { accept: "text/html", origin: origin() },
    maxRedirects: 0,
  });
  expect(stale.status()).toBe(429);
  expect(await stale.text()).toContain("You can try again on");
  expect(await asked()).toBe(1);
});
