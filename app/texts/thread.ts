/** What stands in a conversation. */
import { thread as en } from "./en/thread.ts";
import { thread as es } from "./es/thread.ts";
import { inLanguage } from "./in-language.ts";

export type ThreadTexts = typeof en;

export const threadTexts = inLanguage<typeof en>({ en, es });
