/** What happened to the connections of a workspace. */
import { activity as en } from "./en/activity.ts";
import { activity as es } from "./es/activity.ts";
import { inLanguage } from "./in-language.ts";

export const activityTexts = inLanguage<typeof en>({ en, es });
