/** Open pages show what has just happened by themselves: told by a stream, by asking, and without a script by reloading. */
import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { connect, leo, untilProcessed } from "../states/world.ts";
import {
  approve,
  control,
  goToMeta,
  often,
  origin,
  readMetrics,
  rows,
  signIn,
  startAfresh,
  test,
  untilDeliveriesAreOn,
} from "./journey.ts";

test.beforeEach(startAfresh);

const send = (text: string, name: string, phone: string) =>
  control("/messages", { phoneNumberId: NUMBER_IDS.luz, text, sender: { phone, name } });

/** A mark that a new document would not have. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { sameDocument: true }));
const isMarked = (page: Page) => page.evaluate(() => "sameDocument" in window);

/** When the text stood in the page, by the clock that we share with the browser. */
const whenShown = (page: Page, text: string) =>
  page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = () => document.body.textContent?.includes(wanted) && resolve(Date.now());
        new MutationObserver(look).observe(document.body, {
          childList: true,
          characterData: true,
          subtree: true,
        });
        look();
      }),
    text,
  );

test("a message appears in the open list and in its open thread, told by the stream, which ends with it", async ({
  page,
}) => {
  await connect(page, leo);
  const problems: string[] = [];
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && problems.push(line.text()));
  const told = page.waitForResponse(/\/events$/);
  await page.goto(`${origin()}/conversations`);
  expect((await told).headers()["content-type"]).toContain("text/event-stream");
  await mark(page);

  const waits: number[] = [];
  for (let n = 0; n < 10; n++) {
    const shown = whenShown(page, `Mensaje ${n}`);
    await send(`Mensaje ${n}`, `Persona ${n}`, `52558765432${n}`);
    const answered = Date.now();
    waits.push((await shown) - answered);
  }
  const sorted = waits.toSorted((a, b) => a - b);
  const median = ((sorted[4] ?? 0) + (sorted[5] ?? 0)) / 2;
  console.log(
    `answered → visible: median ${median.toFixed(0)} ms of ${sorted.map((ms) => ms.toFixed(0)).join(", ")}`,
  );
  expect(median).toBeLessThan(1_500);

  await page.getByRole("link", { name: /Persona 9/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Persona 9" })).toBeVisible();
  await send("¿Siguen ahí?", "Persona 9", "525587654329");
  await expect(page.getByText("¿Siguen ahí?")).toBeVisible();
  expect(await isMarked(page)).toBe(true);
  expect(problems).toEqual([]);

  const streams = async () => /^live_streams (\d+)$/m.exec(await readMetrics())?.[1];
  // Those of pages that were closed a moment ago end as they are noticed.
  await expect.poll(streams, often).toBe("1");
  await page.close();
  await expect.poll(streams, often).toBe("0");
});

test("a message appears by asking, where no stream gets through", async ({ page }) => {
  await page.route("**/events", (route) => route.abort());
  await connect(page, leo);
  await page.clock.install();
  const tried = page.waitForRequest(/\/events$/);
  await page.goto(`${origin()}/conversations`);
  await tried;
  await mark(page);
  await send("Sin flujo", "Marta Ríos", "525587654321");
  await untilProcessed();
  // The page gives the stream that long before it asks.
  await page.clock.fastForward(10_000);
  await expect(page.getByText("Sin flujo")).toBeVisible();
  expect(await isMarked(page)).toBe(true);
});

test("a tab whose session ended elsewhere stops listening and is led to the sign-in page", async ({
  page,
  context,
}) => {
  await connect(page, leo);
  const told = page.waitForResponse(/\/events$/);
  await page.goto(`${origin()}/conversations`);
  await told;
  const other = await context.newPage();
  await other.goto(`${origin()}/conversations`);
  await other.getByRole("button", { name: "Sign out" }).click();
  await expect(other).toHaveURL(/\/login/);
  await page.bringToFront();
  await expect(page).toHaveURL(/\/login/, { timeout: 40_000 });
});

test("the card says by itself that messages come, and a notice that was shown stays", async ({ page }) => {
  await signIn(page, "leo@luz.example");
  await goToMeta(page, "Ana Luz");
  await approve(page);
  await mark(page);
  await expect(page.getByRole("status").filter({ hasText: "Connected" }).first()).toBeVisible();
  await untilDeliveriesAreOn(NUMBER_IDS.luz);
  await send("Hola", "Marta Ríos", "525587654321");
  await expect.poll(() => rows("select count(*)::int as n from messages"), often).toEqual([{ n: 1 }]);
  await expect(page.getByRole("status").filter({ hasText: "The first message arrived" })).toBeVisible();
  expect(await isMarked(page)).toBe(true);

  await page.getByRole("link", { name: "Details" }).click();
  await page.getByRole("link", { name: "Disconnect…" }).click();
  const loadedAnew = page.waitForResponse(/\.data/);
  await page.getByRole("button", { name: "Disconnect number" }).click();
  const notice = page.getByText("Disconnected. Your conversations are kept.").first();
  await expect(notice).toBeVisible();
  await loadedAnew;
  await expect(notice).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page of a number that is starting loads itself anew until it has started", async ({ page }) => {
    await control("/scenarios", { endpoint: "subscribe", times: 1, outcome: { kind: "http" } });
    await signIn(page, "leo@luz.example");
    const again = page.locator('meta[http-equiv="refresh"]');
    await expect(again).toHaveCount(0);
    await goToMeta(page, "Ana Luz");
    await approve(page);
    await expect(again).toHaveAttribute("content", /^5;/);
    await untilDeliveriesAreOn(NUMBER_IDS.luz);
    await send("Hola", "Marta Ríos", "525587654321");
    await expect(page.getByText("The first message arrived")).toBeVisible({ timeout: 20_000 });
    await expect(again).toHaveCount(0);
  });
});
