import { describe, expect, test } from "vitest";
import { withAddresses } from "./linked-text.tsx";

const addresses = (text: string) =>
  withAddresses(text)
    .filter(({ isAddress }) => isAddress)
    .map(({ said }) => said);

describe("addresses in what somebody wrote", () => {
  test.each([
    ["see https://a.example/x?y=1#z now", ["https://a.example/x?y=1#z"]],
    ["HTTP://A.EXAMPLE", ["HTTP://A.EXAMPLE"]],
    ["(https://a.example/b).", ["https://a.example/b"]],
    ["https://a.example/b_(c), and", ["https://a.example/b_(c)"]],
    ["«https://a.example/ñ», https://b.example!", ["https://a.example/ñ", "https://b.example"]],
    ["javascript:alert(1) data:text/html,x ftp://a.example mailto:a@b.example", []],
    ["https://", []],
    ["www.a.example", []],
    ['https://a.example/"onclick="x', ["https://a.example/"]],
    ["<https://a.example/>", ["https://a.example/"]],
  ])("of %j are %j", (text, found) => {
    expect(addresses(text)).toEqual(found);
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
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
