/** A message in words: what kind it is where its own words do not say, then what it says. */
import type { MessageContentView } from "../inbox/conversations.server.ts";
import type { Texts } from "../texts/catalogue.ts";

/** What stands above or in place of a message's own text; null when the text is all there is to it. */
export function kindWords({ thread }: Texts, { kind, text }: MessageContentView): string | null {
  if (kind === "text" || kind === "reply") return text === null ? thread.kinds[kind] : null;
  if (kind === "unknown") return null;
  return kind === "reaction" ? thread.reactedWith : thread.kinds[kind];
}

/** One line for a list. */
export function previewWords(texts: Texts, content: MessageContentView): string {
  const label = kindWords(texts, content);
  const said = content.text ?? content.detail;
  if (label === null) return said ?? texts.thread.notYet;
  return said ? `${label}${content.kind === "reaction" ? "" : ":"} ${said}` : label;
}
