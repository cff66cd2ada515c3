/** A test for each state that a person can be in: see `check.ts` for what is looked at. */
import { expect, type Page } from "@playwright/test";
import type { Language } from "../../../texts/languages.ts";
import { test as base, origin, startAfresh } from "../../journeys/journey.ts";
import { takePictures, writeIndex } from "../gallery.ts";
import { states } from "../states.ts";
import type { Show } from "../world.ts";
import { showIn, speak, wrongWith } from "./check.ts";
import { readyToLook } from "./every-page.ts";

const gallery = process.env.GALLERY_DIR;

/**
 * One page for all tests of a worker, without the cookies, the size and the theme of the test before: a page of its own for
 * each would have to be given axe anew, half a megabyte. The document of the state before stays until the test opens its
 * own; an empty one in between has the browser change processes, and costs more than the page saves.
 */
const test = base.extend<object, { keptPage: Page }>({
  keptPage: [
    async ({ browser }, use) => {
      const page = await (await browser.newContext()).newPage();
      // What is not there after this long does not come: a state that is not reached says so soon.
      page.setDefaultTimeout(10_000);
      page.setDefaultNavigationTimeout(20_000);
      await readyToLook(page);
      await use(page);
      await page.context().close();
    },
    { scope: "worker" },
  ],
  page: async ({ keptPage: page }, use) => {
    await page.context().clearCookies();
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.emulateMedia({ colorScheme: "light", reducedMotion: null, forcedColors: null });
    await use(page);
    page.removeAllListeners();
  },
});

/** Declares the tests of all states in this language. With GALLERY_DIR set they take pictures, of both languages, instead. */
export function testStates(language: Language): void {
  test.beforeEach(startAfresh);
  // Many short tests: any worker takes the next.
  test.describe.configure({ mode: "parallel" });

  for (const state of states) {
    test(`${language} ${state.group}: ${state.name}`, async ({ page }) => {
      test.setTimeout(120_000);
      try {
        await speak(page, "en");
        const seen = await state.arrange(page);
        const show: Show = typeof seen === "string" ? (visitor) => visitor.goto(origin() + seen) : seen;
        if (gallery) await takePictures(gallery, state, page, (shown) => showIn(page, shown, show));
        else expect(await wrongWith(page, state, language, show)).toEqual([]);
      } finally {
        await state.leave?.();
      }
    });
  }

  // Each worker of what there is by then, the last one of all.
  if (gallery) test.afterAll(() => writeIndex(gallery, states));
}
