/** Contact cards, as Meta reads them, and from the vCard beside them what Meta leaves out. */
import type { ContactCard, MessageParts } from "../../../message.ts";
import { at, listAt, textAt } from "./content.server.ts";

export function cardParts(content: Record<string, unknown>): MessageParts {
  const cards = listAt(content, "contacts").map(cardOf);
  return cards.length > 0 ? { cards } : {};
}

function cardOf(card: unknown): ContactCard {
  const written = vcardOf(textAt(card, "vcard", 20_000) ?? "");
  const either = (own: string[], other: string[]) => (own.length > 0 ? own : other);
  const org = at(card, "org");
  return {
    name: nameOf(at(card, "name")) ?? written.FN?.[0] ?? null,
    organisation: joined([textAt(org, "company"), textAt(org, "department")]) ?? written.ORG?.[0] ?? null,
    job: textAt(org, "title") ?? written.TITLE?.[0] ?? null,
    birthday: textAt(card, "birthday") ?? written.BDAY?.[0] ?? null,
    numbers: either(textsOf(card, "phones", "phone", "wa_id"), written.TEL ?? []),
    emails: either(textsOf(card, "emails", "email"), written.EMAIL ?? []),
    addresses: either(
      listAt(card, "addresses").flatMap((address) => addressOf(address) ?? []),
      written.ADR ?? [],
    ),
    links: either(textsOf(card, "urls", "url"), written.URL ?? []),
  };
}

function nameOf(name: unknown): string | null {
  const parts = ["prefix", "first_name", "middle_name", "last_name", "suffix"];
  return (
    textAt(name, "formatted_name") ?? (parts.flatMap((part) => textAt(name, part) ?? []).join(" ") || null)
  );
}

function addressOf(address: unknown): string | null {
  return joined(["street", "city", "state", "zip", "country"].map((part) => textAt(address, part)));
}

function joined(texts: (string | null)[]): string | null {
  return texts.filter((text) => text !== null).join(", ") || null;
}

/** Each once, under the first of the names that an item has. */
function textsOf(card: unknown, list: string, ...names: string[]): string[] {
  const texts = listAt(card, list).map((item) => names.map((name) => textAt(item, name)).find(Boolean));
  return [...new Set(texts.filter((text) => typeof text === "string"))];
}

const vcardNames = new Set(["FN", "ORG", "TITLE", "BDAY", "TEL", "EMAIL", "ADR", "URL"]);

/** The lines of a vCard that a card has a place for, by their names; parts of a value are divided by `;` there. */
function vcardOf(text: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const line of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const name =
      line
        .slice(0, Math.max(0, colon))
        .split(";", 1)[0]
        ?.replace(/^item\d+\./i, "")
        .toUpperCase() ?? "";
    if (!vcardNames.has(name)) continue;
    const parts = line
      .slice(colon + 1)
      .split(/(?<!\\);/)
      .map((part) => part.replace(/\\([,;\\])/g, "$1").trim());
    const value = parts.filter(Boolean).join(", ");
    if (value) found[name] = [...(found[name] ?? []), value].slice(0, 20);
  }
  return found;
}
