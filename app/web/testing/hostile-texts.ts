/** Text that databases, calendars, numbers and parsers cannot take, percent-encoded as it would stand in an address. */
const encoded = [
  ...["", "%20", "%00", "a%00b", "%00%00", "%0A", "a%0D%0Ab", "%1B[31m", "%7F", "%C2%85"],
  // No UTF-8: a lone byte, halves of characters, an overlong slash, past the last character.
  ...["%FF", "%C3", "%ED%A0%80", "%ED%B0%80", "%C0%AF", "%F4%90%80%80", "%F0%9F"],
  // Text that may be: beside the first plane, of the wrong direction, invisible, thousands of marks on one letter.
  ...["%F0%9F%98%80", "%E2%80%AEa", "%EF%BB%BF", "%EF%BF%BF", `a${"%CC%81".repeat(400)}`],
  // Ids and numbers.
  ...[
    "0",
    "-1",
    "+1",
    "007",
    "1.0",
    "1e3",
    "1e400",
    "NaN",
    "Infinity",
    "0x10",
    "%D9%A3",
    "1'--",
    "1)%20or%20(1=1",
  ],
  ...["9223372036854775807", "9223372036854775808", "18446744073709551616", "9".repeat(400)],
  ...["00000000-0000-0000-0000-000000000000", "{aaaaaaaa-0000-4000-8000-000000000001}", "urn:uuid:0"],
  // Moments and cursors.
  ...["2026-02-30T00:00:00.000000Z_1", "2026-02-30T00:00:00.000000Z_1_1", "2026-01-01T24:00:00.000000Z_1"],
  ...["0000-01-01T00:00:00.000000Z_1", "0001-01-01T00:00:00.000000Z_1", "9999-12-31T23:59:59.999999Z_1"],
  ...["294277-01-01T00:00:00.000000Z_1", "-infinity", "infinity_1", "2026-01-01T00:00:00.000000Z_-1"],
  ...["2026-01-01T00:00:00.000000Z_9223372036854775808", "2026-01-01T00:00:00.000000Z_1_9223372036854775808"],
  ...["2026-01-01T00:00:00.000000Z_999999999999999999_999999999999999999"],
  // What has a meaning elsewhere.
  ...[
    "%25",
    "%5C",
    "%27",
    "%22",
    "..%2F..%2Fetc",
    "__proto__",
    "constructor",
    "%7B%7D",
    "[]",
    "null",
    "undefined",
  ],
  ...["%3Cscript%3E", "%5Cu0000", "%5C0", "*", "(((((", "%25%25%25", "_______", "x".repeat(5_000)],
];

/** As text; what is no UTF-8 as a lone surrogate, which only JSON can carry. */
const decoded = ["\ud800", "a\udc00b", "\ud83d\u0000\ude00"];

export const hostileTexts: readonly { inAddress: string; text: string }[] = [
  ...encoded.map((inAddress) => ({ inAddress, text: new URLSearchParams(`a=${inAddress}`).get("a") ?? "" })),
  ...decoded.map((text) => ({ inAddress: encodeURIComponent(text.toWellFormed()), text })),
];
