/** U1 and U9: how much it takes from the button to the first message, and how calm the page stays on the way. */
import { expect, type Page } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { approve, control, goToMeta, origin, rows, signIn, startAfresh, test } from "../journeys/journey.ts";
import { untilAlive } from "../states/checks/every-page.ts";
import { integrations, leo, marta, settled, work } from "../states/world.ts";

test.beforeEach(startAfresh);

const firstMessage = () =>
  control("/messages", { phoneNumberId: NUMBER_IDS.luz, text: "¿Abren el domingo?", sender: marta });

/**
 * Does what the page asks for next, as somebody does who reads nothing twice: at Meta the person is chosen where one is
 * asked for, everything else is the first button of what the page is about. Returns how many actions that took.
 */
async function goOn(page: Page): Promise<number> {
  const before = page.url();
  const isAtMeta = !before.startsWith(origin());
  const person = page.getByRole("radio", { name: "Ana Luz" });
  const chooses = isAtMeta && (await person.count()) > 0;
  if (chooses) await person.check();
  await page
    .locator(isAtMeta ? "form button" : "main form:not([action='/preferences']) button")
    .first()
    .click();
  await page.waitForURL(({ href }) => href !== before);
  return chooses ? 2 : 1;
}

test("U1: from the button to the first message in at most six actions and a minute, and it appears by itself", async ({
  page,
}) => {
  await signIn(page, leo);
  const began = performance.now();
  const open = page.getByRole("link", { name: "Open WhatsApp" });
  let actions = 0;
  for (let step = 0; step < 12 && !page.url().includes("whatsapp=connected"); step++)
    actions += await goOn(page);
  await expect(open).toHaveAttribute("href", "https://wa.me/525512345678");
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  // Scanned or opened, and sent: two on the phone, where the message is written already or not.
  actions += 2;
  await firstMessage();
  await expect(
    page.getByText("The first message arrived: the number is connected and working."),
  ).toBeVisible();
  const seconds = (performance.now() - began) / 1_000;
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
  console.log(`U1 ${actions} actions, ${seconds.toFixed(1)} s`);
  expect(actions).toBeLessThanOrEqual(6);
  expect(seconds).toBeLessThanOrEqual(60);
  await page.getByRole("link", { name: "Open the conversation" }).click();
  await expect(page.getByText("¿Abren el domingo?")).toBeVisible();
});

interface Shift {
  value: number;
  /** Within half a second of a press, where the person expects that something moves. */
  pressed: boolean;
  of: string[];
}

/** From now on each document writes down what moves in it. */
async function watchShifts(page: Page): Promise<() => Promise<Shift[]>> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(window, { shifts });
    const nameOf = (node: Node | null) =>
      node instanceof Element ? `${node.tagName}.${node.className}` : "text";
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
          sources: { node: Node | null }[];
        };
        shifts.push({ value, pressed: hadRecentInput, of: sources.map(({ node }) => nameOf(node)) });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () => page.evaluate(() => Reflect.get(window, "shifts") as Shift[]);
}

const sum = (shifts: Shift[]) => shifts.reduce((total, { value }) => total + value, 0);

for (const width of byTier([320], [320, 1280])) {
  test(`U9: at ${width} px hardly anything moves while a number starts, waits and works by itself`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await control("/scenarios", { endpoint: "subscribe", times: 1, outcome: { kind: "hang", ms: 3_000 } });
    await signIn(page, leo);
    const shifts = await watchShifts(page);
    await goToMeta(page, "Ana Luz");
    await approve(page);
    const state = (words: string) => expect(page.getByText(words, { exact: true }).first()).toBeVisible();
    await state("Starting");
    await state("Waiting for a message");
    await settled(NUMBER_IDS.luz);
    await firstMessage();
    await state("The first message arrived: the number is connected and working.");
    const seen = await shifts();
    console.log(`U9 ${width} px: ${sum(seen).toFixed(4)} shifted while the state changed by itself`);
    expect(sum(seen), JSON.stringify(seen)).toBeLessThanOrEqual(0.02);
  });
}

test("U9: nothing moves while a button says that it is at work", async ({ page }) => {
  await work(page);
  const shifts = await watchShifts(page);
  for (const [path, press, pending] of [
    [`${integrations}/whatsapp/manual`, "Connect number", "Connecting…"],
    [`${integrations}/whatsapp/disconnect`, "Disconnect number", "Disconnecting…"],
  ] as const) {
    await page.goto(origin() + path);
    await page.route(/\/whatsapp\/(manual|disconnect)/, async (route) => {
      if (route.request().method() === "POST") await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue();
    });
    const button = page.getByRole("button", { name: press });
    const place = await button.boundingBox();
    const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
    await button.click();
    const busy = page.getByRole("button", { name: pending });
    await expect(busy).toBeVisible();
    expect(await busy.boundingBox()).toEqual(place);
    expect(sum(await shifts()), pending).toBe(0);
    await answered;
    await page.unrouteAll({ behavior: "wait" });
  }
});

test("U9: back, forward and refresh at every step make no second attempt and ask for nothing to be sent again", async ({
  page,
}) => {
  const posted: string[] = [];
  page.on("request", (request) => {
    const { pathname, origin: of } = new URL(request.url());
    if (of === origin() && request.method() === "POST") posted.push(pathname.replace(/.*\/whatsapp/, ""));
  });
  // Each is let come to its end: what is broken off half-way is no step.
  const arrived = () => (page.url().startsWith(origin()) ? untilAlive(page) : undefined);
  const toAndFro = async () => {
    for (const go of ["reload", "goBack", "goForward", "reload"] as const) {
      // A page that has just come back out of memory is not ready to be asked at once.
      await expect(() => page[go]()).toPass({ timeout: 10_000 });
      await arrived();
    }
  };
  const attempts = async () => ({
    begun: (await rows("select from oauth_states")).length,
    exchanged: (await control<{ exchangeAttempts: number }>("/calls")).exchangeAttempts,
    connections: (await rows("select from channel_connections where status = 'active'")).length,
  });
  await signIn(page, leo);
  posted.length = 0;
  await toAndFro();
  expect(await attempts()).toEqual({ begun: 0, exchanged: 0, connections: 0 });

  await goToMeta(page, "Carla Cadenas");
  await toAndFro();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await approve(page);
  await expect(page.getByRole("heading", { level: 1, name: "Choose a number" })).toBeVisible();
  await toAndFro();
  expect(await attempts()).toEqual({ begun: 1, exchanged: 1, connections: 0 });

  await page.getByRole("radio", { name: /55 2222 1001/ }).check();
  await page.getByRole("button", { name: "Connect this number" }).click();
  await expect(page).toHaveURL(/whatsapp=connected/);
  await toAndFro();
  expect(await attempts()).toEqual({ begun: 1, exchanged: 1, connections: 1 });
  await settled(NUMBER_IDS.cadenasCentro1);

  await page.goto(`${origin() + integrations}/whatsapp/disconnect`);
  await page.getByRole("button", { name: "Disconnect number" }).click();
  await expect(page.getByText("Not connected")).toBeVisible();
  await toAndFro();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(await attempts()).toEqual({ begun: 1, exchanged: 1, connections: 0 });
  const sent = posted.filter((path) => path !== "/preferences").map((path) => path.replace(/\.data$/, ""));
  console.log(`U9 ${sent.length} forms sent, ${sent.join(" ")}`);
  expect(sent).toEqual(["/start", "/choose-number", "/disconnect"]);
});
