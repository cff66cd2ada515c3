/** What becomes of each older connection by itself: status, token, metadata. Pure. */

import { factNames } from "../../queries/connections/facts.ts";
import type { AdoptedConnection, Cause, OldConnection } from "../older/old-connection.ts";
import { readStoredToken } from "../older/stored-tokens.ts";
import { isExactNumber } from "./exact-json.ts";

interface Setting {
  now: Date;
  /** `+` and digits of a valid number, or null. */
  toE164(text: string): string | null;
  /** Named by the operator; its values are plain whatever it is called. */
  tokenColumn?: string | undefined;
}

const statuses = ["pending", "active", "error", "revoked"] as const;

/** Looks at the row alone; whose a number is that several rows hold is decided after. */
export function settle(row: OldConnection, setting: Setting): AdoptedConnection {
  const status = statuses.find((known) => known === row.status) ?? "error";
  const token = tokenOf(row, setting);
  const metadata = withoutSecrets(metadataOf(row, status), token.secrets);
  const settled: AdoptedConnection = {
    at: row.at,
    id: row.id,
    tenantId: row.tenantId,
    status,
    wabaId: row.wabaId,
    phoneNumberId: row.phoneNumberId,
    phoneNumberE164: row.phoneNumberE164 && (setting.toE164(row.phoneNumberE164) ?? row.phoneNumberE164),
    plainToken: token.secrets[0] ?? null,
    emptied: token.emptied,
    accessTokenEnc: token.accessTokenEnc,
    keepsOldCiphertext: token.keepsOldCiphertext,
    scopes: scopesOf(row.scopes) ?? [],
    metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    cause: null,
    wasActive: row.status === "active" && row.wabaId !== null && row.phoneNumberId !== null,
  };
  if (row.scopes != null && !scopesOf(row.scopes)) metadata.former_scopes = row.scopes;
  if (status === "revoked") return withoutToken(settled);
  const cause = causeOf(row, settled);
  return cause ? broken(settled, cause, setting.now) : settled;
}

/** The row in `error` with this cause. */
export function broken(row: AdoptedConnection, code: Cause, now: Date): AdoptedConnection {
  const error = { code, at: now.toISOString() };
  return { ...row, status: "error", cause: code, metadata: { ...row.metadata, error } };
}

/** A revoked row keeps none, in whatever form. */
export function withoutToken(row: AdoptedConnection): AdoptedConnection {
  return { ...row, plainToken: null, accessTokenEnc: null };
}

function causeOf(row: OldConnection, settled: AdoptedConnection): Cause | null {
  const { wabaId, phoneNumberId, plainToken, accessTokenEnc } = settled;
  const isForeign =
    row.hasOtherCiphertext ||
    Object.values(row.tokens).some((value) => readStoredToken(value, true) === "foreign") ||
    (plainToken === null && accessTokenEnc !== null && readStoredToken(accessTokenEnc, false) === "foreign");
  const mayWork = row.status === "active";
  if (mayWork && (wabaId === null || phoneNumberId === null)) return "incomplete";
  if (settled.status === "error" && row.status !== "error") return "status_unknown";
  if (isForeign && plainToken === null) return "token_unreadable";
  return mayWork && plainToken === null && accessTokenEnc === null ? "incomplete" : null;
}

interface TokenPart extends Pick<AdoptedConnection, "emptied" | "accessTokenEnc" | "keepsOldCiphertext"> {
  /** Every plain token of the row; the first one is its own. */
  secrets: string[];
}

function tokenOf(row: OldConnection, { tokenColumn }: Setting): TokenPart {
  const inMetadata = isRecord(row.metadata) ? row.metadata.access_token : undefined;
  const found = Object.entries(row.tokens).filter(([, value]) => readStoredToken(value, true) === "plain");
  if (typeof inMetadata === "string" && readStoredToken(inMetadata.trim(), true) === "plain")
    found.push(["metadata", inMetadata.trim()]);
  const accessTokenEnc = row.accessTokenEnc?.trim() || null;
  const isNamed = tokenColumn === "access_token_enc";
  const form = accessTokenEnc === null ? null : readStoredToken(accessTokenEnc, isNamed);
  if (accessTokenEnc !== null && form === "plain") found.push(["access_token_enc", accessTokenEnc]);
  return {
    secrets: found.map(([, value]) => value),
    emptied: found.map(([name]) => name),
    accessTokenEnc: form === "plain" ? null : accessTokenEnc,
    keepsOldCiphertext: found.length > 0 && form === "foreign" && row.status !== "revoked",
  };
}

/** What was kept of a row, without its plain tokens wherever they stand. */
function withoutSecrets(metadata: Record<string, unknown>, secrets: string[]): Record<string, unknown> {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string")
      return secrets.reduce((text, secret) => text.replaceAll(secret, ""), value);
    if (Array.isArray(value)) return value.map(clean);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
  };
  return clean(metadata) as Record<string, unknown>;
}

/** Under these names an older value would be taken for the product's own. The two others are kept where they are true. */
const ownNames = new Set(factNames.filter((name) => name !== "error" && name !== "connected_at"));

function metadataOf(row: OldConnection, status: string): Record<string, unknown> {
  let metadata: Record<string, unknown> = {};
  if (isRecord(row.metadata)) {
    const kept = Object.entries(row.metadata).map(([name, value]) => {
      const isOurs = name === "error" ? !isError(value) || status !== "error" : ownNames.has(name);
      return [isOurs ? `former_${name}` : name, value];
    });
    // Not by assignment: a name may be `__proto__`.
    metadata = Object.fromEntries(kept);
  } else if (row.metadata != null) metadata.former_metadata = row.metadata;
  if (!isTime(metadata.connected_at)) move(metadata, "connected_at");
  if (row.status !== null && !statuses.some((known) => known === row.status))
    metadata.former_status = row.status;
  return metadata;
}

function move(metadata: Record<string, unknown>, name: string): void {
  if (!(name in metadata)) return;
  metadata[`former_${name}`] = metadata[name];
  delete metadata[name];
}

function isError(value: unknown): boolean {
  return isRecord(value) && typeof value.code === "string" && isTime(value.at);
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** A list of names, however it was written down; undefined for what is none. */
function scopesOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") ? value : undefined;
  if (typeof value !== "string") return undefined;
  if (/^\s*[[{"]/.test(value)) {
    try {
      return scopesOf(JSON.parse(value));
    } catch {
      return undefined;
    }
  }
  return value.split(/[\s,]+/).filter((word) => word !== "");
}
