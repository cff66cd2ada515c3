/** The form of the manual connect page: what was typed, and what is wrong with it. */
import { z } from "zod";
import type { ManualField, ManualProblem, TypedIds } from "../../components/connect/manual-page.tsx";
import { Secret } from "../../platform/secret.server.ts";
import { cut } from "../../platform/text.ts";
import { readForm } from "../http/input.server.ts";

export type ManualForm =
  | { kind: "complete"; input: TypedIds & { accessToken: Secret } }
  | { kind: "incomplete"; typed: TypedIds; problems: ManualProblem[] };

const id = z
  .string()
  .min(1, "missing")
  .regex(/^\d{1,40}$/, "malformed");
const fields = z.strictObject({
  wabaId: id,
  phoneNumberId: id,
  // Visible characters only; what Meta hands out is far longer than ten.
  accessToken: z
    .string()
    .min(1, "missing")
    .regex(/^[!-~]{10,2048}$/, "malformed"),
});

/**
 * Checks form, not truth: whether ids and token belong together is Meta's to say. What copying brings along is taken off
 * before, and the ids come back as they were understood.
 */
export async function readManualForm(request: Request): Promise<ManualForm> {
  const form = await readForm(request);
  const typed = {
    wabaId: plainId(form.typed("wabaId", 128)),
    phoneNumberId: plainId(form.typed("phoneNumberId", 128)),
  };
  const parsed = fields.safeParse({ ...typed, accessToken: plainToken(form.typed("accessToken", 4_096)) });
  if (parsed.success) {
    return { kind: "complete", input: { ...typed, accessToken: new Secret(parsed.data.accessToken) } };
  }
  const first = new Map(
    parsed.error.issues.toReversed().map((issue) => [issue.path[0] as ManualField, issue.message]),
  );
  const order: ManualField[] = ["wabaId", "phoneNumberId", "accessToken"];
  const problems = order
    .filter((field) => first.has(field))
    .map((field) => ({ field, kind: first.get(field) === "missing" ? "missing" : "malformed" }) as const);
  return { kind: "incomplete", typed, problems };
}

/** Spaces of any kind, marks of writing direction and quotation marks: what pages and documents put around a value. */
const invisible = /[\s\u200b-\u200f\u2060\ufeff]/g;
const quotes = /^["'“”‘’«»]+|["'“”‘’«»]+$/g;

/** Digits in groups, with a plus sign before them or not, are the digits. Anything else stays for the person to see. */
function plainId(text: string): string {
  const digits = text
    .replace(invisible, "")
    .replace(quotes, "")
    .replace(/^\+/, "")
    .replace(/[-.()]/g, "");
  return /^\d*$/.test(digits) ? digits : cut(text.trim(), 64);
}

/** As it stands in a header or between quotation marks, or broken into lines. Spaces within it mean that it is none. */
function plainToken(text: string): string {
  const bare = text.replace(/[\r\n\t\u200b-\u200f\u2060\ufeff]/g, "").trim();
  return bare
    .replace(quotes, "")
    .replace(/^(?:Authorization: )?Bearer /i, "")
    .replace(quotes, "")
    .trim();
}
