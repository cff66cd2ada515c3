/** Where the focus is, and what moves, while an answer is awaited and after it. */
import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { isMarked, mark, press } from "../product/keyboard.ts";
import { connect } from "../states/world.ts";
import { origin, rows, signIn, startAfresh, test, untilDeliveriesAreOn } from "./journey.ts";

test.beforeEach(startAfresh);

const settings = () => `${origin()}/settings/integrations`;

async function openDisconnect(page: Page): Promise<void> {
  await page.goto(`${settings()}/whatsapp/disconnect`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Disconnect this number?");
}

test("pressed twice, it is sent once, and nothing moves while the answer is awaited", async ({ page }) => {
  await connect(page);
  await openDisconnect(page);
  let posts = 0;
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/api\/integrations\/.*disconnect/, async (route) => {
    posts += 1;
    await held;
    await route.continue();
  });
  await page.evaluate(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift" });
  });
  const button = page.getByRole("button", { name: /^Disconnect/ });
  const before = await button.boundingBox();
  await button.dblclick();
  await expect(button).toHaveText(/Disconnecting…/);
  await expect(button).toHaveAccessibleName("Disconnecting…");
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await expect(button).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "Disconnecting…" })).toBeAttached();
  await button.press("Enter");
  expect(await button.boundingBox()).toEqual(before);
  expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);
  answer();
  await expect(page.getByText("Disconnected. Your conversations are kept.").first()).toBeVisible();
  expect(posts).toBe(1);
});

test("a button that goes away when its step is tried again leaves the focus at the head of its panel", async ({
  page,
}) => {
  await connect(page);
  await rows(`update channel_connections
    set metadata = metadata || '{"deliveries": {"state": "failed", "code": "tell_tenant", "at": "2026-11-20T10:00:00Z"}}'`);
  await page.goto(settings());
  await mark(page);
  const retry = page.getByRole("button", { name: "Switch message delivery on again" });
  await press(page, retry);
  await expect(retry).toBeHidden();
  expect(await isMarked(page)).toBe(true);
  const focused = page.locator(":focus");
  await expect(focused).toHaveText(/WhatsApp|Integrations|What has been done/);
  await untilDeliveriesAreOn(NUMBER_IDS.luz);
  await expect(focused).toHaveCount(1);
  // Whoever presses beside everything is left alone.
  await page.mouse.click(5, 5);
  await expect(page.locator("body")).toBeFocused();
});

test("the first press of Tab offers to skip to the content, and does", async ({ page }) => {
  await signIn(page, "leo@luz.example");
  await page.reload();
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("text of twice the size, forced colours and reduced motion cut nothing off and move nothing", async ({
  page,
}) => {
  await connect(page);
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 640, height: 900 });
  const paths = ["", "/whatsapp/manual", "/whatsapp/activity", "/whatsapp/disconnect"];
  for (const path of paths) {
    await page.goto(settings() + path);
    await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("button, a, input, select, label, h1, h2, span, summary")]
        .filter((element) => !element.closest(".sr-only"))
        .filter((element) => getComputedStyle(element).display !== "inline")
        .filter(
          (element) =>
            element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1,
        )
        .map((element) => `${element.tagName} ${element.textContent?.slice(0, 40)}`),
    );
    expect(cut, path).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, path).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.getAnimations().length), path).toBe(0);
  }
});
