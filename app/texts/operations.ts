/** What platform staff reads: words that come with the pages that need them, and not with every page. */
import type { Texts } from "./catalogue.ts";
import { operations as english } from "./en/operations.ts";
import { operations as spanish } from "./es/operations.ts";

export type OperationsTexts = typeof english;

const known: Record<Texts["language"], OperationsTexts> = { en: english, es: spanish };

export function operationsTexts({ language }: Texts): OperationsTexts {
  return known[language];
}
