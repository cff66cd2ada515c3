/** What happened to a connection, kind by kind. */
import { activityKinds as en } from "./en/activity-kinds.ts";
import { activityKinds as es } from "./es/activity-kinds.ts";
import { inLanguage } from "./in-language.ts";

export const activityKinds = inLanguage<typeof en>({ en, es });
