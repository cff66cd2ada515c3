import { describe, expect, test } from "vitest";
import { readManualForm } from "./manual-connect.server.ts";

const filled = {
  wabaId: "204000000000000011",
  phoneNumberId: "106540352242922",
  accessToken: "EAAabcdefgh123",
};

function read(typed: Partial<typeof filled>) {
  const body = new URLSearchParams({ ...filled, ...typed });
  return readManualForm(new Request("https://app.test/", { method: "POST", body }));
}

async function understood(typed: Partial<typeof filled>) {
  const form = await read(typed);
  if (form.kind !== "complete") return form.problems;
  return { ...form.input, accessToken: form.input.accessToken.reveal() };
}

describe("what is typed into manual connect", () => {
  test.each([
    " 204000000000000011\n",
    "204 000 000 000 000 011",
    "204\u00a0000\u202f000 000-000 011",
    "+204000000000000011",
    "“204000000000000011”",
    "\u200e204000000000000011\ufeff",
  ])("is understood as the id that was meant: %j", async (wabaId) => {
    expect(await understood({ wabaId })).toEqual(filled);
    expect(await understood({ phoneNumberId: wabaId })).toEqual({ ...filled, phoneNumberId: filled.wabaId });
  });

  test.each([
    ` ${filled.accessToken}\n`,
    `"${filled.accessToken}"`,
    `Bearer ${filled.accessToken}`,
    `Authorization: Bearer ${filled.accessToken}`,
    "EAAabcd\r\nefgh123",
    `\ufeff${filled.accessToken}`,
  ])("is understood as the token that was meant: %j", async (accessToken) => {
    expect(await understood({ accessToken })).toEqual(filled);
  });

  test.each([
    ["wabaId", "", "missing"],
    ["wabaId", " + ", "missing"],
    ["phoneNumberId", "WABA 204", "malformed"],
    ["phoneNumberId", "1".repeat(41), "malformed"],
    ["accessToken", "  ", "missing"],
    ["accessToken", "EAAabc defgh 123", "malformed"],
    ["accessToken", "short", "malformed"],
  ])("is asked for anew: %s %j", async (field, value, kind) => {
    expect(await read({ [field]: value })).toMatchObject({
      kind: "incomplete",
      problems: [{ field, kind }],
    });
  });

  test("comes back as it was typed when it cannot be understood, and the token never", async () => {
    const form = await read({ wabaId: " WABA 204 ", accessToken: "EAA CANARY" });
    expect(form).toMatchObject({ typed: { wabaId: "WABA 204", phoneNumberId: filled.phoneNumberId } });
    expect(JSON.stringify(form)).not.toContain("CANARY");
  });
});
