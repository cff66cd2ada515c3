/** What happens to a conversation and is said by nobody: whoever is to answer changes, or what a person wants to receive. */
import { hash } from "node:crypto";
import { z } from "zod";
import type { ContactIdentity, MessageEvent, ReadingProblem } from "../../../channel-events.server.ts";
import type { MarketingWish } from "../../../message.ts";
import { shortened } from "../messages/content.server.ts";
import { digitsOf, opaqueId, optionalId, unixSeconds, whatIsWrong } from "./fields.server.ts";
import type { ChangeContext } from "./items.server.ts";
import { isObject, type JsonObject, own, safeForJsonb, safeText } from "./json.server.ts";
import { identify } from "./people.server.ts";

const word = z.string().max(64).toLowerCase().nullish().catch(null);

const handoverValue = z.object({
  timestamp: unixSeconds,
  sender: z.object({
    phone_number: optionalId,
    wa_id: optionalId,
    id: optionalId,
    user_id: optionalId,
  }),
});
const roles = z.object({ previous_owner_role: word, new_owner_role: word });

/** What a handover calls itself, and where its own part stands in the value. */
const handovers = ["control_passed", "control_taken"] as const;

/** The number that a value is of which has no `metadata`: a handover names it as its recipient. */
export function numberOfHandover(value: unknown): string | undefined {
  return opaqueId.safeParse(own(own(value, "recipient"), "phone_number_id")).data;
}

/** Whether a value is itself a handover: somebody else is to answer from now on. */
export function isHandover(value: JsonObject): boolean {
  return handovers.some((name) => isObject(own(value, name)));
}

/** What a value of the field `messaging_handovers` says: who answered, who does now, and what they were told with it. */
export function readHandover(
  value: JsonObject,
  path: string,
  { phoneNumberId, contacts }: ChangeContext,
): MessageEvent | ReadingProblem {
  const parsed = handoverValue.safeParse(value);
  if (!parsed.success) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const { timestamp, sender } = parsed.data;
  const contact = identify(sender.phone_number ?? sender.wa_id ?? sender.id, sender.user_id, contacts);
  const name = handovers.find((one) => isObject(own(value, one))) ?? "control_passed";
  const told = roles.safeParse(own(value, name)).data;
  const ofAgent = [told?.previous_owner_role, told?.new_owner_role].includes("ai_agent");
  const parts = [name, told?.previous_owner_role, told?.new_owner_role];
  const place = { path, phoneNumberId, occurredAt: timestamp };
  const notice = noticeOf("handover", value, parts, contact, place);
  return ofAgent && "kind" in notice ? { ...notice, ofAgent } : notice;
}

const preferenceItem = z.object({
  wa_id: optionalId,
  user_id: optionalId,
  category: word,
  value: word,
  timestamp: unixSeconds,
});

/** An item of `user_preferences`: what a person wants to receive, or no longer does. */
export function readPreference(
  item: unknown,
  path: string,
  { phoneNumberId, contacts }: ChangeContext,
): MessageEvent | ReadingProblem {
  const parsed = preferenceItem.safeParse(item);
  if (!parsed.success || !isObject(item)) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const { wa_id, user_id, category, value, timestamp } = parsed.data;
  const place = { path, phoneNumberId, occurredAt: timestamp };
  const contact = identify(wa_id, user_id, contacts);
  const notice = noticeOf("user_preference", item, [category, value], contact, place);
  const marketing = category === "marketing_messages" && value ? wishes.get(value) : undefined;
  return marketing && "kind" in notice ? { ...notice, marketing } : notice;
}

const wishes = new Map<string, MarketingWish>([
  ["stop", "unwanted"],
  ["resume", "wanted"],
  ["signup", "wanted"],
]);

/** Meta gives it no id. Told again it is the same one: by its number, person, time and `parts`. */
function noticeOf(
  type: string,
  said: JsonObject,
  parts: (string | null | undefined)[],
  contact: ContactIdentity | null,
  place: { path: string; phoneNumberId: string; occurredAt: Date },
): MessageEvent | ReadingProblem {
  const { path, phoneNumberId, occurredAt } = place;
  if (!contact) return { path, phoneNumberId, detail: "names nobody" };
  const content = safeForJsonb({ [type]: said });
  if (!content) return { path, phoneNumberId, detail: "nested too deeply" };
  const person = contact.userId ?? digitsOf(contact.waId) ?? contact.waId;
  const named = JSON.stringify([phoneNumberId, person, occurredAt.getTime(), ...parts]);
  return {
    kind: "message",
    ...place,
    direction: "inbound",
    providerMessageId: `${type}.${hash("sha1", named)}`,
    type,
    body: noticeText(type, said),
    content,
    contact,
    sentBy: null,
    countsUnread: false,
    imported: false,
    isPlaceholder: false,
  };
}

/** What was told with it in words: the assistant's summary of the conversation, or what another app passed on. */
function noticeText(type: string, said: JsonObject): string | null {
  if (type !== "handover") return null;
  const control = handovers.map((name) => own(said, name)).find(isObject);
  const context = own(said, "conversation_context") ?? own(control, "conversation_context");
  const texts = [...leaves(own(context, "summary") ?? context, 0), ...leaves(own(control, "metadata"), 0)];
  return texts.length > 0 ? safeText(shortened(texts.join("\n"), 4_000)) : null;
}

/** The texts in a value whose shape is anybody's guess: the first twenty, from no deeper than six levels. */
function leaves(value: unknown, depth: number): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [value];
  if (typeof value !== "object" || value === null || depth > 6) return [];
  const texts: string[] = [];
  for (const inner of Object.values(value).slice(0, 20)) {
    texts.push(...leaves(inner, depth + 1));
    if (texts.length >= 20) break;
  }
  return texts.slice(0, 20);
}
