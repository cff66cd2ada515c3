import { describe, expect, test } from "vitest";
import { refuseCrossSite } from "./csrf.server.ts";

const origin = "https://app.curbe.test";
const gate = (method: string, headers: Record<string, string>) =>
  refuseCrossSite({ method, headers: new Headers(headers), origin });

describe("a request that changes something", () => {
  test.each([
    [{ "sec-fetch-site": "same-origin" }, "ok"],
    [{ "sec-fetch-site": "none" }, "ok"],
    [{ "sec-fetch-site": "cross-site" }, "cross_site"],
    [{ "sec-fetch-site": "same-site" }, "cross_site"],
    [{ "sec-fetch-site": "cross-site", origin }, "cross_site"],
    [{ "sec-fetch-site": "rubbish" }, "cross_site"],
    [{ "sec-fetch-site": "same-origin", origin }, "ok"],
    [{ "sec-fetch-site": "none", origin }, "ok"],
    [{ "sec-fetch-site": "none", origin: "https://evil.test" }, "cross_site"],
    [{ "sec-fetch-site": "none", origin: "null" }, "cross_site"],
    [{ "sec-fetch-site": "same-origin", origin: "https://evil.test" }, "cross_site"],
    [{ origin }, "ok"],
    [{ origin: "https://evil.test" }, "cross_site"],
    [{ origin: "null" }, "cross_site"],
    [{ origin: `${origin}.evil.test` }, "cross_site"],
    [{ origin: "http://app.curbe.test" }, "cross_site"],
    [{ origin: `${origin}:8443` }, "cross_site"],
    [{}, "ok"],
  ] as [Record<string, string>, string][])("with %j", (headers, verdict) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) expect(gate(method, headers)).toBe(verdict);
  });
});

test("reading is allowed from anywhere: links from other sites lead here", () => {
  for (const method of ["GET", "HEAD"]) expect(gate(method, { "sec-fetch-site": "cross-site" })).toBe("ok");
});
