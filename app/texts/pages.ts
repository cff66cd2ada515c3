/** What only some pages say. Importing this has it fetched, so no other page waits for it. */
import { byLanguage, type Texts } from "./catalogue.ts";
import type { pages } from "./en/pages.ts";

export type PageTexts = typeof pages;

const pageTextsIn = byLanguage<PageTexts>({
  en: async () => (await import("./en/pages.ts")).pages,
  es: async () => (await import("./es/pages.ts")).pages,
});

/** In the language of `texts`; throws as `byLanguage` says. */
export function pageTexts({ language }: Texts): PageTexts {
  return pageTextsIn(language);
}
