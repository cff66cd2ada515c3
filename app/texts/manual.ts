/** What is read by admins who connect by hand: words that come with that page, and not with every page. */
import type { Texts } from "./catalogue.ts";
import { manual as english } from "./en/manual.ts";
import { manual as spanish } from "./es/manual.ts";

type ManualTexts = typeof english;

const known: Record<Texts["language"], ManualTexts> = { en: english, es: spanish };

export function manualTexts({ language }: Texts): ManualTexts {
  return known[language];
}
