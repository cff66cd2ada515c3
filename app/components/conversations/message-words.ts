/** A message in words: what kind it is where its own words do not say, then what it says. */

import type { MessageContentView } from "../../inbox/conversations/message-view.server.ts";
import type { MessageKind } from "../../integrations/message.ts";
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
  return kind === "system" || kind === "number_changed" || kind === "identity_changed" || kind === "welcome";
}
