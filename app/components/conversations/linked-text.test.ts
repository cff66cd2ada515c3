import { describe, expect, test } from "vitest";
import { withAddresses } from "./linked-text.tsx";

const addresses = (text: string) =>
  withAddresses(text)
    .filter(({ href }) => href !== null)
    .map(({ said }) => said);

describe("addresses in what somebody wrote", () => {
  test.each([
    ["see https://a.example/x?y=1#z now", ["https://a.example/x?y=1#z"]],
    ["HTTP://A.EXAMPLE", ["HTTP://A.EXAMPLE"]],
    ["(https://a.example/b).", ["https://a.example/b"]],
    ["https://a.example/b_(c), and", ["https://a.example/b_(c)"]],
    ["«https://a.example/ñ», https://b.example!", ["https://a.example/ñ", "https://b.example"]],
    ["javascript:alert(1) data:text/html,x ftp://a.example", []],
    ["write to ana.b+c@luz.example, or «luz@pan.example».", ["ana.b+c@luz.example", "luz@pan.example"]],
    [
      "mailto:a@b.example @ana a@b a@@b.example https://a.example/@b.example",
      ["a@b.example", "https://a.example/@b.example"],
    ],
    ["https://", []],
    ["www.a.example, (WWW.b.example/x).", ["www.a.example", "WWW.b.example/x"]],
    ["www. www.. www.hola. wwww.a.example a.www.b.example x@www.b.example", ["x@www.b.example"]],
    ['https://a.example/"onclick="x', ["https://a.example/"]],
    ["<https://a.example/>", ["https://a.example/"]],
  ])("of %j are %j", (text, found) => {
    expect(addresses(text)).toEqual(found);
  });

  test("of mail lead to a letter", () => {
    expect(withAddresses("ana@luz.example")).toEqual([
      { said: "ana@luz.example", href: "mailto:ana@luz.example" },
    ]);
  });

  test("without their scheme are asked for safely", () => {
    expect(withAddresses("www.a.example/x")).toEqual([
      { said: "www.a.example/x", href: "https://www.a.example/x" },
    ]);
  });

  test("take nothing away from the text", () => {
    const text = "a https://a.example/x. b\nhttps://b.example) c https:// d";
    expect(
      withAddresses(text)
        .map(({ said }) => said)
        .join(""),
    ).toBe(text);
  });

  test("are found in no time in text made to be slow", () => {
    const before = process.cpuUsage();
    withAddresses(`https://a${".".repeat(200_000)}a ${"https://".repeat(20_000)}`);
    withAddresses(`${"a.".repeat(30_000)}@${"a.".repeat(30_000)}${"a@".repeat(30_000)}`);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
