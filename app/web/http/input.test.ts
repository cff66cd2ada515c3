import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { isPlainText } from "../../platform/text.ts";
import {
  type Fields,
  fieldOf,
  mostFields,
  oneOf,
  paramOf,
  readBoundedForm,
  readFields,
  readForm,
  readQuery,
} from "./input.server.ts";

const origin = "http://curbe.test/";
const query = (text: string) => readQuery(new Request(`${origin}?${text}`));
const post = (body: BodyInit, type?: string) =>
  new Request(origin, { method: "POST", body, ...(type && { headers: { "Content-Type": type } }) });
const form = "application/x-www-form-urlencoded";

describe("a field", () => {
  test("is the text given first", () => {
    const fields = query("a=1&a=2&b=&c");
    expect([fields.get("a"), fields.get("b"), fields.get("c"), fields.get("d")]).toEqual(["1", "", "", null]);
    expect([fields.has("c"), fields.has("d"), fields.has("toString")]).toEqual([true, false, false]);
    expect(fields.getAll("a")).toEqual(["1", "2"]);
    expect(fieldOf(fields, "d")).toBe("");
  });

  test.each([
    ["%00", ""],
    ["a%00b", "ab"],
    ["%1b[0m", "[0m"],
    ["a%7f", "a"],
    ["%c2%85", ""],
  ])("%s is refused, and as it was typed %j", (given, typed) => {
    const fields = query(`a=${given}&b=1`);
    expect(fields.has("a")).toBe(true);
    expect([fields.get("a"), fields.only("a"), fields.getAll("a")]).toEqual([null, undefined, []]);
    expect(fields.typed("a")).toBe(typed);
    expect(fields.get("b")).toBe("1");
  });

  test("is well-formed, whatever its bytes were", () => {
    for (const given of ["%ff", "%ed%a0%80", "%e0%a4%a", "%", "%zz", "%f0%9f"])
      expect(isPlainText(query(`a=${given}`).get("a") ?? "\u0000")).toBe(true);
  });

  test("is cut; where it is a secret it is refused instead, and so is one that stands there twice", () => {
    const fields = query(`a=${"x".repeat(2_000)}&b=1&b=1`);
    expect(fields.get("a")).toHaveLength(1_024);
    expect(fields.get("a", 5)).toBe("xxxxx");
    expect(fields.typed("a", 5)).toBe("xxxxx");
    expect(fields.only("a")).toBeUndefined();
    expect(fields.only("a", 2_000)).toHaveLength(2_000);
    expect(fields.only("b")).toBeUndefined();
  });
});

test("whatever comes, what is read can be stored", async () => {
  const text = anyText({ maxLength: 40 });
  const lone = fc
    .array(fc.constantFrom("\ud800", "\udc00", "\u0000", "é", "x", "😀"))
    .map((parts) => parts.join(""));
  const reads = (fields: Fields) => [
    fields.get("a", 7) ?? "",
    fields.only("a") ?? "",
    fields.typed("a", 7),
    ...fields.getAll("a", 7),
  ];
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, lone), async (given) => {
      const encoded = `a=${encodeURIComponent(given.toWellFormed())}`;
      for (const fields of [
        query(encoded),
        await readForm(post(encoded, form)),
        await readFields(post(JSON.stringify({ a: given }), "application/json")),
      ]) {
        for (const read of reads(fields)) expect(isPlainText(read), JSON.stringify(given)).toBe(true);
        expect(fields.get("a", 7)?.length ?? 0).toBeLessThanOrEqual(7);
      }
      expect(isPlainText(paramOf({ a: given }, "a"))).toBe(true);
    }),
    cases(300),
  );
});

test("a part of the path is whole or nothing", () => {
  expect(paramOf({ id: "7" }, "id")).toBe("7");
  for (const id of [undefined, "7\u0000", "\ud800", "7".repeat(257)]) expect(paramOf({ id }, "id")).toBe("");
  expect(paramOf({}, "constructor")).toBe("");
});

describe("a form", () => {
  test("that was read is still there for the next reader", async () => {
    const request = post(new URLSearchParams({ a: "1" }));
    expect((await readForm(request)).get("a")).toBe("1");
    expect((await readForm(request)).get("a")).toBe("1");
  });

  test("of several parts is one, too; a file is no text", async () => {
    const parts = new FormData();
    parts.set("a", "1");
    parts.set("b", new File(["text"], "b.txt"));
    const fields = await readForm(post(parts));
    expect([fields.get("a"), fields.get("b"), fields.typed("b"), fields.has("b")]).toEqual([
      "1",
      null,
      "",
      true,
    ]);
  });

  test.each([
    ["no form", "a=1", "text/plain"],
    ["broken", "--x", "multipart/form-data; boundary=x"],
    [
      "too long",
      Array(mostFields + 1)
        .fill("a=1")
        .join("&"),
      form,
    ],
  ])("that is %s is empty, and where that is no answer 400", async (_name, body, type) => {
    expect((await readForm(post(body, type))).has("a")).toBe(false);
    const bounded = await readBoundedForm(post(body, type), 1_000_000);
    expect(bounded !== "too_large" && bounded.has("a")).toBe(false);
    if (type === "text/plain") return expect((await readFields(post(body, type))).has("a")).toBe(false);
    await expect(readFields(post(body, type))).rejects.toMatchObject({ status: 400 });
  });

  test("of more bytes than it may have is not read, and of as many is", async () => {
    const bounded = (cap: number) => readBoundedForm(post("a=12345", form), cap);
    expect(await bounded(6)).toBe("too_large");
    const read = await bounded(7);
    expect(read !== "too_large" && read.get("a")).toBe("12345");
  });

  test("of as many fields as may be is read", async () => {
    const body = Array(mostFields).fill("a=1").join("&");
    expect((await readForm(post(body, form))).getAll("a")).toHaveLength(mostFields);
  });
});

describe("a JSON body", () => {
  const read = (body: string) => readFields(post(body, "application/json"));

  test("gives its texts, numbers and truth values; null is nothing, and what is no text is refused", async () => {
    const fields = await read(
      '{"a":"1","b":2,"c":true,"d":null,"e":["1"],"f":{"toString":1},"__proto__":"x"}',
    );
    expect(["a", "b", "c", "d", "e", "f"].map((name) => fields.get(name))).toEqual([
      "1",
      "2",
      "true",
      null,
      null,
      null,
    ]);
    expect(["d", "e", "f"].map((name) => fields.has(name))).toEqual([false, true, true]);
    expect((await read('{"a":1e400}')).get("a")).toBe("Infinity");
    expect((await read('{"a":"\\ud800"}')).get("a")).toBeNull();
  });

  test("that is none is 400; one that is no object holds nothing", async () => {
    for (const body of ["", "{", "\u0000", "[1"])
      await expect(read(body)).rejects.toMatchObject({ status: 400 });
    for (const body of ["1", '"a"', "null", "[]"]) expect((await read(body)).has("a")).toBe(false);
  });
});

test("a choice is one of those that there are", () => {
  expect(oneOf([7, 30], "30")).toBe(30);
  for (const text of ["030", "3e1", "", null, "toString"]) expect(oneOf([7, 30], text)).toBeUndefined();
});
