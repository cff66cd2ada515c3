/** Who may tell the page how a sign-up ended: windows of exactly Meta's origin, and nobody else. */
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { openWindow, pass, requestsOf, signIn, signInAtMeta, switches, test } from "../product/popup.ts";

const finish = {
  type: "WA_EMBEDDED_SIGNUP",
  event: "FINISH",
  data: { phone_number_id: NUMBER_IDS.cadenasCentro3, waba_id: "1", business_id: "1" },
};
const ends = [finish, { ...finish, event: "CANCEL", data: {} }, { ...finish, event: "ERROR", data: {} }];

/** Longer than the page waits for anything after a word that it believes, except for an answer. */
const quietMs = 2_500;

/** Pages of anybody's, at any address. */
async function serveStrangers(context: BrowserContext): Promise<void> {
  await context.route(/\/stranger$/, (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: route.request().url().startsWith("https://sandboxed.example")
        ? { "content-security-policy": "sandbox allow-scripts" }
        : {},
      body: "<!doctype html><title>Stranger</title>",
    }),
  );
}

/** Opens the address from our page, as a link of its own or an advertisement would, and posts from there. */
async function postFrom(page: Page, address: string, messages: unknown[]): Promise<string> {
  const opened = page.waitForEvent("popup");
  await page.evaluate((url) => void window.open(url), address);
  const stranger = await opened;
  await stranger.waitForLoadState();
  const origin = await stranger.evaluate((all) => {
    for (const message of all) {
      window.opener.postMessage(message, "*");
      window.opener.postMessage(JSON.stringify(message), "*");
    }
    return window.origin;
  }, messages);
  await stranger.close();
  return origin;
}

test("other origins, a frame, and other messages of Meta's own cause no request and no change", async ({
  page,
  product,
}) => {
  const context = page.context();
  await serveStrangers(context);
  await signIn(page, product, "leo@luz.example");
  const heard = await countMessages(page);
  const window = await openWindow(page);
  const asked = requestsOf(context, product);
  const { port } = new URL(product.sandboxUrl);

  const strangers = {
    "https://evilfacebook.com/stranger": "https://evilfacebook.com",
    "https://facebook.com.evil.io/stranger": "https://facebook.com.evil.io",
    // The real one is as strange to a product that was told of another.
    "https://www.facebook.com/stranger": "https://www.facebook.com",
    "https://sandboxed.example/stranger": "null",
    // Meta’s stand-in, on this machine under its other name.
    [`http://localhost:${port}/stranger`]: `http://localhost:${port}`,
  };
  let expected = 0;
  for (const [address, origin] of Object.entries(strangers)) {
    expect(await postFrom(page, address, ends)).toBe(origin);
    expected += ends.length * 2;
  }
  // From Meta's stand-in itself: wrong type, unknown event, and an object in place of its text.
  const odd = [
    { ...finish, type: "WA_EMBEDDED_SIGNUP_X" },
    { ...finish, event: "SOMETHING_NEW" },
    "cb=f1&code=AQB",
  ];
  expect(await postFrom(page, `http://127.0.0.1:${port}/stranger`, odd)).toBe(product.sandboxUrl);
  expected += odd.length * 2;
  await postFromFrame(page, `http://127.0.0.1:${port}/stranger`);
  expected += 1;
  // And from the page to itself.
  await page.evaluate((message) => globalThis.postMessage(message, "*"), JSON.stringify(ends[1]));
  expected += 1;

  await expect.poll(heard).toBe(expected);
  await pass(page, quietMs);
  expect(asked.callbacks()).toEqual([]);
  await expect(page.getByText("Finish in the Meta window.")).toBeVisible();

  // Of all that was posted nothing was kept: the window brings a code, and no number was picked.
  await switches(product, { popupAnswer: "code_without_finish" });
  await signInAtMeta(window, "Carla Cadenas");
  await window.getByRole("button", { name: "Continue" }).click();
  await window.getByRole("button", { name: "Continue" }).click();
  await window.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Choose a number" })).toBeVisible();
  expect(asked.callbacks().map(({ fields }) => Object.keys(fields).sort())).toEqual([["code", "state"]]);
});

/** A frame of the believed origin in our own page, as an injected one would be. */
async function postFromFrame(page: Page, address: string): Promise<void> {
  await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
  }, address);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain(address);
  const frame = page.frames().find((one) => one.url() === address);
  await frame?.evaluate(
    (message) => window.parent.postMessage(message, "*"),
    JSON.stringify({ ...finish, event: "CANCEL", data: {} }),
  );
}

/** How many messages have reached the page, not counting the script's own. */
async function countMessages(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const counting = globalThis as unknown as { heard: number };
    counting.heard = 0;
    addEventListener("message", () => {
      counting.heard += 1;
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { heard: number }).heard);
}

test("frames of anybody else are not let into the page", async ({ page, product }) => {
  await serveStrangers(page.context());
  await signIn(page, product, "leo@luz.example");
  const blocked = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        const frame = document.createElement("iframe");
        frame.src = "https://evilfacebook.com/stranger";
        document.body.append(frame);
      }),
  );
  expect(await blocked).toBe("frame-src");
});
