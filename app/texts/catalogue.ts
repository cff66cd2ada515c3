/**
 * Every word a person reads, in each language. English is the measure: another language is an object of its type, so a
 * missing text does not compile. The server has all languages, the browser the one that its document is written in: what
 * stands in every page comes with every page, what only some need (`pages.ts`) with these.
 */
import type { english } from "./en/index.ts";

/** In the order they are offered, each under its own name. */
export const languages = { en: "English", es: "Español" } as const;

export type Language = keyof typeof languages;

export type Texts = typeof english;

export const languageIds = Object.keys(languages) as Language[];

export function isLanguage(value: string | undefined | null): value is Language {
  return value != null && Object.hasOwn(languages, value);
}

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
 * Throws an error where they are of a language that was not fetched, or could not be.
 */
export function byLanguage<Words>(
  files: Record<Language, () => Promise<Words>>,
): (language: Language) => Words {
  const needed = typeof document === "undefined" ? languageIds : [documentLanguage()];
  const known = new Map<Language, Words>();
  const fetched = Promise.all(needed.map(async (language) => known.set(language, await files[language]())));
  let underWay: Promise<unknown> | null = fetched.finally(() => {
    underWay = null;
  });
  begun.push(underWay);
  return (language) => {
    const words = known.get(language);
    if (words) return words;
    throw underWay ?? new Error(`The words of "${language}" have not been loaded.`);
  };
}

/** What every page may need. */
export const textsIn = byLanguage<Texts>({
  en: async () => (await import("./en/index.ts")).english,
  es: async () => (await import("./es/index.ts")).spanish,
});
