/** A message in words: what kind it is where its own words do not say, then what it says. */

import type { ContactView } from "../../inbox/conversations/conversations.server.ts";
import type { MessageContentView } from "../../inbox/conversations/message-view.server.ts";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { MessageKind, OutsideSender } from "../../integrations/message.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { pageTexts } from "../../texts/pages.ts";

/** What stands above or in place of a message's own text; null when the text is all there is to it. */
export function kindWords(texts: Texts, { channel, kind, text }: MessageContentView): string | null {
  const thread = pageTexts(texts).thread;
  if (kind === "text" || kind === "reply") return text === null ? thread.kinds[kind] : null;
  if (kind === "unknown") return null;
  if (kind === "unsupported") return thread.channels[channel].unsupported;
  return kind === "reaction" ? thread.reactedWith : thread.kinds[kind];
}

/** One line for a list. */
export function previewWords(texts: Texts, content: MessageContentView): string {
  const label = kindWords(texts, content);
  const said = content.text ?? content.detail;
  if (label === null) return said ?? pageTexts(texts).thread.notYet;
  return said ? `${label}${content.kind === "reaction" ? "" : ":"} ${said}` : label;
}

/** The file stays at the platform. */
export const isMedia: ReadonlySet<MessageKind> = new Set<MessageKind>([
  ...(["image", "video", "audio", "voice", "document", "sticker"] as const),
]);

/** What happened to the conversation, and was said by nobody. */
export function isNotice(kind: MessageKind): boolean {
  return notices.has(kind);
}

const notices = new Set<MessageKind>([
  ...(["system", "number_changed", "identity_changed", "welcome"] as const),
  ...([
    "call_from_customer",
    "call_from_business",
    "call_missed",
    "call_unanswered",
    "call_declined",
  ] as const),
  ...(["person_wanted", "person_took_over", "agent_took_over", "handed_over"] as const),
  ...(["marketing_stopped", "marketing_resumed", "marketing_wanted", "preference"] as const),
]);

/** Who sent an outbound message, in one or two words; null when it went out from here. */
export function senderWords(
  texts: Texts,
  { channel, sentBy }: { channel: ChannelId; sentBy: OutsideSender | null },
): string | null {
  return sentBy && pageTexts(texts).thread.channels[channel].sentBy[sentBy];
}

/** What a person or a group is called. */
export function contactWords(texts: Texts, { name, phoneNumber, isGroup }: ContactView): string {
  const { unnamedGroup, unknownContact } = texts.conversations;
  return name ?? phoneNumber ?? (isGroup ? unnamedGroup : unknownContact);
}
