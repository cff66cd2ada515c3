/** The languages, and no words: importing this fetches none. */

/** In the order they are offered, each under its own name. */
export const languages = { en: "English", es: "Español" } as const;

export type Language = keyof typeof languages;

/** How numbers and moments are written: day before month in both, a point before decimals. */
export const locales: Record<Language, string> = { en: "en-GB", es: "es-419" };

export const languageIds = Object.keys(languages) as Language[];

export function isLanguage(value: string | undefined | null): value is Language {
  return value != null && Object.hasOwn(languages, value);
}
