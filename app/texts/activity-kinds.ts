/** What happened to a connection, kind by kind: words that come with the pages that list it, and not with every page. */
import type { Texts } from "./catalogue.ts";
import { activityKinds as english } from "./en/activity-kinds.ts";
import { activityKinds as spanish } from "./es/activity-kinds.ts";

const known: Record<Texts["language"], Record<string, string>> = { en: english, es: spanish };

export function activityKinds({ language }: Texts): Record<string, string> {
  return known[language];
}
