/** What must hold on every page, however it is looked at. Each check answers what is wrong, in words. */
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

// The engine of @axe-core/playwright itself, in its short form, which a document takes in sooner: put there once, it
// answers as often as it is asked.
const fromHere = createRequire(import.meta.url);
const axe: { source: string } = createRequire(fromHere.resolve("@axe-core/playwright"))(
  "axe-core/axe.min.js",
);

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What depends on colours alone, and what depends on where things are besides. All others see only what is there. */
const ofColours = ["color-contrast", "link-in-text-block"];
const ofPlaces = [...ofColours, "target-size", "scrollable-region-focusable"];

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

/** Every document of the page from now on can be asked by `violationsOn`. */
export async function readyToLook(page: Page): Promise<void> {
  await page.addInitScript({ content: `if (location.protocol !== "about:") { ${axe.source} }` });
}

interface Found {
  id: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/**
 * What axe sees. A document that is as it was at an earlier look, and shows the same, is asked only what its places and
 * colours decide; where nothing has moved either, only what its colours decide.
 */
export async function violationsOn(page: Page): Promise<string[]> {
  const violations = await page.evaluate(lookWithAxe, { tags, ofColours, ofPlaces });
  return violations.map(({ id, nodes }) => `axe ${id}: ${nodes[0]?.target} (${nodes.length})`);
}

/** In the document. */
async function lookWithAxe(rules: Record<"tags" | "ofColours" | "ofPlaces", string[]>): Promise<Found[]> {
  interface Engine {
    run(
      on: Document,
      options: object,
    ): Promise<Record<"violations" | "passes" | "incomplete" | "inapplicable", Found[]>>;
    seen?: { shown: Set<string>; placed: Set<string>; asked: Set<string> };
  }
  const engine = Reflect.get(window, "axe") as Engine;
  engine.seen ??= { shown: new Set(), placed: new Set(), asked: new Set() };
  const { seen } = engine;
  const elements = [...document.querySelectorAll("*")];
  const isShown = (element: Element) =>
    Number(element.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  const shown = document.documentElement.outerHTML + elements.map(isShown).join("");
  const boxes = elements.map((element) => Object.values(element.getBoundingClientRect().toJSON()).join());
  const placed = [shown, innerWidth, innerHeight, ...boxes].join("\n");
  const again = seen.placed.has(placed)
    ? rules.ofColours
    : seen.shown.has(shown)
      ? rules.ofPlaces
      : undefined;
  seen.shown.add(shown);
  seen.placed.add(placed);
  const runOnly = again
    ? { type: "rule", values: again.filter((rule) => seen.asked.has(rule)) }
    : { type: "tag", values: rules.tags };
  const answer = await engine.run(document, { runOnly, resultTypes: ["violations"] });
  // Named by itself a rule is asked even if its tags do not ask it.
  const { violations, passes, incomplete, inapplicable } = answer;
  for (const { id } of [violations, passes, incomplete, inapplicable].flat()) seen.asked.add(id);
  return violations;
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
  const { lang, title, headings, ids } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title.trim(),
    headings: document.querySelectorAll("h1").length,
    ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
  }));
  const twice = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  return [
    ...(lang === language ? [] : [`lang is ${lang}`]),
    ...(title === "" ? ["the title is empty"] : []),
    ...(headings === 1 ? [] : [`there are ${headings} headings of level 1`]),
    // To axe this is something to look into, no violation.
    ...Array.from(twice, (id) => `the id ${id} is there twice`),
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
