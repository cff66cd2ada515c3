/** Looking into content of which nothing is certain. */
import { cut } from "../../../../platform/text.ts";

/** What stands under `name`, when there is an object and it has one of its own. */
export function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Longer than anybody writes; what is longer is cut, and the cut shows. */
export const longestText = 4_096;

export function textAt(value: unknown, name: string, longest = longestText): string | null {
  const text = at(value, name);
  return typeof text === "string" && text.trim() !== "" ? shortened(text, longest) : null;
}

export function shortened(text: string, longest = longestText): string {
  const short = cut(text, longest);
  return short === text ? text : `${short}…`;
}

/** Some senders write numbers as text. */
export function numberAt(value: unknown, name: string): number | null {
  const given = at(value, name);
  if (typeof given === "string") return numberIn(given);
  return typeof given === "number" && Number.isFinite(given) ? given : null;
}

/** The number that a text is, and nothing else; a comma may stand before one or two decimals. */
export function numberIn(text: string): number | null {
  return /^\s*-?\d{1,15}(?:\.\d{1,15}|,\d{1,2})?\s*$/.test(text) ? Number(text.replace(",", ".")) : null;
}

/** Of each list the beginning is read; `restOf` counts what comes after it. */
export const mostOfList = 50;

/** The beginning of a list, where there is one. */
export function listAt(value: unknown, name: string): unknown[] {
  const list = at(value, name);
  return Array.isArray(list) ? list.slice(0, mostOfList) : [];
}

/** An address that a link may lead to: http and https, nothing else. */
export function webAddress(text: string | null): string | null {
  if (!text || !URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return protocol === "http:" || protocol === "https:" ? href : null;
}

/** A name as a machine writes it, for people to read: `screen_0_Full_name_1` is `Full name`, `delivery_date` is `delivery date`. */
export function readableName(name: string): string {
  const field = /^screen_\d{1,4}_(.{1,200}?)_\d{1,4}$/i.exec(name)?.[1] ?? name;
  return shortened(field.replace(/[_\s-]+/g, " ").trim() || name.trim(), 100);
}
