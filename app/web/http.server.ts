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
export function clientIp(request: Request, trustedProxyHops: number): string {
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
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

function plainAddress(text: string | undefined): string | undefined {
  const address = (text ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return isIP(address) === 0 ? undefined : address.toLowerCase();
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
