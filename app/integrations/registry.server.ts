/** Which connector, which webhook reader and which reader of messages serve a channel. A further channel is one line in each map. */
import type { ChannelId } from "./catalog.ts";
import type { ChannelConnector, ChannelMessages } from "./channel.server.ts";
import type { ChannelWebhook } from "./channel-events.server.ts";
import type { MetaAppConfig } from "./meta/app-config.server.ts";
import { createWhatsappConnector } from "./meta/whatsapp/connector/connector.server.ts";
import { whatsappMessages } from "./meta/whatsapp/messages/messages.server.ts";
import { whatsappWebhook } from "./meta/whatsapp/webhook/webhook.server.ts";

export type ConnectorRegistry = Record<ChannelId, ChannelConnector>;

/** One connector for each channel of the catalogue. */
export function createConnectors({ meta }: { meta: MetaAppConfig }): ConnectorRegistry {
  return { meta_whatsapp: createWhatsappConnector(meta) };
}

export const webhookReaders: Record<ChannelId, ChannelWebhook> = { meta_whatsapp: whatsappWebhook };

export const messageReaders: Record<ChannelId, ChannelMessages> = { meta_whatsapp: whatsappMessages };
