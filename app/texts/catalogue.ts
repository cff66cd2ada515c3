/**
 * Every word a person reads, in each language. English is the measure: another language is an object of its type, so a
 * missing text does not compile. The server has all languages, the browser the one that its document is written in: what
 * stands in every page comes with every page, what only some need (`pages.ts`) with these.
 */
import type { english } from "./en/index.ts";
import { isLanguage, type Language, languageIds } from "./languages.ts";

export type Texts = typeof english;

/** In the browser: what the document is written in. */
export function documentLanguage(): Language {
  const { lang } = document.documentElement;
  return isLanguage(lang) ? lang : "en";
}

const begun: Promise<unknown>[] = [];

/** Settles when the words are there of every module that was loaded so far; rejects where some could not be fetched. */
export async function untilTextsAreThere(): Promise<void> {
  await Promise.all(begun);
}

/**
 * Words with a file for each language; fetching begins at once. Returns how they are found: while they are on their way
 * that throws the promise of them, and React, which began to draw a page that needs them, goes on when they are there.
 * Where they could not be fetched the document is loaded anew, as Remix does for a module of a page; the address is that of
 * the page already. A first document without them is not hydrated (`untilTextsAreThere`), so this ends. Throws an error
 * where they are of a language that was not asked for.
 */
export function byLanguage<Words>(
  files: Record<Language, () => Promise<Words>>,
): (language: Language) => Words {
  const needed = typeof document === "undefined" ? languageIds : [documentLanguage()];
  const known = new Map<Language, Words>();
  const fetched = Promise.all(needed.map(async (language) => known.set(language, await files[language]())));
  let state: "under way" | "here" | "failed" = "under way";
  const settled = fetched.then(
    () => {
      state = "here";
    },
    () => {
      state = "failed";
    },
  );
  begun.push(fetched);
  return (language) => {
    const words = known.get(language);
    if (words) return words;
    if (state === "under way") throw settled;
    if (state === "here" || typeof document === "undefined")
      throw new Error(`The words of "${language}" have not been loaded.`);
    location.reload();
    throw new Promise(() => {});
  };
}

/** What every page may need. */
export const textsIn = byLanguage<Texts>({
  en: async () => (await import("./en/index.ts")).english,
  es: async () => (await import("./es/index.ts")).spanish,
});
