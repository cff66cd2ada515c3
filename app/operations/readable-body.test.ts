import { expect, test } from "vitest";
import { readable } from "./readable-body.server.ts";

const shown = (text: string) => readable(new TextEncoder().encode(text));

test("JSON is laid out, anything else stays as it came", () => {
  expect(shown('{"a":[1,"ñ"]}')).toBe('{\n  "a": [\n    1,\n    "ñ"\n  ]\n}');
  expect(shown('{"a":')).toBe('{"a":');
  expect(shown("not\tJSON\r\n")).toBe("not\tJSON\\u000d\n");
});

test("a number that would change is left alone, in a string it is none", () => {
  expect(shown('{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}');
  expect(shown('{"id":"12345678901234567890"}')).toBe('{\n  "id": "12345678901234567890"\n}');
});

test("what cannot be seen, or misleads, is written out", () => {
  expect(shown('{"a":"x\u202ey\u200bz\u0007"')).toBe('{"a":"x\\u202ey\\u200bz\\u0007"');
  expect(shown('{"a":"\\u202e\\u0000"}')).toBe('{\n  "a": "\\u202e\\u0000"\n}');
  expect(shown('{"a":"😀"}')).toContain("😀");
  expect(readable(new Uint8Array([0x61, 0xff]))).toBe("a\ufffd");
});
