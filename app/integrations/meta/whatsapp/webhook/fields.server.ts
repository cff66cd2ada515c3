/** Fields that many kinds of item share. */
import { z } from "zod";

/** Opaque, but it must fit an index and survive as text. Some samples show ids as numbers. */
export const opaqueId = z.union([
  z.string().regex(/^[^\p{Cc}\p{Surrogate}]{1,255}$/u),
  z.number().int().nonnegative().transform(String),
]);

/** Meta omits what it may not tell; some relays send "" or null instead. */
export const optionalId = z
  .union([opaqueId, z.literal(""), z.null()])
  .optional()
  .transform((id) => id || null);

/** WhatsApp began in 2009. Some tell milliseconds, as Meta's older products do: in seconds they would be far beyond 2100. */
export const unixSeconds = z
  .union([z.string().regex(/^\d{1,13}$/), z.number().int()])
  .transform((time) => (Number(time) < 1e12 ? Number(time) : Math.floor(Number(time) / 1000)))
  .refine((seconds) => seconds >= 1_230_768_000 && seconds < 4_102_444_800)
  .transform((seconds) => new Date(seconds * 1000));

/** A moment; undefined where there is none, or a number that cannot be one; what is no number at all is a fault. */
export const timeIfAny = z.union([
  unixSeconds,
  z
    .union([z.string().regex(/^\d*$/), z.number(), z.null()])
    .optional()
    .transform(() => undefined),
]);

/**
 * Whether both are the same number, with or without a plus and separators, and in whichever of the spellings that Mexico
 * and Brazil have for one line (the database's `app.number_key` says the same). Nobody is the same as nobody.
 */
export function isSameLine(one: string | null, other: string | null): boolean {
  const line = lineOf(one);
  return line !== "" && line === lineOf(other);
}

function lineOf(number: string | null): string {
  const digits = number?.replace(/\D/g, "") ?? "";
  if (digits.startsWith("52")) return digits.replace(/^521(\d{10})$/, "52$1");
  if (digits.startsWith("55"))
    return digits.replace(/^(55[1-9][1-9])([6-9]\d{7})$/, (_all, area, line) => `${area}9${line}`);
  return digits;
}

/** Names of our schema and zod's own words for the kind of fault: nothing of the body. */
export function whatIsWrong(error: z.ZodError | undefined): string {
  const faults = error?.issues.map((issue) => `${issue.path.join(".") || "item"}: ${issue.code}`);
  return faults?.join("; ") ?? "item: invalid_type";
}

/** The digits of a number, however it is written; null for what is none. */
export function digitsOf(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const written = String(value);
  if (!/^[+\d\s().\u00a0-]{5,40}$/.test(written)) return null;
  const digits = written.replace(/\D/g, "");
  return digits.length >= 5 && digits.length <= 20 ? digits : null;
}
