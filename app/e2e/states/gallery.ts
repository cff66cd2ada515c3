/** Pictures of every state, and a page that shows them: for looking at all of the product in some minutes. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { type Language, languageIds } from "../../texts/languages.ts";
import type { State } from "./world.ts";

const widths = [320, 1280];
const themes = ["light", "dark"] as const;
type Named = Pick<State, "group" | "name">;

interface Picture {
  file: string;
  language: Language;
  theme: (typeof themes)[number];
  width: number;
}

function picturesOf({ group, name }: Named): Picture[] {
  const slug = `${group} ${name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return languageIds.flatMap((language) =>
    themes.flatMap((theme) =>
      widths.map((width) => ({ file: `${slug}.${language}.${theme}.${width}.png`, language, theme, width })),
    ),
  );
}

/** Whole pages, one for each language, theme and width. */
export async function takePictures(
  folder: string,
  state: Named,
  page: Page,
  showIn: (language: Language) => Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  let shown: Language | undefined;
  for (const { file, language, theme, width } of picturesOf(state)) {
    if (shown !== language) await showIn(language);
    shown = language;
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: path.join(folder, file), fullPage: true });
  }
}

/** Lists what has been taken so far, in the order of the states. */
export function writeIndex(folder: string, states: Named[]): void {
  const shown = states.filter((state) =>
    picturesOf(state).some(({ file }) => existsSync(path.join(folder, file))),
  );
  const groups = [...new Set(shown.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const figures = shown.filter((state) => state.group === group).map((state) => stateMarkup(folder, state));
    return `<section><h2>${escaped(group)}</h2>${figures.join("\n")}</section>`;
  });
  writeFileSync(path.join(folder, "index.html"), pageOf(sections.join("\n")));
}

function stateMarkup(folder: string, state: Named): string {
  const figures = picturesOf(state)
    .filter(({ file }) => existsSync(path.join(folder, file)))
    .map(({ file, language, theme, width }) => {
      const caption = `${language}, ${theme}, ${width} px`;
      return `<figure data-language="${language}" data-theme="${theme}" data-width="${width}"><a href="${file}"><img src="${file}" loading="lazy" alt="${escaped(`${state.name}: ${caption}`)}"></a><figcaption>${caption}</figcaption></figure>`;
    });
  return `<article data-name="${escaped(`${state.group} ${state.name}`.toLowerCase())}"><h3>${escaped(state.name)}</h3><div>${figures.join("")}</div></article>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function filterOf(name: string, options: (string | number)[]): string {
  const all = ["all", ...options].map((option) => `<option>${option}</option>`);
  return `<label>${name} <select data-filter="${name}">${all.join("")}</select></label>`;
}

function pageOf(sections: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Every state</title>
<style>
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif }
body { margin: 0 1rem 4rem }
form { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 1rem; padding: .75rem 0; background: Canvas; border-bottom: 1px solid GrayText }
article > div { display: flex; flex-wrap: wrap; align-items: start; gap: 1rem }
figure { margin: 0 } figcaption { color: GrayText; font-size: .85em }
img { display: block; height: 26rem; border: 1px solid GrayText }
[hidden] { display: none }
</style></head><body><h1>Every state</h1>
<form><label>find <input type="search" data-filter="find"></label>
${filterOf("language", languageIds)} ${filterOf("theme", [...themes])} ${filterOf("width", widths)}</form>
${sections}
<script>
const form = document.querySelector("form");
const chosen = (name) => form.querySelector("[data-filter=" + name + "]").value;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  for (const figure of document.querySelectorAll("figure"))
    figure.hidden = ["language", "theme", "width"].some((name) => !["all", figure.dataset[name]].includes(chosen(name)));
  for (const article of document.querySelectorAll("article"))
    article.hidden = !article.dataset.name.includes(chosen("find").toLowerCase());
});
</script></body></html>
`;
}
