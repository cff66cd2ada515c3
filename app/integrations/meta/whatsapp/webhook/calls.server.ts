/**
 * Calls, and the steps of those that the business makes. Each event of a call tells more than the one before; together
 * they are one line of the conversation, under the call's own id.
 */
import { z } from "zod";
import type { MessageEvent, OtherEvent, ReadingProblem } from "../../../channel-events.server.ts";
import { isSameLine, opaqueId, optionalId, unixSeconds, whatIsWrong } from "./fields.server.ts";
import type { ChangeContext } from "./items.server.ts";
import { isObject, own, safeForJsonb } from "./json.server.ts";
import { identify } from "./people.server.ts";

const word = z.string().toUpperCase().optional().catch(undefined);
const callItem = z.object({
  id: opaqueId,
  timestamp: unixSeconds.optional().catch(undefined),
  start_time: unixSeconds.optional().catch(undefined),
  end_time: unixSeconds.optional().catch(undefined),
  event: word,
  status: word,
  direction: word,
  from: optionalId,
  from_user_id: optionalId,
  to: optionalId,
  to_user_id: optionalId,
  recipient_id: optionalId,
  recipient_user_id: optionalId,
});
type CallItem = z.infer<typeof callItem>;

/** Whether an item of `statuses` is a step of a call and not of a message. */
export function isCallStep(item: unknown): boolean {
  return own(item, "type") === "call";
}

/** An item of `calls`, or a step of a call: who called, and what became of it as far as this one tells. */
export function readCall(
  item: unknown,
  path: string,
  { phoneNumberId, contacts, businessNumber }: ChangeContext,
): MessageEvent | OtherEvent | ReadingProblem {
  const parsed = callItem.safeParse(item);
  if (!parsed.success || !isObject(item)) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const call = parsed.data;
  const isOver = call.event === "TERMINATE";
  const occurredAt = call.start_time ?? call.timestamp ?? call.end_time;
  if (!occurredAt) return { path, phoneNumberId, detail: "timestamp: invalid_type" };
  const direction = directionOf(call, businessNumber);
  const contact =
    direction === "inbound"
      ? identify(call.from, call.from_user_id, contacts)
      : identify(call.to ?? call.recipient_id, call.to_user_id ?? call.recipient_user_id, contacts);
  if (!contact) {
    // The call itself names them, in an event of its own.
    if (isCallStep(item)) return { kind: "other", path, phoneNumberId, field: "statuses" };
    return { path, phoneNumberId, detail: "names nobody" };
  }
  const content = safeForJsonb({ call: item, calledBy: direction === "inbound" ? "customer" : "business" });
  if (!content) return { path, phoneNumberId, detail: "nested too deeply" };
  return {
    kind: "message",
    path,
    phoneNumberId,
    direction,
    providerMessageId: call.id,
    type: "call",
    body: null,
    content,
    occurredAt,
    contact,
    sentBy: null,
    countsUnread: false,
    imported: false,
    isPlaceholder: false,
    ...(!isOver && { interim: isAnswer(call) ? ("later" as const) : ("first" as const) }),
  };
}

/** By Meta's word for it; else by who stands where; and steps are told of the business's own calls only. */
function directionOf({ direction, from, to }: CallItem, businessNumber: string | null) {
  if (direction?.startsWith("USER")) return "inbound";
  if (direction?.startsWith("BUSINESS")) return "outbound";
  if (isSameLine(from, businessNumber)) return "outbound";
  if (isSameLine(to, businessNumber)) return "inbound";
  return from === null || isSameLine(from, to) ? "outbound" : "inbound";
}

function isAnswer({ status }: CallItem): boolean {
  return status === "ACCEPTED" || status === "REJECTED";
}
