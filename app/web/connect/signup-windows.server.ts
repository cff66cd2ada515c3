/** Which channels may be signed up for in a window of the platform's, and what that asks of a page. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { SignupWindow } from "../../integrations/channel.server.ts";
import { services } from "../services.server.ts";

/** For a page's forms: nothing secret, and nothing at all where no window is set up. */
export function signupWindows(): Partial<Record<ChannelId, SignupWindow>> {
  const found = Object.values(services().integrations.connectors).flatMap(({ channel, signupWindow }) =>
    signupWindow ? [[channel, signupWindow] as const] : [],
  );
  return Object.fromEntries(found);
}
