/** Reads one item of a change: a message, an echo of one that the business sent, or a status. Tolerant of what is new. */
import { z } from "zod";
import type {
  ContactIdentity,
  MessageEvent,
  OtherEvent,
  ReadingProblem,
  StatusEvent,
} from "../../channel.server.ts";
import { bodyText } from "./webhook-body-text.server.ts";
import { isObject, type JsonObject, own, safeForJsonb, safeText } from "./webhook-json.server.ts";

/** What every item of one change shares. */
export interface ChangeContext {
  phoneNumberId: string;
  /** The value's `contacts[]`, where names and the other id of a person stand. */
  contacts: ContactIdentity[];
}

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

/** WhatsApp began in 2009; milliseconds in place of seconds land far beyond 2100. */
export const unixSeconds = z
  .union([z.string().regex(/^\d{1,12}$/), z.number().int()])
  .transform(Number)
  .refine((seconds) => seconds >= 1_230_768_000 && seconds < 4_102_444_800)
  .transform((seconds) => new Date(seconds * 1000));

const messageItem = z.object({
  id: opaqueId,
  type: z.string().regex(/^[\w-]{1,64}$/),
  timestamp: unixSeconds,
  from: optionalId,
  from_user_id: optionalId,
  to: optionalId,
  to_user_id: optionalId,
});

const statusItem = z.object({
  id: opaqueId,
  status: z.string(),
  type: z.string().optional(),
  timestamp: unixSeconds,
  recipient_id: optionalId,
  recipient_user_id: optionalId,
  recipient_type: z.string().optional(),
});

const outboundStatus = z.enum(["sent", "failed", "delivered", "read", "played"]);

/** A message; `direction` says which side of it the contact stands on. Unknown types are kept with their content. */
export function readMessage(
  item: unknown,
  path: string,
  direction: MessageEvent["direction"],
  { phoneNumberId, contacts }: ChangeContext,
): MessageEvent | ReadingProblem {
  const parsed = messageItem.safeParse(item);
  if (!parsed.success || !isObject(item)) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const { id, type, timestamp, ...named } = parsed.data;
  const contact =
    direction === "inbound"
      ? identify(named.from, named.from_user_id, contacts)
      : identify(named.to, named.to_user_id, contacts);
  if (!contact) return { path, phoneNumberId, detail: "names nobody" };
  const content = safeForJsonb(item);
  if (!content) return { path, phoneNumberId, detail: "nested too deeply" };
  return {
    kind: "message",
    path,
    phoneNumberId,
    direction,
    providerMessageId: id,
    type,
    body: bodyText(type, item),
    content,
    occurredAt: timestamp,
    contact,
  };
}

/** A step of a message that the business sent. Steps of calls and payments, and words Meta adds, are `other`. */
export function readStatus(
  item: unknown,
  path: string,
  { phoneNumberId, contacts }: ChangeContext,
): StatusEvent | OtherEvent | ReadingProblem {
  const parsed = statusItem.safeParse(item);
  if (!parsed.success) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const step = parsed.data;
  const status = outboundStatus.safeParse(step.status);
  // A payment's `failed` carries the id of the message that asked for it, and says nothing about that message.
  if (!status.success || (step.type !== undefined && step.type !== "message")) {
    return { kind: "other", path, phoneNumberId, field: "statuses" };
  }
  // A group is not a contact, and its id stands where a person's would.
  const toGroup = step.recipient_type === "group";
  return {
    kind: "status",
    path,
    phoneNumberId,
    providerMessageId: step.id,
    status: status.data,
    occurredAt: step.timestamp,
    recipient: toGroup ? null : identify(step.recipient_id, step.recipient_user_id, contacts),
    error: firstError(item),
  };
}

const contactItem = z.object({ wa_id: optionalId, user_id: optionalId });

/** The people of a change. One that cannot be read costs its name and nothing else. */
export function readContacts(contacts: unknown): ContactIdentity[] {
  if (!Array.isArray(contacts)) return [];
  return contacts.flatMap((contact) => {
    const parsed = contactItem.safeParse(contact);
    if (!parsed.success) return [];
    const profile = own(contact, "profile");
    return {
      waId: parsed.data.wa_id,
      userId: parsed.data.user_id,
      username: nameOf(own(profile, "username")),
      profileName: nameOf(own(profile, "name")),
    };
  });
}

function identify(
  waId: string | null,
  userId: string | null,
  contacts: ContactIdentity[],
): ContactIdentity | null {
  if (!waId && !userId) return null;
  const listed =
    contacts.find((contact) => waId !== null && contact.waId === waId) ??
    contacts.find((contact) => userId !== null && contact.userId === userId);
  return {
    waId: waId ?? listed?.waId ?? null,
    userId: userId ?? listed?.userId ?? null,
    username: listed?.username ?? null,
    profileName: listed?.profileName ?? null,
  };
}

/** Names are shown, never looked up: one that is absurdly long is cut. */
function nameOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? safeText(value.slice(0, 500)) : null;
}

function firstError(item: unknown): JsonObject | null {
  const errors = own(item, "errors");
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isObject(first) ? (safeForJsonb(first) ?? null) : null;
}

/** Names of our schema and zod's own words for the kind of fault: nothing of the body. */
export function whatIsWrong(error: z.ZodError | undefined): string {
  const faults = error?.issues.map((issue) => `${issue.path.join(".") || "item"}: ${issue.code}`);
  return faults?.join("; ") ?? "item: invalid_type";
}
