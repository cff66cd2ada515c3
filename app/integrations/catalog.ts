/** The channels by name. The browser may import this file: keep libraries out of it. */
export const channels = {
  whatsapp: { id: "whatsapp", label: "WhatsApp" },
} as const;

export type ChannelId = keyof typeof channels;

export function isChannelId(value: string | undefined): value is ChannelId {
  return value !== undefined && Object.hasOwn(channels, value);
}
