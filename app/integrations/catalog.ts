/** The channels, in the order of the page. The browser may import this file: keep libraries and words out of it. */

/** What a card needs of its channel besides words. */
interface ChannelEntry {
  /** Names it in the database (its `provider`), in jobs and in the code. Says `meta_whatsapp` and never `whatsapp`: integrators read it there. */
  id: string;
  /** Names it in addresses. This file is the only place that knows both. */
  path: string;
  label: string;
  /** Drawn in one colour of ours on a field of 32 by 32: an outline, and what is filled in it. */
  sign: { outline: string; filled: string };
  /** Whether a number takes part only once it is registered there. */
  hasRegistration: boolean;
  /** Whether a number may live on in an app of the channel's on somebody's phone. */
  hasPhoneApp: boolean;
  /** Where anybody begins a conversation with a number, of which it takes the digits. */
  writeTo: (digits: string) => string;
}

export const channels = {
  meta_whatsapp: {
    id: "meta_whatsapp",
    path: "whatsapp",
    label: "WhatsApp",
    // A round of speech with a receiver, drawn for this product.
    sign: {
      outline: "M16 4.5a11.5 11.5 0 0 0-9.9 17.3L4.5 27.5l5.9-1.5A11.5 11.5 0 1 0 16 4.5Z",
      filled:
        "M11.2 11.4c.5-1 1.6-1 2-.1l.9 1.9c.2.5.1 1-.3 1.4l-.7.7a7.6 7.6 0 0 0 3.6 3.6l.7-.7c.4-.4.9-.5 1.4-.3l1.9.9c.9.4.9 1.5-.1 2-2 1-4.9 0-7.3-2.3s-3.3-5.2-2.1-7.1Z",
    },
    hasRegistration: true,
    hasPhoneApp: true,
    writeTo: (digits: string) => `https://wa.me/${digits}`,
  },
} as const satisfies Record<string, ChannelEntry>;

export type ChannelId = keyof typeof channels;

export function channelIds(): ChannelId[] {
  return Object.keys(channels) as ChannelId[];
}

/** As people know them. */
export function channelLabels(): string[] {
  return Object.values(channels).map(({ label }) => label);
}

/** The channel that an address speaks of; undefined for none of ours. */
export function channelAt(path: string | null | undefined): ChannelId | undefined {
  return channelIds().find((id) => channels[id].path === path);
}

/** Where a channel's pages begin. */
export function settingsPath(channel: ChannelId): string {
  return `/settings/integrations/${channels[channel].path}`;
}

/** Where a channel's endpoints of connecting begin. */
export function connectPath(channel: ChannelId): string {
  return `/api/integrations/meta/${channels[channel].path}`;
}

/** Where the platform delivers a channel's webhooks. */
export function webhookPath(channel: ChannelId): string {
  return `/webhooks/meta/${channels[channel].path}`;
}

export function isChannelId(value: string | undefined): value is ChannelId {
  return value !== undefined && Object.hasOwn(channels, value);
}
