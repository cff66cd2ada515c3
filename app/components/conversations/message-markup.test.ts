import { describe, expect, test } from "vitest";
import { type Block, blocksOf, type Span, withoutMarkup } from "./message-markup.ts";

const names = { bold: "b", italic: "i", struck: "s" };

/** `<b>bold</b>`, short enough for a table. */
function drawn(spans: Span[]): string {
  return spans
    .map((span) => {
      if ("spans" in span) return `<${names[span.look]}>${drawn(span.spans)}</${names[span.look]}>`;
      if (span.look === "address") return `<a ${span.href}>`;
      return span.look === "code" ? `<c>${span.text}</c>` : span.text;
    })
    .join("");
}

const lines = ({ kind, lines: all }: Block) =>
  `${kind}: ${all.map(({ spans, number }) => (number ? `${number} ` : "") + drawn(spans)).join(" | ")}`;

describe("signs within a line", () => {
  test.each([
    ["*bold* _it_ ~no~ `c` ```d```", "<b>bold</b> <i>it</i> <s>no</s> <c>c</c> <c>d</c>"],
    ["*_~all~_* (*a*), ¡_b_!", "<b><i><s>all</s></i></b> (<b>a</b>), ¡<i>b</i>!"],
    ["a*b* c_d_ e~f~!", "a*b* c_d_ e~f~!"],
    ["2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c"],
    ["a * b * _ c _ *d", "a * b * _ c _ *d"],
    ["*open _and* crossed_", "<b>open _and</b> crossed_"],
    ["** **** **bold**", "** **** *<b>bold</b>*"],
    ["*a\n b*", "*a\n b*"],
    ["`*a*` ```_b_``` `", "<c>*a*</c> <c>_b_</c> `"],
    ["`` ` `", "`` ` `"],
    [
      "*https://a.example/x_y_z* _ana_b@luz.example_",
      "<b><a https://a.example/x_y_z></b> <i>ana_b@luz.example</i>",
    ],
    ["`https://a.example`", "<c>https://a.example</c>"],
    ["👨‍👩‍👧*a*", "👨‍👩‍👧<b>a</b>"],
  ])("of %j are drawn as %s", (text, expected) => {
    expect(
      blocksOf(text)
        .flatMap((block) => block.lines.map(({ spans }) => drawn(spans)))
        .join("\n"),
    ).toBe(expected);
  });
});

test("lines of one kind are one block; a fence holds lines together", () => {
  const text = "Hola\n- pan\n* sal\n3. uno\n4. *dos*\n> dijo\n> _que_\nFin\n```a\n- b```\n- \n-c";
  expect(blocksOf(text).map(lines)).toEqual([
    "text: Hola",
    "bullets: pan | sal",
    "numbers: 3 uno | 4 <b>dos</b>",
    "quote: dijo | <i>que</i>",
    "text: Fin | <c>a\n- b</c> | -  | -c",
  ]);
  expect(withoutMarkup(text)).toBe("Hola\n• pan\n• sal\n3. uno\n4. dos\ndijo\nque\nFin\na\n- b\n- \n-c");
});

test.each([
  "*_~",
  "*",
  "_a ",
  "*a _b ~c ",
  "```",
  "`",
  "`a",
  "*a* ",
  "- *_~`",
  "> ```\n",
  "\n",
  "a\n",
  "*_~x~_*",
])("64,000 characters of %j take no time and are not nested deeply", (piece) => {
  const text = `${piece.repeat(Math.ceil(64_000 / piece.length))}\n\`\`\`a\`\`\``;
  const before = process.cpuUsage();
  const blocks = blocksOf(text);
  expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  const depth = (spans: Span[]): number =>
    spans.reduce((deepest, span) => Math.max(deepest, "spans" in span ? 1 + depth(span.spans) : 0), 0);
  for (const block of blocks) for (const { spans } of block.lines) expect(depth(spans)).toBeLessThan(4);
});

test.each([
  ["*\u200b*", "*\u200b*"],
  ["`\u2060`", "`\u2060`"],
  ["```\u200b```", "```\u200b```"],
  ["*`\u200b`*", "`\u200b`"],
  ["_~\u3164~_", "~\u3164~"],
])("signs around what nobody can see are signs: %j", (text, words) => {
  expect(withoutMarkup(text)).toBe(words);
});
