/** English that stands on a Spanish page: any text of the English catalogue that Spanish does not have as well. */
import type { Page } from "@playwright/test";
import { english } from "../../../texts/en/index.ts";
import { pages as englishPages } from "../../../texts/en/pages.ts";
import { spanish } from "../../../texts/es/index.ts";
import { pages as spanishPages } from "../../../texts/es/pages.ts";

/** All words of a language together. */
export const words = { en: { ...english, ...englishPages }, es: { ...spanish, ...spanishPages } };

/** Pieces of every text. What functions say is cut at what was put in. */
function piecesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return said(value as (...given: unknown[]) => unknown).flatMap(piecesOf);
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(piecesOf);
}

const put = "\u0001";

function said(ask: (...given: unknown[]) => unknown): unknown[] {
  const givens = [[7777, 7777, 7777], [1, 1, 1], [[put], [put]], ["token_rejected", put, put], [{}]];
  return givens.flatMap((given) => {
    try {
      const answer = ask(...given);
      return typeof answer === "string" ? answer.split(/7777|7,777|7\.777|\u0001/) : [answer];
    } catch {
      return [];
    }
  });
}

const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** Shorter ones, and single words in small letters, occur in names, in Meta's code words and in Spanish. */
const isTelling = (text: string) =>
  text.length >= 8 && /[a-z]{3}/.test(text) && (text.includes(" ") || /^\p{Lu}/u.test(text));

const inSpanish = new Set(piecesOf(words.es).map(plain));
const onlyEnglish = [...new Set(piecesOf(words.en).map(plain))].filter(
  (text) => isTelling(text) && !inSpanish.has(text),
);

export function englishIn(spoken: string): string[] {
  return onlyEnglish.filter((text) => {
    const at = spoken.indexOf(text);
    if (at < 0) return false;
    const around = `${spoken[at - 1] ?? " "}${spoken[at + text.length] ?? " "}`;
    return !/\p{L}/u.test(around);
  });
}

/** Everything that is read or read out, the tab's title included; each text on a line of its own. */
export async function spokenOn(page: Page): Promise<string> {
  const lines = await page.evaluate(() => {
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.parentElement?.closest("script, style, noscript")) found.push(node.nodeValue ?? "");
    }
    const attributes = ["aria-label", "aria-description", "title", "alt", "placeholder"];
    for (const name of attributes) {
      for (const element of document.querySelectorAll(`[${name}]`))
        found.push(element.getAttribute(name) ?? "");
    }
    return found;
  });
  return lines.map(plain).join("\n");
}
