import { expect, test } from "vitest";
import { metricsAccess } from "./metrics-access.server.ts";
import { Secret } from "./secret.server.ts";

test("where there is no token there are no metrics, for anybody", () => {
  for (const given of [undefined, "", "Bearer ", "Bearer undefined"])
    expect(metricsAccess(undefined, given).status).toBe(404);
});

test.each([
  ["Bearer a-long-token", 200],
  ["bearer  a-long-token", 200],
  ["Bearer a-long-toke", 401],
  ["Bearer a-long-token2", 401],
  ["Bearer a-long-token a-long-token", 401],
  ["Bearer [secret]", 401],
  ["Bearer ", 401],
  ["a-long-token", 401],
  ["Basic a-long-token", 401],
  [undefined, 401],
] as const)("with one, %j is answered %i", (given, status) => {
  const access = metricsAccess(new Secret("a-long-token"), given);
  expect(access).toEqual({ status, headers: status === 401 ? { "WWW-Authenticate": "Bearer" } : {} });
});
