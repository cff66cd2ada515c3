/** U4: everything by keyboard alone, and the focus is always on something. */
import { expect, type Locator, type Page } from "@playwright/test";
import { origin, startAfresh, test } from "../journeys/journey.ts";
import { ana, connect, integrations, leo, script, work } from "../states/world.ts";

test.beforeEach(startAfresh);

let actions = 0;
let documents = 0;
const lost: string[] = [];

test.afterAll(() => {
  console.log(
    `U4 ${actions} actions by keyboard, ${documents} led to a new document, focus lost ${lost.length} times`,
  );
});

/** Goes there as a person does; what cannot be reached fails. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 80; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${target} cannot be reached with Tab`);
}

/** A press on what is focused, then `seen`; within the document the focus must be on something afterwards. */
async function press(page: Page, target: Locator, key: string, seen: () => Promise<unknown>): Promise<void> {
  await tabTo(page, target);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.keyboard.press(key);
  await seen();
  actions++;
  // A new document begins at its beginning, which is where its body is.
  const inDocument = await page.evaluate(() => "sameDocument" in window);
  if (!inDocument) documents++;
  const isLost = () => page.evaluate(() => document.activeElement === document.body);
  const what = `${key} on ${target}`;
  if (inDocument && (await isLost())) lost.push(what);
  if (inDocument) await expect.poll(isLost, what).toBe(false);
}

const heading = (page: Page, name: string | RegExp) => () =>
  expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const link = (page: Page, name: string | RegExp) => page.getByRole("link", { name });

test("U4: connecting, picking a number, skipping the test, and leaving", async ({ page }) => {
  await page.goto(`${origin()}/login`);
  await tabTo(page, page.getByLabel("E-mail"));
  await page.keyboard.type(leo);
  await tabTo(page, page.getByLabel("Password"));
  await page.keyboard.type("curbe-demo");
  await press(page, button(page, "Sign in"), "Enter", heading(page, "Integrations"));
  await press(page, button(page, "Connect WhatsApp"), "Enter", () =>
    expect(page.getByRole("radio", { name: "Ana Luz" })).toBeVisible(),
  );
  await page.getByRole("radio", { name: "Carla Cadenas" }).check();
  for (let step = 0; step < 3; step++) await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await heading(page, "Choose a number")();
  await tabTo(page, page.getByRole("radio").first());
  await page.keyboard.press("Space");
  await press(page, button(page, "Connect this number"), "Enter", heading(page, "Integrations"));
  await press(page, link(page, /^Details/), "Enter", heading(page, /55 2222/));
  await press(page, button(page, "Skip the test"), "Enter", () =>
    expect(button(page, "Skip the test")).toBeHidden(),
  );
  await press(page, button(page, "Check now"), "Enter", () =>
    expect(page.getByText("Meta answered, and our access works.")).toBeVisible(),
  );
  await press(page, link(page, "Disconnect…"), "Enter", heading(page, "Disconnect this number?"));
  await press(page, button(page, "Disconnect number"), "Enter", () =>
    expect(page.getByText("Not connected")).toBeVisible(),
  );
  expect(lost).toEqual([]);
});

test("U4: a step that failed is tried again, and its button goes away under the finger", async ({ page }) => {
  await script("subscribe", { kind: "graph_error", code: 131031 }, 1);
  await connect(page);
  await page.goto(origin() + integrations);
  await press(page, button(page, "Switch message delivery on again"), "Enter", () =>
    expect(button(page, "Switch message delivery on again")).toBeHidden(),
  );
});

test("U4: the log of changes is filtered, conversations are searched, a form is corrected", async ({
  page,
}) => {
  await work(page, ana);
  await page.goto(`${origin()}${integrations}/whatsapp/activity`);
  await tabTo(page, page.getByLabel("What"));
  await page.keyboard.press("M");
  await press(page, button(page, "Show"), "Enter", () => expect(page).toHaveURL(/what=delivery/));
  await press(page, link(page, "Conversations").first(), "Enter", heading(page, "Conversations"));
  await tabTo(page, page.getByRole("searchbox"));
  await page.keyboard.type("nadie");
  await press(page, button(page, "Search"), "Enter", () =>
    expect(page.getByText("No conversation matches “nadie”.")).toBeVisible(),
  );
  await press(page, link(page, "Show all conversations").last(), "Enter", () =>
    expect(link(page, /Marta Ríos/)).toBeVisible(),
  );
  await press(page, link(page, /Marta Ríos/), "Enter", heading(page, "Marta Ríos"));
  await page.goto(`${origin()}${integrations}/whatsapp/manual`);
  await press(page, button(page, "Connect number"), "Enter", () =>
    expect(page.getByRole("alert")).toBeFocused(),
  );
  await press(page, page.getByRole("alert").getByRole("link").first(), "Enter", () =>
    expect(page.getByRole("textbox").first()).toBeFocused(),
  );
  expect(lost).toEqual([]);
});
