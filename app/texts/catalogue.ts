/**
 * Every word a person reads, in each language. English is the measure: another language is an object of its type, so a
 * missing text does not compile. The browser gets one language of what stands in every page, the server has them all; what
 * only some pages need comes with these, in both (`in-language.ts`).
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

const loaded = new Map<Language, Texts>();

/** Before anything is drawn. */
export function provideTexts(language: Language, texts: Texts): void {
  loaded.set(language, texts);
}

export function textsIn(language: Language): Texts {
  const texts = loaded.get(language);
  if (!texts) throw new Error(`The words of "${language}" have not been loaded.`);
  return texts;
}
