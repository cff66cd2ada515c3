/**
 * Reads what Meta says about accounts and numbers as such: access that is given and taken, bans, restrictions, names,
 * quality, limits. Only what is named here is taken out of a value: ids and Meta's own code words, nothing of a person.
 */
import { z } from "zod";
import type { AccountEvent, OtherEvent, ReadingProblem } from "../../../channel-events.server.ts";
import { opaqueId, optionalId, unixSeconds, whatIsWrong } from "./fields.server.ts";
import { own } from "./json.server.ts";

interface Change {
  object: string;
  field: string;
  value: unknown;
  /** Around it: Meta dates account fields there, and names a WABA, our app, or for PARTNER_* the PARTNER's portfolio. */
  entry: unknown;
}

/** Reads the change if its field speaks of accounts; undefined for every other field. */
export function readAccountChange(
  { object, field, value, entry }: Change,
  path: string,
): AccountEvent | OtherEvent | ReadingProblem | undefined {
  const read = fields.get(`${object}.${field}`);
  if (!read) return undefined;
  const told = read(value, opaqueId.safeParse(own(entry, "id")).data ?? null);
  const place = { path, phoneNumberId: null };
  if (told === "of no concern") return { kind: "other", ...place, field };
  if ("fault" in told) return { ...place, detail: told.fault };
  const occurredAt = unixSeconds.safeParse(own(entry, "time")).data ?? null;
  return { kind: "account", ...place, field, ...told, occurredAt };
}

/** Names of the fields that speak of accounts. */
export function accountFields(): string[] {
  return [...fields.keys()].map((name) => name.split(".")[1] ?? name);
}

type Told = Pick<AccountEvent, "event" | "accountId" | "phoneDigits" | "businessId" | "detail">;
type ValueReader = (value: unknown, entryId: string | null) => Told | "of no concern" | { fault: string };

/** A code word of Meta's. */
const word = z.string().regex(/^\w{1,64}$/);
const optionalWord = word.nullish().catch(null);
const optionalCount = z.union([z.number().int(), word]).nullish().catch(null);

/** Meta writes numbers as digits or as people do: `15550783881`, `+1 555-078-3881`. */
const phoneDigits = z
  .union([z.string().max(40), z.number().int().transform(String)])
  .transform((number) => number.replace(/\D/g, ""))
  .pipe(z.string().regex(/^\d{5,15}$/));

const accountUpdate = z.object({
  event: word,
  phone_number: phoneDigits.nullish(),
  waba_info: z.object({ waba_id: opaqueId, partner_app_id: optionalId }).nullish(),
  disconnection_info: z.object({ reason: optionalWord, initiated_by: optionalWord }).nullish().catch(null),
  violation_info: z.object({ violation_type: optionalWord }).nullish().catch(null),
  restriction_info: z
    .array(z.object({ restriction_type: optionalWord, expiration: unixSeconds.nullish().catch(null) }))
    .max(50)
    .nullish()
    .catch(null),
  ban_info: z
    .object({
      waba_ban_state: optionalWord,
      // As people write it ("April 17, 2025"): kept for reading, never computed with.
      waba_ban_date: z
        .string()
        .regex(/^[\w ,.-]{1,40}$/)
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

const knownUpdates = new Set([
  "PARTNER_ADDED",
  "PARTNER_REMOVED",
  "PARTNER_APP_INSTALLED",
  "PARTNER_APP_UNINSTALLED",
  "ACCOUNT_DELETED",
  "ACCOUNT_VIOLATION",
  "ACCOUNT_RESTRICTION",
  "ACCOUNT_OFFBOARDED",
  "ACCOUNT_RECONNECTED",
  "DISABLED_UPDATE",
]);

const fields = new Map<string, ValueReader>([
  ["whatsapp_business_account.account_update", reader(accountUpdate, tellUpdate)],
  [
    "whatsapp_business_account.phone_number_quality_update",
    reader(
      z.object({
        display_phone_number: phoneDigits,
        event: word,
        old_limit: optionalCount,
        current_limit: optionalCount,
        max_daily_conversations_per_business: optionalCount,
      }),
      ({ display_phone_number, event, ...limits }, wabaId) =>
        told(event, { accountId: wabaId, phoneDigits: display_phone_number }, limits),
    ),
  ],
  [
    "whatsapp_business_account.phone_number_name_update",
    reader(
      z.object({ display_phone_number: phoneDigits, decision: word, rejection_reason: optionalWord }),
      ({ display_phone_number, decision, rejection_reason }, wabaId) =>
        told(decision, { accountId: wabaId, phoneDigits: display_phone_number }, { rejection_reason }),
    ),
  ],
  [
    "whatsapp_business_account.security",
    // `requester` is a person at the business and stays in the delivery.
    reader(z.object({ display_phone_number: phoneDigits, event: word }), (value, wabaId) =>
      told(value.event, { accountId: wabaId, phoneDigits: value.display_phone_number }, {}),
    ),
  ],
  [
    "whatsapp_business_account.business_capability_update",
    reader(
      z.object({
        max_daily_conversations_per_business: optionalCount,
        max_daily_conversation_per_phone: optionalCount,
        max_phone_numbers_per_business: optionalCount,
        max_phone_numbers_per_waba: optionalCount,
      }),
      (limits, wabaId) => told(null, { accountId: wabaId }, limits),
    ),
  ],
  [
    "application.business_integration_uninstall",
    reader(z.object({ business_manager_id: opaqueId }), (value) =>
      told(null, { businessId: value.business_manager_id }, {}),
    ),
  ],
]);

function reader<Value>(
  schema: z.ZodType<Value>,
  tell: (value: Value, entryId: string | null) => ReturnType<ValueReader>,
): ValueReader {
  return (value, entryId) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? tell(parsed.data, entryId) : { fault: whatIsWrong(parsed.error) };
  };
}

function tellUpdate(update: z.infer<typeof accountUpdate>, entryId: string | null): ReturnType<ValueReader> {
  const { event, phone_number = null, waba_info: info } = update;
  if (!knownUpdates.has(event)) return "of no concern";
  const isOfPartner = event.startsWith("PARTNER_");
  // Some of Meta's samples lack waba_info. Such an entry may be named after a partner: nobody can say whom it concerns.
  if (isOfPartner && !info && !phone_number) return "of no concern";
  const restrictions = update.restriction_info ?? [];
  const ends = restrictions.flatMap(({ expiration }) => expiration?.getTime() ?? []);
  return told(
    event,
    { accountId: info?.waba_id ?? entryId, phoneDigits: phone_number },
    {
      partner_app_id: info?.partner_app_id,
      disconnect_reason: update.disconnection_info?.reason,
      initiated_by: update.disconnection_info?.initiated_by,
      violation_type: update.violation_info?.violation_type,
      restriction_types: restrictions.flatMap((one) => one.restriction_type ?? []).join(",") || null,
      restricted_until: ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : null,
      ban_state: update.ban_info?.waba_ban_state,
      ban_date: update.ban_info?.waba_ban_date,
    },
  );
}

type Whom = Partial<Pick<Told, "accountId" | "phoneDigits" | "businessId">>;

function told(
  event: string | null,
  { accountId = null, phoneDigits = null, businessId = null }: Whom,
  detail: Record<string, string | number | null | undefined>,
): Told | { fault: string } {
  if (!accountId && !phoneDigits && !businessId) return { fault: "names no account" };
  const known = Object.entries(detail).filter((pair): pair is [string, string | number] => pair[1] != null);
  return { event, accountId, phoneDigits, businessId, detail: Object.fromEntries(known) };
}
