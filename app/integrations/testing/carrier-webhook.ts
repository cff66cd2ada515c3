/**
 * Reads the made-up channel's deliveries: `{"to": line, "notes": [{note, id, on, by, …}]}`; what is `for` somebody was
 * said by the business. For tests.
 */
import { z } from "zod";
import type { ChannelEvent, ChannelWebhook, ReadingProblem } from "../channel-events.server.ts";
import { carrier } from "./carrier-connector.ts";

const text = z.string().regex(/^[^\p{Cc}\p{Surrogate}]{1,200}$/u);
const moment = z.iso.datetime().transform((on) => new Date(on));
const person = z.object({ ref: text, called: text.optional() });
const common = { id: text, on: moment, by: person.optional(), for: person.optional() };
const note = z.discriminatedUnion("note", [
  z.object({ ...common, note: z.literal("said"), says: text, upon: text.optional() }),
  z.object({ ...common, note: z.literal("drawn"), plate: z.object({ titled: text, weighs: z.number() }) }),
  z.object({ ...common, note: z.literal("nod"), over: text, sign: text }),
  z.object({ ...common, note: z.literal("struck"), over: text }),
  z.object({ ...common, note: z.literal("lost"), why: text, told: text.optional() }),
]);
const envelope = z.object({ to: text, notes: z.array(z.unknown()) });

export const carrierWebhook: ChannelWebhook = {
  reads: new Set(),
  channel: carrier,
  read(bytes) {
    const body = envelope.safeParse(parse(bytes)).data;
    const whole = { path: "body", phoneNumberId: null, detail: "not a delivery" };
    if (!body) return { events: [], problems: [whole] };
    const items = body.notes.map((item, index) => readNote(item, `notes.${index}`, body.to));
    return {
      events: items.filter((item) => "kind" in item),
      problems: items.filter((item): item is ReadingProblem => !("kind" in item)),
    };
  },
};

function readNote(item: unknown, path: string, phoneNumberId: string): ChannelEvent | ReadingProblem {
  const parsed = note.safeParse(item);
  if (!parsed.success) return { path, phoneNumberId, detail: "not a note" };
  const { note: type, id, on, by, for: addressee, ...content } = parsed.data;
  const place = { path, phoneNumberId, providerMessageId: id, occurredAt: on };
  const who = by ?? addressee;
  if (!who) return { path, phoneNumberId, detail: "names nobody" };
  const contact = { waId: null, userId: who.ref, username: null, profileName: who.called ?? null };
  if (type === "lost") {
    return { ...place, kind: "status", status: "failed", recipient: contact, error: content, detail: null };
  }
  const body = "says" in content ? content.says : "sign" in content ? content.sign : null;
  return {
    ...place,
    kind: "message",
    direction: by ? "inbound" : "outbound",
    type,
    body,
    content,
    contact,
    sentBy: by ? null : "business_app",
    countsUnread: Boolean(by) && type === "said",
    imported: false,
    isPlaceholder: false,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
