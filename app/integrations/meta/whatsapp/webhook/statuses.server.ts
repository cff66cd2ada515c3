/** Reads one item of `statuses`: how far something has come that the business sent. Tolerant of what is new. */
import { z } from "zod";
import type {
  MessageEvent,
  OtherEvent,
  ReadingProblem,
  StatusEvent,
} from "../../../channel-events.server.ts";
import { isCallStep, readCall } from "./calls.server.ts";
import { opaqueId, optionalId, timeIfAny, whatIsWrong } from "./fields.server.ts";
import { groupOfStatus } from "./groups.server.ts";
import { type ChangeContext, noTime, timeInstead } from "./items.server.ts";
import { isObject, type JsonObject, own, safeForJsonb } from "./json.server.ts";
import { identify } from "./people.server.ts";

const statusItem = z.object({
  id: opaqueId,
  status: z.string(),
  type: z.string().optional(),
  timestamp: timeIfAny,
  recipient_id: optionalId,
  recipient_user_id: optionalId,
  recipient_parent_user_id: optionalId.catch(null),
});

const outboundStatus = z.enum(["sent", "failed", "delivered", "read", "played"]);

/** A step of a message that the business sent, or of a call. Steps of payments, and words Meta adds, are `other`. */
export function readStatus(
  item: unknown,
  path: string,
  change: ChangeContext,
): StatusEvent | MessageEvent | OtherEvent | ReadingProblem {
  if (isCallStep(item)) return readCall(item, path, change);
  const { phoneNumberId, contacts } = change;
  const parsed = statusItem.safeParse(item);
  if (!parsed.success) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const step = parsed.data;
  const occurredAt = step.timestamp ?? timeInstead(change);
  if (!occurredAt) return { path, phoneNumberId, detail: noTime };
  const status = outboundStatus.safeParse(step.status);
  // A payment's `failed` carries the id of the message that asked for it, and says nothing about that message.
  if (!status.success || (step.type !== undefined && step.type !== "message")) {
    return { kind: "other", path, phoneNumberId, field: "statuses" };
  }
  const toGroup = groupOfStatus(item);
  return {
    kind: "status",
    path,
    phoneNumberId,
    providerMessageId: step.id,
    status: status.data,
    occurredAt,
    recipient: toGroup
      ? toGroup.group
      : identify(step.recipient_id, step.recipient_user_id, contacts, step.recipient_parent_user_id),
    ...(toGroup && { participant: toGroup.participant }),
    error: firstError(item),
    detail: isObject(item) ? detailOf(item) : null,
  };
}

/** What has a place of its own in the event. */
const placed = new Set(["id", "status", "timestamp", "type", "recipient_id", "recipient_user_id"]);

/** The rest: pricing, conversation, all errors, biz_opaque_callback_data, a group's participant, what Meta adds. */
function detailOf(item: JsonObject): JsonObject | null {
  const rest = Object.entries(item).filter(([name]) => !placed.has(name));
  return rest.length > 0 ? (safeForJsonb(Object.fromEntries(rest)) ?? null) : null;
}

function firstError(item: unknown): JsonObject | null {
  const errors = own(item, "errors");
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isObject(first) ? (safeForJsonb(first) ?? null) : null;
}
