import { describe, expect, test } from "vitest";
import { cut, isPlainText, plainText, readMoment, readRowId, readUuid } from "./text.ts";

describe("plain text", () => {
  test.each([
    ["a\u0000b\u001b[0m\u007f\u0085c", "ab[0mc"],
    ["a\tb\r\nc", "a\tb\r\nc"],
    ["\ud83d\ude00", "\ud83d\ude00"],
    ["\ud83d", "\ufffd"],
    ["a\ude00b", "a\ufffdb"],
  ])("%j is %j", (text, plain) => {
    expect(plainText(text)).toBe(plain);
    expect(isPlainText(text)).toBe(text === plain);
    expect(isPlainText(plain)).toBe(true);
  });

  test("is cut between characters, also where taking something out brings halves together", () => {
    expect(plainText("ab\ud83d\ude00", 3)).toBe("ab");
    expect(cut("ab\ud83d\ude00", 4)).toBe("ab\ud83d\ude00");
    expect(plainText("\ud83d\u0000\ude00", 10)).toBe("\ud83d\ude00");
  });
});

test.each([
  ["1", "1"],
  ["9223372036854775807", "9223372036854775807"],
  ["9223372036854775808", undefined],
  ["10000000000000000000", undefined],
  ["0", undefined],
  ["01", undefined],
  ["-1", undefined],
  ["+1", undefined],
  [" 1", undefined],
  ["1\n", undefined],
  ["1e3", undefined],
  ["1.0", undefined],
  ["٣", undefined],
  ["", undefined],
  [1, undefined],
  [null, undefined],
])("the row id in %j is %j", (text, id) => {
  expect(readRowId(text)).toBe(id);
});

test.each([
  ["AAAAAAAA-0000-4000-8000-00000000000F", "aaaaaaaa-0000-4000-8000-00000000000f"],
  ["aaaaaaaa00004000800000000000000f", undefined],
  ["{aaaaaaaa-0000-4000-8000-00000000000f}", undefined],
  ["aaaaaaaa-0000-4000-8000-00000000000g", undefined],
  ["aaaaaaaa-0000-4000-8000-00000000000f\n", undefined],
  [undefined, undefined],
])("the uuid in %j is %j", (text, uuid) => {
  expect(readUuid(text)).toBe(uuid);
});

describe("a moment", () => {
  test.each([
    "2024-02-29T00:00:00.000000Z",
    "2026-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z",
  ])("%s is one", (text) => expect(readMoment(text)).toBe(text));

  test.each([
    "2026-02-30T00:00:00.000000Z",
    "2026-02-29T00:00:00.000000Z",
    "2026-04-31T00:00:00.000000Z",
    "2026-13-01T00:00:00.000000Z",
    "2026-00-01T00:00:00.000000Z",
    "2026-01-00T00:00:00.000000Z",
    "2026-01-01T24:00:00.000000Z",
    "2026-01-01T23:60:00.000000Z",
    "2026-01-01T23:59:60.000000Z",
    "0000-01-01T00:00:00.000000Z",
    "294277-01-01T00:00:00.000000Z",
    "+294276-12-31T23:59:59.999999Z",
    "-4713-01-01T00:00:00.000000Z",
    "infinity",
    "-infinity",
    "now",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000000+15",
    "2026-01-01T00:00:00.000000z",
    " 2026-01-01T00:00:00.000000Z",
    "2026-01-01T00:00:00.000000Z\n",
    "٢٠٢٦-01-01T00:00:00.000000Z",
    "",
  ])("%j is none", (text) => expect(readMoment(text)).toBeUndefined());
});

describe("a cut", () => {
  test.each([
    ["a family", "👨‍👩‍👧‍👦"],
    ["a flag", "🇲🇽"],
    ["a skin", "👍🏽"],
    ["a keycap", "1️⃣"],
    ["combining marks", "e\u0301\u0323"],
    ["Hangul", "\u1112\u1161\u11ab"],
    ["a conjunct of vowel signs", "नि"],
    ["a surrogate pair", "😀"],
  ])("goes through no sign: %s", (_name, sign) => {
    for (let longest = 0; longest <= 3 + 2 * sign.length; longest += 1) {
      const whole = Math.max(0, Math.floor((longest - 2) / sign.length));
      const expected = longest < 2 ? "ab".slice(0, longest) : `ab${sign.repeat(Math.min(2, whole))}`;
      expect(cut(`ab${sign}${sign}c`, longest)).toBe(
        longest === 3 + 2 * sign.length ? `ab${sign}${sign}c` : expected,
      );
    }
  });

  test("through a sign that is absurdly long keeps what fits", () => {
    expect(cut(`e${"\u0301".repeat(70_000)}`, 100)).toHaveLength(100);
  });

  test("costs no more for a long text", () => {
    const long = "🇪🇸".repeat(250_000);
    const before = process.cpuUsage();
    for (let n = 0; n < 1_000; n += 1) cut(long, 140);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
