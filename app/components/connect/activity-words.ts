import type { ChannelId } from "../../integrations/catalog.ts";
import type { ActivityView } from "../../integrations/connection/activity.server.ts";
import type { EventKind } from "../../integrations/connection/activity-filter.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { pageTexts } from "../../texts/pages.ts";

/** The words for each kind of event of a channel. A kind without words does not compile. */
export function activityWords(texts: Texts, channel: ChannelId): Record<EventKind, string> {
  return { ...pageTexts(texts).activity.kinds, ...texts.channels[channel].activity };
}

/** A kind that came after these words were written reads as a change. */
export function wordsOfActivity(texts: Texts, channel: ChannelId, kind: string): string {
  const words: Record<string, string> = activityWords(texts, channel);
  return (Object.hasOwn(words, kind) && words[kind]) || pageTexts(texts).activity.otherwise;
}

/** Who did it: a person, somebody who is no member any more, or we and Meta. */
export function actorOfActivity(texts: Texts, { actor, byPerson }: ActivityView): string {
  const words = pageTexts(texts).activity;
  return actor ?? (byPerson ? words.gone : words.automatic);
}
