import type { Language, Texts } from "./catalogue.ts";

/** Words that come with the pages that need them, and not with every page: those in the language of `texts`. */
export function inLanguage<Words>(known: Record<Language, Words>): (texts: Texts) => Words {
  return ({ language }) => known[language];
}
