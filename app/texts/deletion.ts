/** What somebody reads who asked Meta to have their data deleted: words that come with the pages that need them, and not with every page. */
import type { Texts } from "./catalogue.ts";
import { deletion as english } from "./en/deletion.ts";
import { deletion as spanish } from "./es/deletion.ts";

export type DeletionTexts = typeof english;

const known: Record<Texts["language"], DeletionTexts> = { en: english, es: spanish };

export function deletionTexts({ language }: Texts): DeletionTexts {
  return known[language];
}
