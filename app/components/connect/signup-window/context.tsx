/** Which channels may be connected in a window of their own, for the forms anywhere below. */
import { createContext, type ReactNode, useContext } from "react";
import type { ChannelId } from "../../../integrations/catalog.ts";
import type { SignupWindow } from "../../../integrations/channel.server.ts";

type Windows = Partial<Record<ChannelId, SignupWindow>>;

const WindowsContext = createContext<Windows>({});

export function SignupWindows({ windows, children }: { windows: Windows; children: ReactNode }) {
  return <WindowsContext.Provider value={windows}>{children}</WindowsContext.Provider>;
}

/** Undefined where the channel has none, or no page has said so. */
export function useSignupWindow(channel: ChannelId): SignupWindow | undefined {
  return useContext(WindowsContext)[channel];
}
