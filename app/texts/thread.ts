/** What stands in a conversation: words that come with the pages that need them, and not with every page. */
import type { Texts } from "./catalogue.ts";
import { thread as english } from "./en/thread.ts";
import { thread as spanish } from "./es/thread.ts";

export type ThreadTexts = typeof english;

const known: Record<Texts["language"], ThreadTexts> = { en: english, es: spanish };

export function threadTexts({ language }: Texts): ThreadTexts {
  return known[language];
}
