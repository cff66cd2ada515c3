import { expect, test } from "vitest";
import { parseOptions } from "./options.ts";

test("the benchmark refuses an option, a value or a scenario that it does not know", () => {
  const parse =
    (...args: string[]) =>
    () =>
      parseOptions(args, ["steady", "bulk"]);
  expect(parse("--only", "steady,bulk", "--scale", "0.5", "--no-build")()).toMatchObject({
    only: ["steady", "bulk"],
    scale: 0.5,
    build: false,
  });
  expect(parse("--only", "steady,bogus")).toThrow('There is no scenario "bogus": steady, bulk.');
  expect(parse("--scale", "2")).toThrow("--scale must be a number from 0.001 to 1.");
  expect(parse("--seed", "")).toThrow("--seed must be a number");
  expect(parse("--bogus")).toThrow("--bogus");
});
