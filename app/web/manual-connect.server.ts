/** The form of the manual connect page: what was typed, and what is wrong with it. */
import { z } from "zod";
import type { connectManually } from "../integrations/connections.server.ts";
import { Secret } from "../platform/secret.server.ts";
import { fieldOf, readForm } from "./http.server.ts";

export type ManualField = "wabaId" | "phoneNumberId" | "accessToken";

export type ManualProblem =
  | { field: ManualField; kind: "missing" | "malformed" }
  | { field: null; kind: FailedReason };

type FailedReason = Extract<Awaited<ReturnType<typeof connectManually>>, { kind: "failed" }>["reason"];

/** What may be shown again after a refusal. Never the token. */
export interface TypedIds {
  wabaId: string;
  phoneNumberId: string;
}

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

/** Checks form, not truth: whether ids and token belong together is Meta's to say. */
export async function readManualForm(request: Request): Promise<ManualForm> {
  const form = await readForm(request);
  const typed = {
    wabaId: fieldOf(form, "wabaId", 64).trim(),
    phoneNumberId: fieldOf(form, "phoneNumberId", 64).trim(),
  };
  const parsed = fields.safeParse({ ...typed, accessToken: fieldOf(form, "accessToken", 4_096).trim() });
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
