/** What must hold on every page, however it is looked at. Each check answers what is wrong, in words. */
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

// The engine of @axe-core/playwright itself: put into a document once, it answers there as often as it is asked.
const fromHere = createRequire(import.meta.url);
const axe: { source: string } = createRequire(fromHere.resolve("@axe-core/playwright"))("axe-core");

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The document is there and React has taken it over. */
export async function untilAlive(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const heading = document.querySelector("h1");
      return heading && Object.keys(heading).some((key) => key.startsWith("__reactFiber"));
    },
    undefined,
    { timeout: 15_000 },
  );
}

/** Once for each document, before `violationsOn`. */
export async function readyToLook(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

interface Found {
  id: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

export async function violationsOn(page: Page): Promise<string[]> {
  const violations = await page.evaluate(async (wanted): Promise<Found[]> => {
    const engine = Reflect.get(window, "axe") as { run(on: Document, options: object): Promise<unknown> };
    const options = { runOnly: { type: "tag", values: wanted }, resultTypes: ["violations"] };
    return ((await engine.run(document, options)) as { violations: Found[] }).violations;
  }, tags);
  return violations.map(({ id, nodes }) => `axe ${id}: ${nodes[0]?.target} (${nodes.length})`);
}

/** A page wider than its window has to be moved sideways to be read. */
export async function sidewaysOn(page: Page): Promise<string[]> {
  const { wider, furthest } = await page.evaluate(() => {
    const edge = (element: Element) => element.getBoundingClientRect().right;
    // A box that is stretched by another goes as far: the one that is there for its own sake has nothing inside.
    const leaves = [...document.body.querySelectorAll("*:not(:has(*))")];
    const [element] = leaves.sort((a, b) => edge(b) - edge(a));
    const furthest = element ? `${element.tagName.toLowerCase()}.${element.className}` : "";
    return { wider: document.documentElement.scrollWidth - window.innerWidth, furthest };
  });
  return wider > 0 ? [`scrolls sideways by ${wider} px, ${furthest}`] : [];
}

export async function frameOf(page: Page, language: string): Promise<string[]> {
  const { lang, title, headings } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title.trim(),
    headings: document.querySelectorAll("h1").length,
  }));
  return [
    ...(lang === language ? [] : [`lang is ${lang}`]),
    ...(title === "" ? ["the title is empty"] : []),
    ...(headings === 1 ? [] : [`there are ${headings} headings of level 1`]),
  ];
}

/**
 * Text that a box hides, and what of it sticks out furthest. What is cut with an ellipsis, or is there for screen readers
 * alone, is meant so.
 */
export async function clippedOn(page: Page): Promise<string[]> {
  const clipped = await page.evaluate(() => {
    const hides = (value: string) => value === "hidden" || value === "clip";
    const named = (element: Element) => `${element.tagName.toLowerCase()}.${element.className}`;
    const edge = (element: Element) => element.getBoundingClientRect().right;
    return [...document.body.querySelectorAll<HTMLElement>("*")].flatMap((element) => {
      const { overflowX, overflowY, textOverflow, clipPath, position } = getComputedStyle(element);
      const isForScreenReaders = position === "absolute" && (clipPath !== "none" || element.clientWidth <= 1);
      if (textOverflow === "ellipsis" || isForScreenReaders || !element.textContent?.trim()) return [];
      const wide = hides(overflowX) && element.scrollWidth > element.clientWidth + 1;
      const high = hides(overflowY) && element.scrollHeight > element.clientHeight + 1;
      if (!wide && !high) return [];
      const leaves = [...element.querySelectorAll("*:not(:has(*))")];
      const [furthest] = leaves.sort((a, b) => edge(b) - edge(a));
      return [`${named(element)} by ${furthest ? named(furthest) : "itself"}`];
    });
  });
  return clipped.map((what) => `clipped: ${what}`);
}

export async function animationsOn(page: Page): Promise<string[]> {
  const running = await page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === "running").length,
  );
  return running > 0 ? [`${running} animations run`] : [];
}

/**
 * What the page complains of to its console. A document that is an error by its status is none, nor is a load of data
 * that a newer one has overtaken.
 */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`throws: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" || /^(Failed to load resource|AbortError)/.test(message.text())) return;
    complaints.push(`console: ${message.text()}`);
  });
  return complaints;
}
