import type { ChannelId } from "../../integrations/catalog.ts";
import type { ActivityView } from "../../integrations/connection/activity.server.ts";
import type { EventKind } from "../../integrations/connection/activity-filter.ts";
import { activityTexts } from "../../texts/activity.ts";
import { activityKinds } from "../../texts/activity-kinds.ts";
import type { Texts } from "../../texts/catalogue.ts";

/** The words for each kind of event of a channel. A kind without words does not compile. */
export function activityWords(texts: Texts, channel: ChannelId): Record<EventKind, string> {
  return { ...activityKinds(texts), ...texts.channels[channel].activity };
}

/** A kind that came after these words were written reads as a change. */
export function wordsOfActivity(texts: Texts, channel: ChannelId, kind: string): string {
  const words: Record<string, string> = activityWords(texts, channel);
  return (Object.hasOwn(words, kind) && words[kind]) || activityTexts(texts).otherwise;
}

/** Who did it: a person, somebody who is no member any more, or we and Meta. */
export function actorOfActivity(texts: Texts, { actor, byPerson }: ActivityView): string {
  const words = activityTexts(texts);
  return actor ?? (byPerson ? words.gone : words.automatic);
}
