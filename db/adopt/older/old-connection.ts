/** A row of an older `channel_connections` as it is read, and as it is to be. */
import type { AdoptionErrorCode } from "../../queries/connections/error-codes.ts";

export interface OldConnection {
  /** Where the row lies: a row may lack every other name. */
  at: string;
  id: string;
  tenantId: string;
  status: string | null;
  wabaId: string | null;
  phoneNumberId: string | null;
  phoneNumberE164: string | null;
  accessTokenEnc: string | null;
  /** `access_token_enc` has a type that ours cannot have, and a value. */
  hasOtherCiphertext: boolean;
  /** Columns for plain tokens, by name. */
  tokens: Record<string, string>;
  scopes: unknown;
  metadata: unknown;
  /** Milliseconds. */
  createdAt: number;
  updatedAt: number;
}

export type Cause = AdoptionErrorCode | "token_unreadable";

export interface AdoptedConnection {
  at: string;
  id: string;
  tenantId: string;
  status: "pending" | "active" | "error" | "revoked";
  wabaId: string | null;
  phoneNumberId: string | null;
  phoneNumberE164: string | null;
  /** To be sealed; never written. */
  plainToken: string | null;
  /** Columns that hold a plain token, which are emptied; `metadata` for one in there. */
  emptied: string[];
  accessTokenEnc: string | null;
  /** An older ciphertext that gives way to a sealed token; it is kept under another name. */
  keepsOldCiphertext: boolean;
  scopes: string[];
  metadata: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  cause: Cause | null;
  /** It was active and lacks nothing but, perhaps, a token that opens. */
  wasActive: boolean;
}
