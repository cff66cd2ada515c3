/** What somebody reads who asked Meta to have their data deleted. */
import { deletion as en } from "./en/deletion.ts";
import { deletion as es } from "./es/deletion.ts";
import { inLanguage } from "./in-language.ts";

export const deletionTexts = inLanguage<typeof en>({ en, es });
