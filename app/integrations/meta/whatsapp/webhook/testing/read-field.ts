/** One change read as a delivery of its own. For tests. */
import { expect } from "vitest";
import type { DeliveryReading, MessageEvent } from "../../../../channel-events.server.ts";
import { whatsappWebhook } from "../webhook.server.ts";
import * as meta from "./fixtures.ts";

export function readChange(change: Record<string, unknown>): DeliveryReading {
  return whatsappWebhook.read(meta.bytes(meta.body(meta.entry(change))));
}

/** A value that came under a field. */
export function readField(field: string, value: Record<string, unknown>): DeliveryReading {
  return readChange(meta.change(value, meta.phoneNumberId, field));
}

/** Of a reading without problems. */
export function messagesOf({ events, problems }: DeliveryReading): MessageEvent[] {
  expect(problems).toEqual([]);
  return events.filter((event) => event.kind === "message");
}
