/** A message as its thread and its list show it, from the item of a delivery, without a database. For tests. */
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect } from "vitest";
import { previewWords } from "../../components/conversations/message-words.ts";
import { ThreadMessage } from "../../components/conversations/thread-message.tsx";
import { PageContext } from "../../components/frame/page-context.tsx";
import { type MessageView, messageView } from "../../inbox/conversations/message-view.server.ts";
import type { MessageEvent } from "../../integrations/channel-events.server.ts";
import { whatsappMessages } from "../../integrations/meta/whatsapp/messages/messages.server.ts";
import { bodyOf, bytes, phoneNumberId } from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { whatsappWebhook } from "../../integrations/meta/whatsapp/webhook/webhook.server.ts";
import { textsIn } from "../../texts/catalogue.ts";
import type { Language } from "../../texts/languages.ts";

interface DrawnMessage {
  html: string;
  /** The words of the thread, and the line of the list. */
  text: string;
  line: string;
  view: MessageView;
}

/** Throws where the item is not read as a message. The words must have been loaded: `untilTextsAreThere`. */
export function drawnMessage(
  item: Record<string, unknown>,
  { isEcho = false, language = "en" }: { isEcho?: boolean; language?: Language } = {},
): DrawnMessage {
  const delivery = isEcho
    ? bodyOf({ message_echoes: [{ to: "5215500000001", ...item }] }, phoneNumberId, "smb_message_echoes")
    : bodyOf({ messages: [item] });
  return drawnDelivery(delivery, { isEcho, language });
}

/** Of a delivery whose first event is a message. */
export function drawnDelivery(
  delivery: Record<string, unknown>,
  { isEcho = false, language = "en" }: { isEcho?: boolean; language?: Language } = {},
): DrawnMessage {
  const event = whatsappWebhook.read(bytes(delivery)).events[0] as MessageEvent | undefined;
  expect(event?.kind).toBe("message");
  const { direction, type, body, content, occurredAt } = event as MessageEvent;
  const row = {
    id: "1",
    provider_message_id: "wamid.1",
    direction,
    type,
    body,
    content,
    occurred_at: occurredAt,
    received_at: occurredAt,
    sent_at: occurredAt,
    status: isEcho ? "sent" : "received",
  };
  const view = messageView(whatsappMessages, row as unknown as Parameters<typeof messageView>[1]);
  const facts = { language, theme: "light", timeZone: "UTC" } as const;
  const html = renderToStaticMarkup(
    createElement(
      PageContext.Provider,
      { value: facts },
      createElement(ThreadMessage, { message: view, threadId: "1" }),
    ),
  );
  const preview = { ...whatsappMessages.summarize({ type, body, content }), channel: view.channel };
  return { html, text: textOf(html), line: previewWords(textsIn(language), preview), view };
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/** What stands between the tags. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => entities[name] ?? "");
}
