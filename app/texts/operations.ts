/** What platform staff reads. */
import { operations as en } from "./en/operations.ts";
import { operations as es } from "./es/operations.ts";
import { inLanguage } from "./in-language.ts";

export const operationsTexts = inLanguage<typeof en>({ en, es });
