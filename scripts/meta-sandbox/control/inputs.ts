import { z } from "zod";
import { ACCOUNT_EVENTS } from "../webhooks/account-events.ts";
import { KIND_NAMES } from "../webhooks/kinds.ts";
import { STATUS_KINDS } from "../webhooks/payloads.ts";
import { SIGNATURE_MODES } from "../webhooks/signing.ts";

const id = z.string().min(1);
const digits = z.string().regex(/^\d{5,20}$/, "digits only, without +");
const record = z.record(z.string(), z.unknown());

/** Everything optional: an unnamed sender is `DEFAULT_SENDER`. */
export const senderSchema = z.strictObject({
  phone: digits.optional(),
  name: z.string().optional(),
  waId: digits.optional(),
  username: z.string().optional(),
  userId: z.string().optional(),
  omitPhone: z.boolean().optional(),
  omitUserId: z.boolean().optional(),
});

const sending = {
  /** Send even if the app is not subscribed or the number is not registered. */
  force: z.boolean().optional(),
  signature: z.enum(SIGNATURE_MODES).optional(),
};

const messageFields = {
  phoneNumberId: id,
  kind: z.enum(KIND_NAMES).default("text"),
  sender: senderSchema.default({}),
  text: z.string().optional(),
  messageId: z.string().optional(),
  newPhone: digits.optional(),
  groupId: z.string().optional(),
  id: z.string().optional(),
  timestamp: z.number().int().optional(),
  context: record.optional(),
  extra: record.optional(),
  /** For a number the sandbox does not know: the WABA of the entry. */
  wabaId: z.string().optional(),
  displayPhoneNumber: z.string().optional(),
};

const statusFields = {
  phoneNumberId: z.string().optional(),
  status: z.enum(STATUS_KINDS),
  /** Default: the last message the app sent, or an invented one. */
  messageId: z.string().optional(),
  recipient: senderSchema.default({}),
  timestamp: z.number().int().optional(),
};

export const messageSchema = z.strictObject({ ...messageFields, ...sending });
export const statusSchema = z.strictObject({ ...statusFields, ...sending });

/** Messages and statuses for any number of WABAs in one body. */
export const batchSchema = z.strictObject({
  items: z
    .array(
      z.union([
        z.strictObject({ message: z.strictObject(messageFields) }),
        z.strictObject({ status: z.strictObject(statusFields) }),
      ]),
    )
    .min(1)
    .max(1000),
  ...sending,
});

export const accountUpdateSchema = z.strictObject({
  wabaId: id,
  event: z.enum(ACCOUNT_EVENTS),
  ...sending,
});

/** Exactly one of `json` (escaped as Meta does) and `text` (bytes as given). */
export const rawSchema = z
  .strictObject({
    json: z.unknown().optional(),
    text: z.string().optional(),
    url: z.string().optional(),
    signature: z.enum(SIGNATURE_MODES).optional(),
  })
  .refine((input) => (input.json === undefined) !== (input.text === undefined), "give json or text");

export const resendSchema = z.strictObject({
  id: z.string().optional(),
  /** Sent at the same time. */
  copies: z.number().int().min(1).max(50).default(1),
});

export const numberSchema = z.strictObject({
  wabaId: id,
  displayPhoneNumber: z.string().regex(/^\+[\d ()-]{8,25}$/, "with + and country code"),
  verifiedName: z.string().min(1),
  platformType: z.string().optional(),
  codeVerificationStatus: z.string().optional(),
  isOnBizApp: z.boolean().optional(),
  pin: z
    .string()
    .regex(/^\d{6}$/)
    .nullable()
    .optional(),
});

export const wabaSchema = z.strictObject({ businessId: id, name: z.string().min(1) });

export const grantSchema = z.strictObject({
  businessId: id,
  wabaIds: z.array(id).optional(),
  scopes: z.array(z.string()).optional(),
  personId: z.string().optional(),
  /** Another app's token, to try token substitution. */
  appId: z.string().optional(),
});

export const tokenSchema = grantSchema.extend({ lifeSeconds: z.number().int().nullable().default(null) });
export const codeSchema = grantSchema.extend({
  redirectUri: z.string().optional(),
  /** A code of the JavaScript popup: bound to no redirect URI. */
  popup: z.boolean().default(false),
});

export const revokeSchema = z.strictObject({
  tokenId: z.string().optional(),
  businessId: z.string().optional(),
  wabaId: z.string().optional(),
  subcode: z.number().int().default(458),
  /** The customer removes the app: subscriptions end and PARTNER_REMOVED is sent. */
  removeApp: z.boolean().default(false),
});

const SIGNED_REQUEST_MODES = ["valid", "wrong_secret", "wrong_algorithm", "unsigned"] as const;
export const signedRequestSchema = z.strictObject({
  url: id,
  userId: id,
  mode: z.enum(SIGNED_REQUEST_MODES).default("valid"),
  issuedAt: z.number().int().optional(),
});

export const clockSchema = z.strictObject({ advanceMs: z.number().int().min(0) });
export const switchesSchema = z.record(z.string(), z.string());
