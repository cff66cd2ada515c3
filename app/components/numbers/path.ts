import type { ChannelId } from "../../integrations/catalog.ts";

/** A number's own page. */
export function numberPath(channel: ChannelId, connectionId: string): string {
  return `/settings/integrations/${channel}/numbers/${connectionId}`;
}
