import type { Language, Texts } from "./catalogue.ts";

/**
 * Words that come with the pages that need them, and not with every page: those in the language of `texts`. The browser gets
 * these in all languages, a kB or two, rather than wait once more before it can draw.
 */
export function inLanguage<Words>(known: Record<Language, Words>): (texts: Texts) => Words {
  return ({ language }) => known[language];
}
