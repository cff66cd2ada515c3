import { type ChannelId, settingsPath } from "../../integrations/catalog.ts";

/** A number's own page. */
export function numberPath(channel: ChannelId, connectionId: string): string {
  return `${settingsPath(channel)}/numbers/${connectionId}`;
}
