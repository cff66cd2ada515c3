/** Reads what is stored of the made-up channel's notes: types and content of its own, unlike Meta in every shape. For tests. */
import { z } from "zod";
import type { ChannelMessages, StoredMessage } from "../channel.server.ts";
import type { MessageKind, MessageReference, MessageSummary } from "../message.ts";
import { carrier } from "./carrier-connector.ts";

const kinds = new Map<string, MessageKind>([
  ["said", "text"],
  ["drawn", "image"],
  ["nod", "reaction"],
  ["struck", "revoke"],
  ["unknown", "unknown"],
]);
const plate = z.object({ titled: z.string(), weighs: z.number() });
const lost = z.object({ why: z.string(), told: z.string() }).partial();

export const carrierMessages: ChannelMessages = {
  channel: carrier,
  marks: { types: ["nod", "struck"], deletion: { type: "struck", idPath: ["over"] }, withinDays: 1 },
  summarize,
  read(message) {
    const drawn = plate.safeParse(message.content.plate).data;
    const parts = drawn ? { file: { name: drawn.titled, format: null, bytes: drawn.weighs } } : {};
    return { ...summarize(message), parts };
  },
  referenceOf({ type, content }) {
    if (type === "nod") return reference("reaction", content.over);
    return type === "struck" ? reference("deletion", content.over) : reference("answer", content.upon);
  },
  failureOf(error) {
    const { why = null, told = null } = lost.safeParse(error).data ?? {};
    return { code: why, title: told };
  },
};

function summarize({ type, body }: StoredMessage): MessageSummary {
  return { kind: kinds.get(type) ?? "other", text: body, detail: null };
}

function reference(as: MessageReference["as"], id: unknown): MessageReference | null {
  return typeof id === "string" ? { providerMessageId: id, as } : null;
}
