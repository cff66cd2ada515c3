/** What somebody typed to find a conversation, as the terms that a name or a number has to hold. Pure. */
import { plainText } from "../../platform/text.ts";

export interface ConversationSearch {
  terms: string[];
  /** It was a number, in whatever grouping. */
  byNumber: boolean;
}

const mostTerms = 6;

/**
 * Undefined when nothing was typed. At least three digits and what numbers are grouped with are a number; anything else
 * is names, of which each word counts. No terms (only signs were typed) find nothing.
 */
export function conversationSearch(typed: string): ConversationSearch | undefined {
  const text = plainText(typed.trim(), 100);
  if (text === "") return undefined;
  const number = digitsOf(text);
  if (number) return { terms: [number], byNumber: true };
  const words = text.split(/\s+/u).map((word) => digitsOf(word) ?? word.replace(/^@/, ""));
  return {
    terms: words.filter((word) => /[\p{L}\p{N}\p{So}]/u.test(word)).slice(0, mostTerms),
    byNumber: false,
  };
}

/** `+52 (55) 8765-4321` and `0052 55 8765 4321` are both 525587654321. */
function digitsOf(text: string): string | undefined {
  if (!/^[\d\s()+./\u2010-\u2015-]+$/u.test(text)) return undefined;
  const digits = text.replace(/\D/g, "").replace(/^00/, "");
  return digits.length >= 3 ? digits : undefined;
}
