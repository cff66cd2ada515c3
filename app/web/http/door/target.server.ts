/**
 * What a request asks for, decided once and before anything else looks at it. Two readers that understand one target
 * differently are a hole (a gate that sees `/webhooks/../login`, and a router that sees `/login`), so a target is taken
 * only as its own normal form. Matching costs Remix more than linear time, so it is short as well.
 */

/** Whatever is longer is nobody's honest request: our longest path has 80 characters, Meta's codes have up to 2,000. */
export const targetLimits = { pathChars: 256, segments: 12, queryChars: 12_000, pairs: 64 };

export type Target = { kind: "taken"; url: string } | { kind: "refused"; status: 400 | 404 | 414 };

const malformed: Target = { kind: "refused", status: 400 };
const tooLong: Target = { kind: "refused", status: 414 };
const notFound: Target = { kind: "refused", status: 404 };

/**
 * The one target that everybody behind it uses: a path, and a query if there was one. Letters are small and no slash
 * stands at the end, because Remix takes both spellings for one route; files of the build keep theirs. Refused are: 400
 * what is no path of this server, has dot segments, empty segments, backslashes, control characters, needless or broken
 * escapes, and `_data`, by which Remix would call any action of any route; 404 what is below `/webhooks/` and no address
 * there, and streams and files as data of a page; 414 what is too long or has too many parts.
 */
export function readTarget(raw: string): Target {
  const mark = raw.indexOf("?");
  const path = mark < 0 ? raw : raw.slice(0, mark);
  const query = mark < 0 ? "" : raw.slice(mark);
  if (path.length > targetLimits.pathChars || query.length > targetLimits.queryChars) return tooLong;
  const normal = usualPath.test(path) ? path : normalPath(path);
  if (normal === undefined) return malformed;
  if (normal.split("/", targetLimits.segments + 2).length > targetLimits.segments + 1) return tooLong;
  // Resource routes have no data of a page; asked for as `….data` Remix would run their actions, by a way of its own.
  if (normal.startsWith("/webhooks/") && !webhookPath.test(normal)) return notFound;
  // Remix would wait for the end of the stream, or of the file, before it answers.
  if (streamData.test(normal)) return notFound;
  const refused = query === "" ? undefined : refuseQuery(query);
  return refused ?? { kind: "taken", url: normal + query };
}

/** Nearly every path: nothing in it can be written in another way. */
const usualPath = /^(?:\/[a-z0-9_-][a-z0-9_.-]*)+$/;
const streamData = /^\/events\.data$|\.csv\.data$/;
const webhookPath = /^\/webhooks\/meta\/[a-z-]+$/;

/** What a path may be made of: escapes only of what cannot stand for itself, so there is no second way to write it. */
const characters = /^\/(?:[\w.~!$&'()*+,;=:@/[\]-]|%(?:2[023]|3[cef]|5e|60|7[bcd]|[89a-f][0-9a-f]))*$/i;
const emptyOrDots = /\/\.{0,2}(?:\/|$)/;

function normalPath(path: string): string | undefined {
  if (path === "/") return path;
  if (!characters.test(path)) return undefined;
  const bare = path.endsWith("/") ? path.slice(0, -1) : path;
  if (emptyOrDots.test(bare) || !isUtf8(bare)) return undefined;
  return bare.startsWith("/build/") ? bare : bare.toLowerCase();
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function refuseQuery(query: string): Target | undefined {
  if (!/^[\x21\x22\x24-\x7e]+$/.test(query)) return malformed;
  let pairs = 1;
  for (let at = query.indexOf("&"); at >= 0; at = query.indexOf("&", at + 1)) pairs++;
  if (pairs > targetLimits.pairs) return tooLong;
  return new URLSearchParams(query).has("_data") ? malformed : undefined;
}
