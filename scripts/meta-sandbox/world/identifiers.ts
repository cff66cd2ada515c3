import { createHash, randomBytes, randomInt } from "node:crypto";

/** An OAuth code as long as Meta's: 322 URL-safe characters, so short columns and logs show up early. */
export function newAuthorizationCode(): string {
  return `AQ${randomBytes(240).toString("base64url")}`;
}

/** An access token in Meta's looks: `EAA` and about 200 letters and digits. The length is not fixed there either. */
export function newAccessToken(): string {
  return `EAA${alphanumeric(randomBytes(150))}`;
}

export function newTraceId(): string {
  return `A${randomBytes(17).toString("base64url").slice(0, 22)}`;
}

/** The id under which Meta's popup reports an error. */
export function newSessionId(): string {
  return randomBytes(8).toString("hex").slice(1);
}

/** What a person would get by SMS or voice call to verify a number. */
export function newVerificationCode(): string {
  return String(randomInt(100_000, 1_000_000));
}

/** A webhook challenge: Meta sends an integer-like string. */
export function newChallenge(): string {
  return String(randomInt(100_000_000, 2_000_000_000));
}

/**
 * A message id with the same byte layout as WhatsApp's (`wamid.` + base64 of peer number and a random part), so
 * it has a realistic length and contains `=`, `+` or `/` now and then.
 */
export function newMessageId(peer: string, direction: "inbound" | "outbound" = "inbound"): string {
  const peerBytes = Buffer.from(peer, "latin1").subarray(0, 40);
  const serial = Buffer.from(randomBytes(10).toString("hex").toUpperCase(), "latin1");
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, peerBytes.length]),
    peerBytes,
    Buffer.from([0x15, 0x02, 0x00, direction === "inbound" ? 0x12 : 0x11, 0x18, serial.length]),
    serial,
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString("base64")}`;
}

/** Ids of media and other objects nobody looks up again: numeric strings above 2^53. */
export function newNumericId(): string {
  return `1${Array.from(randomBytes(17), (byte) => byte % 10).join("")}`;
}

const COUNTRY_BY_DIALLING_CODE: readonly (readonly [string, string])[] = [
  ["52", "MX"],
  ["54", "AR"],
  ["55", "BR"],
  ["56", "CL"],
  ["57", "CO"],
  ["34", "ES"],
  ["44", "GB"],
  ["49", "DE"],
  ["1", "US"],
];

/**
 * The business-scoped user id of a person. Meta: the same person has one id per business portfolio, so two WABAs of
 * one portfolio see the same id and two portfolios never do.
 */
export function businessScopedUserId(businessId: string, phone: string): string {
  const country = COUNTRY_BY_DIALLING_CODE.find(([prefix]) => phone.startsWith(prefix))?.[1] ?? "US";
  const digest = createHash("sha256").update(`${businessId}:${phone}`).digest();
  return `${country}.${digest.readBigUInt64BE(0).toString().padStart(20, "1")}`;
}

/** A stable pseudo-random order: Meta's order of granted assets differs between tokens but not between reads. */
export function shuffledBy(seed: string, values: readonly string[]): string[] {
  const rank = (value: string) => createHash("sha256").update(`${seed}:${value}`).digest("hex");
  return [...values].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

export function digitsOf(displayNumber: string): string {
  return displayNumber.replace(/\D/g, "");
}

function alphanumeric(bytes: Buffer): string {
  return bytes.toString("base64").replace(/[^A-Za-z0-9]/g, "");
}
