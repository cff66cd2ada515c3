import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createLog } from "./log.server.ts";
import { requestIdFrom, withRequestId } from "./request-id.server.ts";

function capture() {
  const lines: string[] = [];
  return { lines, log: createLog("web", { write: (line: string) => void lines.push(line) }) };
}

describe("the log", () => {
  test("writes one JSON object a line, whatever is in the values", () => {
    const { lines, log } = capture();
    log.warn("odd", { reason: "a\r\nb\u001b[31m\u2028{}", route: "x".repeat(1_000_000) });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain("\n");
    expect(lines[0]?.length).toBeLessThan(8_192);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", service: "web", msg: "odd" });
  });

  test("is as usual when LOG_LEVEL is empty", () => {
    vi.stubEnv("LOG_LEVEL", "");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { lines, log } = capture();
    log.info("x");
    expect(lines).toHaveLength(1);
  });

  test("drops fields that are not on its list", () => {
    const { lines, log } = capture();
    log.info("x", { access_token: "canary", body: "canary", waba_id: "1" } as never);
    expect(lines[0]).not.toContain("canary");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ waba_id: "1" });
  });

  test("reduces errors to what carries no value", () => {
    const { lines, log } = capture();
    const error = Object.assign(
      new Error('invalid input "canary-quoted" EAAcanarycanarycanarycanarycanary at +52 55 1234 5678'),
      { code: "22P02", detail: "Key (token)=(canary-detail)", where: "canary-where" },
    );
    log.error("failed", { error });
    expect(lines[0]).not.toMatch(/canary|1234/);
    expect(JSON.parse(lines[0] ?? "").error).toMatchObject({ name: "Error", code: "22P02" });
  });

  test("carries the request id of the work it is written in", async () => {
    const { lines, log } = capture();
    await withRequestId("request-1", async () => {
      await Promise.resolve();
      log.info("inside");
    });
    log.info("outside");
    expect(lines.map((line) => JSON.parse(line).request_id)).toEqual(["request-1", undefined]);
  });
});

describe("a caller's request id", () => {
  test.each(["short", "x".repeat(65), "has space in it", "new\nline-here", "", null])(
    "%j is replaced",
    (given) => {
      expect(requestIdFrom(given)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test("is kept when harmless", () => {
    expect(requestIdFrom("req-1234_abcd")).toBe("req-1234_abcd");
  });
});
