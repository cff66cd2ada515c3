/**
 * What is looked at in each state that a person can be in, light and dark, narrow and wide: nothing that axe can see,
 * nothing sideways, nothing foreign, nothing clipped, nothing that moves.
 */
import type { Page } from "@playwright/test";
import type { Language } from "../../../texts/languages.ts";
import { origin } from "../../journeys/journey.ts";
import type { Show, State } from "../world.ts";
import {
  animationsOn,
  clippedOn,
  complaintsOf,
  frameOf,
  sidewaysOn,
  untilAlive,
  violationsOn,
} from "./every-page.ts";
import { englishIn, spokenOn, words } from "./words.ts";

const widths = [320, 768, 1280];
const themes = ["light", "dark"] as const;

/** What is wrong with the page in this language, each with where it was seen. */
export async function wrongWith(page: Page, state: State, language: Language, show: Show): Promise<string[]> {
  const wrong = complaintsOf(page);
  const note = (found: string[], where: string) => wrong.push(...found.map((one) => `${where}: ${one}`));
  await showIn(page, language, show);
  note(await unlike(page, state, language), "words");
  note(await frameOf(page, language), "frame");
  for (const [at, width] of widths.entries()) {
    await page.setViewportSize({ width, height: 800 });
    await lookWithAxe(page, at, note);
    note((await Promise.all([sidewaysOn(page), clippedOn(page)])).flat(), `${width}`);
  }
  wrong.push(...(await wrongWhenAdapted(page)));
  return [...new Set(wrong)];
}

/** In both themes; where the last look was dark this one begins so. */
async function lookWithAxe(
  page: Page,
  at: number,
  note: (found: string[], where: string) => void,
): Promise<void> {
  for (const colorScheme of at % 2 === 0 ? themes : themes.toReversed()) {
    await page.emulateMedia({ colorScheme });
    note(await violationsOn(page), `${colorScheme} ${widths[at]}`);
  }
}

export async function speak(page: Page, language: Language): Promise<void> {
  await page.context().addCookies([{ name: "curbe_language", value: language, url: origin() }]);
}

export async function showIn(page: Page, language: Language, show: Show): Promise<void> {
  await speak(page, language);
  await show(page);
  await untilAlive(page);
}

/** Whether the page is what the state promises, and nothing on it is of the other language. */
async function unlike(page: Page, { says }: State, language: Language): Promise<string[]> {
  const spoken = await spokenOn(page);
  const promised = [says(words[language])].flat().map((text) => text.replaceAll(/\s+/g, " ").trim());
  const foreign = language === "es" ? englishIn(spoken) : [];
  return [
    ...promised.filter((text) => !spoken.includes(text)).map((text) => `“${text}” is missing`),
    ...foreign.map((text) => `“${text}” is English`),
  ];
}

/** Text of twice the size, colours of the system, and no wish for motion. */
async function wrongWhenAdapted(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  const look = async (how: string) => {
    const found = (await Promise.all([sidewaysOn(page), clippedOn(page), animationsOn(page)])).flat();
    wrong.push(...found.map((one) => `${how}: ${one}`));
  };
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce", forcedColors: "active" });
  await look("forced colours");
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce", forcedColors: "none" });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  await look("200 % text at 1280");
  await page.setViewportSize({ width: 320, height: 800 });
  await look("200 % text at 320");
  await page.emulateMedia({ reducedMotion: null, forcedColors: null });
  return wrong;
}
