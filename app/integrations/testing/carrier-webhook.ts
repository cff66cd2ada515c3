/** Reads the made-up channel's deliveries: `{"to": line, "notes": [{note, id, on, by, says}]}`. For tests. */
import { z } from "zod";
import type { ChannelEvent, ChannelWebhook, ReadingProblem } from "../channel.server.ts";
import { carrier } from "./carrier-connector.ts";

const text = z.string().regex(/^[^\p{Cc}\p{Surrogate}]{1,200}$/u);
const note = z.object({
  note: z.literal("said"),
  id: text,
  on: z.iso.datetime().transform((on) => new Date(on)),
  by: z.object({ ref: text, called: text.optional() }),
  says: text,
});
const envelope = z.object({ to: text, notes: z.array(z.unknown()) });

export const carrierWebhook: ChannelWebhook = {
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
  const { id, on, by, says } = parsed.data;
  return {
    kind: "message",
    path,
    phoneNumberId,
    direction: "inbound",
    type: "text",
    providerMessageId: id,
    body: says,
    content: { says },
    occurredAt: on,
    contact: { waId: null, userId: by.ref, username: null, profileName: by.called ?? null },
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
