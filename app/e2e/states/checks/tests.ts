/** A test for each state that a person can be in: see `check.ts` for what is looked at. */
import { expect } from "@playwright/test";
import type { Language } from "../../../texts/catalogue.ts";
import { origin, startAfresh, test } from "../../journeys/journey.ts";
import { takePictures, writeIndex } from "../gallery.ts";
import { states } from "../states.ts";
import type { Show } from "../world.ts";
import { showIn, speak, wrongWith } from "./check.ts";

const gallery = process.env.GALLERY_DIR;

/** Declares the tests of all states in this language. With GALLERY_DIR set they take pictures, of both languages, instead. */
export function testStates(language: Language): void {
  // What is not there after this long does not come: a state that is not reached says so soon.
  test.use({ actionTimeout: 10_000, navigationTimeout: 20_000 });
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
