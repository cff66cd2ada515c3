import { expect, test } from "vitest";
import { isFaultOfTheData } from "./store-events.server.ts";

const state = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ["a value that the database does not take", state("22P05")],
  ["a key that is taken", state("23505")],
  ["a text that is too long for an index", state("54000")],
  ["a value that our own code trips over", new TypeError("x")],
  ["a time that is none", new RangeError("x")],
])("%s is an item's fault", (_what, error) => expect(isFaultOfTheData(error)).toBe(true));

// Else one bad minute of the database would set everything aside that came in it.
test.each([
  ["away", state("57P01")],
  ["cancelled", state("57014")],
  ["out of connections", state("53300")],
  ["full", state("53100")],
  ["broken", state("58030")],
  ["not migrated", state("42P01")],
  ["refusing us", state("42501")],
  ["locked", state("55P03")],
  ["read only", state("25006")],
  ["met by another transaction", state("40P01")],
  ["cut off", state("08006")],
  ["unreachable", Object.assign(new Error("x"), { code: "ECONNREFUSED" })],
])("of a database that is %s no item is to blame", (_what, error) =>
  expect(isFaultOfTheData(error)).toBe(false),
);
