/** The browser fetches the one language that its document is written in. */
import { type Language, provideTexts } from "./catalogue.ts";

const loaders = {
  en: async () => (await import("./en/index.ts")).english,
  es: async () => (await import("./es/index.ts")).spanish,
};

export async function loadTexts(language: Language): Promise<void> {
  provideTexts(language, await loaders[language]());
}
