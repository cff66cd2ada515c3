/** Loading the platform's script: once to a page however many forms ask for it, and never in the way of one. */
import type { SignupWindow } from "../../../integrations/channel.server.ts";

export interface Sdk {
  init(options: { appId: string; version: string; xfbml: boolean; autoLogAppEvents: boolean }): void;
  /** Opens the window before it returns. Takes no async function. */
  login(callback: (response: unknown) => void, options: Record<string, unknown>): void;
}

declare global {
  interface Window {
    FB?: Sdk;
    fbAsyncInit?: () => void;
  }
}

let loaded: { key: string; sdk: Promise<Sdk> } | undefined;

/** Rejects where the script is blocked or another app has been set up on this page; may never settle where it is slow. */
export function loadSdk({ sdkUrl, appId, graphVersion }: SignupWindow): Promise<Sdk> {
  const key = `${sdkUrl} ${appId}`;
  loaded ??= { key, sdk: insertScript(sdkUrl, appId, graphVersion) };
  return loaded.key === key ? loaded.sdk : Promise.reject(new Error("The page has another app's script."));
}

function insertScript(url: string, appId: string, version: string): Promise<Sdk> {
  return new Promise((resolve, reject) => {
    window.fbAsyncInit = () => {
      if (!window.FB) return reject(new Error("The script brought nothing."));
      window.FB.init({ appId, version, xfbml: false, autoLogAppEvents: false });
      resolve(window.FB);
    };
    const script = document.createElement("script");
    script.src = url;
    script.async = true;
    script.crossOrigin = "anonymous";
    script.onerror = () => reject(new Error("The script did not load."));
    document.head.append(script);
  });
}
