/** Whether a web is on this machine, by its address. Nothing is connected to. */

/** True for http and https at `localhost` or a loopback address. Names are not looked up: another answer may come later. */
export function isLocalWeb(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
