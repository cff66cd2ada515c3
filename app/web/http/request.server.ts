/** Small readings of a request: who asks, in which format, and where they may be sent back to. */
import { isIP } from "node:net";

/** True when the caller would rather have JSON than HTML; a browser's form never does. */
export function wantsJson(request: Request): boolean {
  const accept = request.headers.get("accept") ?? "";
  return preference(accept, "application/json") > preference(accept, "text/html");
}

/** True for a page that a browser fetches in case somebody opens it: nobody looks at it yet. */
export function isPrefetch(request: Request): boolean {
  return ["sec-purpose", "purpose", "x-moz"].some((name) =>
    /prefetch/i.test(request.headers.get(name) ?? ""),
  );
}

/** The quality (RFC 9110) the header gives a type by name; wildcards name nothing. */
function preference(accept: string, type: string): number {
  for (const part of accept.split(",")) {
    const [name, ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    return value >= 0 && value <= 1 ? value : 0;
  }
  return 0;
}

/**
 * The address a request came from. Of X-Forwarded-For only what our own proxies wrote is believed: the entry that the
 * outermost of `trustedProxyHops` added. Without it, the socket's address, which the server puts into `x-client-ip`.
 */
export function clientIp(request: { headers: Pick<Headers, "get"> }, trustedProxyHops: number): string {
  const socket = request.headers.get("x-client-ip") ?? "";
  const forwarded = (request.headers.get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  const named = trustedProxyHops > 0 ? forwarded.at(-trustedProxyHops) : undefined;
  return [named, socket].map(plainAddress).find((address) => address !== undefined) ?? "unknown";
}

/**
 * What one household or one machine is counted by: an IPv4 address, or the /64 of an IPv6 one, since its owner can use
 * all of it.
 */
export function clientNetwork(address: string): string {
  return isIP(address) === 6 ? prefixOf(address, 4) : address;
}

/**
 * What one customer of a provider is counted by, who may have thousands of networks: the /48 of an IPv6 address. Nothing
 * is known of the neighbours of an IPv4 address, so that stands for itself.
 */
export function clientSite(address: string): string {
  return isIP(address) === 6 ? prefixOf(address, 3) : address;
}

function prefixOf(address: string, groups: number): string {
  return `${groupsOf(address).slice(0, groups).join(":")}::/${groups * 16}`;
}

/** All eight, in hexadecimal without leading zeros. */
function groupsOf(address: string): string[] {
  // The one parser that knows every spelling, also of those that end like an IPv4 address.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const part = (text = "") => (text === "" ? [] : text.split(":"));
  if (tail === undefined) return part(head);
  const [left, right] = [part(head), part(tail)];
  return [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
}

/** As proxies write it: with a port, in brackets, with a zone; an IPv4 address that IPv6 carries is one. */
function plainAddress(text: string | undefined): string | undefined {
  const [, inBrackets, beforePort] = /^\[([^\]]*)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(text ?? "") ?? [];
  const address = (inBrackets ?? beforePort ?? text ?? "").replace(/%.*$/, "");
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined;
  const groups = groupsOf(address);
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return address.toLowerCase();
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join(".");
}

/**
 * `wanted` when it is a path of this site that a person may be sent to after signing in, else `fallback`. Anything that
 * could name another site, split a header or replay a sign-in or an API call is refused.
 */
export function safeReturnTo(wanted: string | null | undefined, fallback: string): string {
  if (!wanted || wanted.length > 500) return fallback;
  // Only characters that our own addresses are made of; no encoded slash, backslash or control character.
  if (!/^\/(?:[\w~.-][\w~./-]*)?(?:\?[\w~./=&%:+-]*)?$/.test(wanted) || wanted.includes("//"))
    return fallback;
  if (/%(?:[01][0-9a-f]|2f|5c|7f)/i.test(wanted)) return fallback;
  if (/^\/(?:login|logout|api|webhooks)(?:[/?]|$)/.test(wanted) || /(?:^|\/)\.{1,2}(?:[/?]|$)/.test(wanted))
    return fallback;
  return wanted;
}

/** A path as it may stand in a log: a deletion request opens for whoever knows its code, so the code is left out. */
export function loggedPath(path: string): string {
  return path.replace(/^(\/data-deletion\/).+/, "$1…");
}
