import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { english as englishFrame } from "./en/index.ts";
import { pages as englishPages } from "./en/pages.ts";
import { spanish as spanishFrame } from "./es/index.ts";
import { pages as spanishPages } from "./es/pages.ts";

const english = { ...englishFrame, ...englishPages };
const spanish = { ...spanishFrame, ...spanishPages };

/** Every text under its path; functions are asked with amounts and names. */
function textsOf(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function")
    return textsOf(said(value as (...given: unknown[]) => unknown), `${path}()`);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, path ? `${path}.${key}` : key));
}

function said(ask: (...given: unknown[]) => unknown): unknown {
  const answers = [
    [2, 3, 4],
    [["Curbe"], ["Curbe"]],
    ["token_rejected", "Curbe", "Curbe"],
  ].map((given) => {
    try {
      return ask(...given);
    } catch {
      return null;
    }
  });
  return answers.filter((answer) => answer !== null && answer !== undefined);
}

/** What reads the same in both: names, and words that Spanish has taken over. */
const alike = /^(Curbe|WhatsApp|Meta|Audio|Video|en|es|Sticker|Total|UTC|No|CSV|[^a-z]*)$/i;

test("Spanish has every text that English has, and none that is still English", () => {
  const inSpanish = new Map(textsOf(spanish));
  const inEnglish = textsOf(english);
  expect(inEnglish.length).toBeGreaterThan(300);
  const missing = inEnglish.filter(([path]) => !inSpanish.has(path)).map(([path]) => path);
  expect(missing).toEqual([]);
  const same = inEnglish.filter(([path, text]) => inSpanish.get(path) === text && !alike.test(text));
  expect(same).toEqual([]);
});

test("no text in Spanish has an English word or addresses anybody as usted", () => {
  const suspicious =
    /\b(the|your|you|please|with|from|number|message|usted|exitosamente|vosotros|su cuenta)\b/i;
  expect(textsOf(spanish).filter(([, text]) => suspicious.test(text))).toEqual([]);
});

test("no text is empty or has a gap where something was to be put in", () => {
  for (const texts of [english, spanish]) {
    const broken = textsOf(texts).filter(
      ([, text]) => text.trim() === "" || /undefined|NaN|\[object/.test(text),
    );
    expect(broken).toEqual([]);
  }
});

const shownAttributes = new Set(["aria-label", "alt", "placeholder", "title", "label"]);

/** Words written into a component instead of the catalogue. */
function wordsIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && shownAttributes.has(node.name.getText(source))) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value) && /\p{L}{2}/u.test(value.text)) found.push(value.text);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

test("components have no words of their own", () => {
  const app = new URL("../", import.meta.url).pathname;
  const files = readdirSync(app, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsx"))
    .map((name) => app + name);
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap((file) => wordsIn(file).map((words) => `${file}: ${words}`))).toEqual([]);
});
