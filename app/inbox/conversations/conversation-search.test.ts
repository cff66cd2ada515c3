import { describe, expect, test } from "vitest";
import { conversationSearch } from "./conversation-search.server.ts";

describe("what was typed into the search", () => {
  test.each([
    ["ana", ["ana"], false],
    ["  Ana   Ríos ", ["Ana", "Ríos"], false],
    ["@panlover", ["panlover"], false],
    ["123", ["123"], true],
    ["+52 (55) 8765-4321", ["525587654321"], true],
    ["0052.55.8765.4321", ["525587654321"], true],
    ["55\u201387\u201165", ["558765"], true],
    ["12", ["12"], false],
    ["Ana 555-1234", ["Ana", "5551234"], false],
    ["🌻", ["🌻"], false],
    ["王", ["王"], false],
    ["+ - ( )", [], false],
    ["a b c d e f g h", ["a", "b", "c", "d", "e", "f"], false],
  ])("%j looks for %j", (typed, terms, byNumber) => {
    expect(conversationSearch(typed)).toEqual({ terms, byNumber });
  });

  test("is no search when it is blank", () => {
    expect(conversationSearch(" \t ")).toBeUndefined();
  });
});
