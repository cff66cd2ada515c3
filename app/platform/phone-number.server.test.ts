import { expect, test } from "vitest";
import { inGroups } from "./phone-number.server.ts";

test.each([
  ["+525512345678", "+52 55 1234 5678"],
  ["+5215512345678", "+52 1 55 1234 5678"],
  ["+521551234567", "+52 1551234567"],
  ["+16315551111", "+1 631 555 1111"],
  ["+5511987654321", "+55 11 98765 4321"],
  ["+447700900123", "+44 7700 900123"],
  ["+1", "+1"],
  ["nothing", "nothing"],
])("%s reads %s", (e164, grouped) => {
  expect(inGroups(e164)).toBe(grouped);
});
