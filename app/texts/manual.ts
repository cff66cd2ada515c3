/** What is read by admins who connect by hand. */
import { manual as en } from "./en/manual.ts";
import { manual as es } from "./es/manual.ts";
import { inLanguage } from "./in-language.ts";

export const manualTexts = inLanguage<typeof en>({ en, es });
