/** A message in words: what kind it is where its own words do not say, then what it says. */

import type { ContactView } from "../../inbox/conversations/conversations.server.ts";
import type { MessageContentView } from "../../inbox/conversations/message-view.server.ts";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { MessageKind, OutsideSender } from "../../integrations/message.ts";
import { cut, isBlank } from "../../platform/text.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { pageTexts } from "../../texts/pages.ts";
import { withoutMarkup } from "./message-markup.ts";

/** What stands above or in place of a message's own text; null when the text is all there is to it. */
export function kindWords(texts: Texts, content: MessageContentView): string | null {
  const { kind, text } = content;
  const thread = pageTexts(texts).thread;
  if (kind === "unsupported") return withheldWords(texts, content);
  if (kind === "text" || kind === "reply")
    return text === null || isBlank(text) ? named(texts, content, thread.kinds[kind]) : null;
  if (kind === "unknown") return null;
  return kind === "reaction" ? thread.reactedWith : named(texts, content, thread.kinds[kind]);
}

function named(texts: Texts, { channel, called }: MessageContentView, label: string): string {
  if (called === undefined) return label;
  const { names } = pageTexts(texts).thread.channels[channel];
  return `${label}: ${Object.hasOwn(names, called) ? names[called] : called}`;
}

/** The reason in our words where we know it; what it was, where that is told; else the platform's own words. */
function withheldWords(texts: Texts, content: MessageContentView): string {
  const { unsupported, withheld, failedBecause } = pageTexts(texts).thread.channels[content.channel];
  const { code = null, title = null } = content.withheld ?? {};
  if (code !== null && Object.hasOwn(withheld, code))
    return named(texts, content, withheld[code] ?? unsupported);
  const label = named(texts, content, unsupported);
  return title ? `${label}. ${failedBecause} ${title}` : label;
}

/** What the platform says went wrong with a message that it shares nonetheless. */
export function troubleWords(texts: Texts, { channel, kind, withheld }: MessageContentView): string | null {
  if (!withheld || kind === "unsupported") return null;
  const words = pageTexts(texts).thread.channels[channel];
  const { code, title } = withheld;
  if (code !== null && Object.hasOwn(words.withheld, code)) return words.withheld[code] ?? null;
  return (title ?? code) ? `${words.failedBecause} ${title ?? code}` : null;
}

/** One line for a list: long texts are cut before they are looked at. */
export function previewWords(texts: Texts, content: MessageContentView): string {
  const label = kindWords(texts, content);
  const words = content.text === null ? content.detail : withoutMarkup(cut(content.text, longestPreview));
  const said = words === null || isBlank(words) ? null : words;
  if (label === null) return said ?? pageTexts(texts).thread.notYet;
  return said ? `${label}${content.kind === "reaction" ? "" : ":"} ${said}` : label;
}

const longestPreview = 300;

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
