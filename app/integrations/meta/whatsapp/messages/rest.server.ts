/** What a message carries beyond what its kind has a place for: every text in it that is meant for people. */
import { isBlank } from "../../../../platform/text.ts";
import type { MessageReading, NamedValues } from "../../../message.ts";
import { longestText, mostOfList, numberIn, readableName, shortened } from "./content.server.ts";

/**
 * What is for machines, and shown nowhere: ids, times, names of types and formats, digests, what a developer put behind a
 * button, and tokens, which are secrets besides.
 */
const technical =
  /^(ids?|timestamp|type|sub_type|mime_type|hash|sha256|vcard|payload|namespace|messaging_product|ctwa_clid|country_code|response_json|(source|image|video|thumbnail|media|cdn)_url|flow_action|flow_message_version|creation_timestamp|encryption_metadata|signature)$|(_ids?|_timestamp|_type|_hash|sha256|token|secret|password|credential|_clid|_version)$/i;

/** The names of the item itself and of what it answers; `errors` are told as the reason. */
const ofItem = new Set([
  "from",
  "to",
  "recipient",
  "recipient_type",
  "context",
  "errors",
  "identity",
  "status",
  "history_context",
  "message_creation_type",
  "biz_opaque_callback_data",
  "imported",
  "origin",
]);

/** By where it stands: a word there is one of Meta's, and means something to people elsewhere. */
const technicalPlaces =
  /(^|\.)(language\.(code|policy)|currency\.code|action\.(name|parameters\.(mode|screen|flow_name))|components\.(index|format|example)|nfm_reply\.name|contacts\.origin|referral\.ref|(image|video|audio|voice|document|sticker|thumbnail)\.(url|link|file|status))$/;

/** Hosts that hand out files to whoever has a token, and ids of messages, of calls and of people. */
const technicalText =
  /^(https:\/\/[\w.-]*\b(fbsbx\.com|fbcdn\.net|whatsapp\.net)\/|wamid\.|wacid\.|[A-Z]{2}\.(ENT\.)?\d[A-Za-z\d]*$)/;

/** Who a handover is of: the conversation that it stands in says so. */
const ofHandover = /^handover\.(sender|recipient|metadata)$/;

interface Leaf {
  /** By the names that lead to it, without places in lists. */
  path: string[];
  value: string | number | boolean;
}

interface Leaves {
  leaves: Leaf[];
  /** What was not looked at: items of long lists, and all that comes after too much. */
  left: number;
}

interface Search {
  /** What is passed over, with all below it. */
  skips?: (path: string[], value: unknown) => boolean;
  wants?: (value: Leaf["value"]) => boolean;
  /** Of the leaves that are wanted. */
  most?: number;
}

const mostSeen = 10_000;
const deepest = 64;

/** The leaves of `value` in their order; of each list the beginning. */
export function leavesOf(value: unknown, search: Search = {}): Leaves {
  const { skips = () => false, wants = () => true, most = 200 } = search;
  const found: Leaves = { leaves: [], left: 0 };
  let seen = 0;
  const visit = (inner: unknown, path: string[]): void => {
    seen += 1;
    if (inner === null || inner === undefined || inner === "") return;
    if (seen > mostSeen || path.length > deepest) {
      found.left += 1;
    } else if (Array.isArray(inner)) {
      for (const item of inner.slice(0, mostOfList)) visit(item, path);
      found.left += Math.max(0, inner.length - mostOfList);
    } else if (typeof inner === "object") {
      const entries = Object.entries(inner);
      for (const [name, item] of entries.slice(0, mostSeen)) {
        const to = [...path, name];
        if (!skips(to, item)) visit(item, to);
      }
      found.left += Math.max(0, entries.length - mostSeen);
    } else if (isLeaf(inner) && wants(inner)) {
      if (found.leaves.length < most) found.leaves.push({ path, value: inner });
      else found.left += 1;
    }
  };
  visit(value, []);
  return found;
}

function isLeaf(value: unknown): value is Leaf["value"] {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Whether a name is for machines wherever it stands. Tokens and other secrets are. */
export function isTechnicalName(name: string): boolean {
  return technical.test(name);
}

function isTechnicalPlace(path: string[], value: unknown): boolean {
  const name = path.at(-1) ?? "";
  if ((path.length === 1 && ofItem.has(name)) || technical.test(name)) return true;
  const place = path.join(".");
  if (ofHandover.test(place)) return true;
  return isLeaf(value) && /^\S*$/.test(String(value)) && technicalPlaces.test(place);
}

/**
 * What of the content the reading does not say yet, and how much is left out of that. Numbers count where the kind is not
 * known, else they are measures of what is drawn.
 */
export function restOf(
  reading: MessageReading,
  type: string,
  content: Record<string, unknown>,
): { rest?: NamedValues[]; left?: number } {
  // Of a message that came from an older system, only what is of its type is as the platform sent it.
  const isOurs = Object.hasOwn(content, "imported");
  const item = isOurs ? { [type]: Object.hasOwn(content, type) ? content[type] : null } : content;
  const isSaid = saidIn(reading);
  const isNew = reading.kind === "other" || reading.called !== undefined;
  const { leaves: untold, left } = leavesOf(item, {
    skips: isTechnicalPlace,
    wants: (value) =>
      typeof value === "string"
        ? !isBlank(value) && !technicalText.test(value) && !isSaid(value)
        : isNew && typeof value === "number",
  });
  // The item's own name for its content says nothing that stands not above it.
  const rest = grouped(
    untold.map(({ path, value }) => ({ path: path.length > 1 ? path.slice(1) : path, value })),
  );
  const cuts = untold.filter(({ value }) => typeof value === "string" && value.length > longestText).length;
  return {
    ...(rest.length > 0 && { rest }),
    ...(left + cuts > 0 && { left: left + cuts }),
  };
}

/** One entry for each name, its values in their order. */
export function grouped(leaves: Leaf[]): NamedValues[] {
  const groups = new Map<string, NamedValues["values"]>();
  for (const { path, value } of leaves) {
    const names = path.map(readableName);
    // A wrapper often has the name of what is in it.
    const name = names.filter((one, n) => one !== names[n - 1]).join(" · ");
    const said = typeof value === "boolean" ? value : shortened(String(value));
    groups.set(name, [...(groups.get(name) ?? []), said]);
  }
  return [...groups].map(([name, values]) => ({ name, values }));
}

/** Looking for a piece within something longer would take long, and find little. */
const longestSearched = 2_000;

/** Whether a text stands in the reading already: by itself, or as whole words of something that does. */
function saidIn({ text, detail, called, parts }: MessageReading): (text: string) => boolean {
  const said = leavesOf([text, detail, called, parts], { most: mostSeen }).leaves.map(({ value }) => value);
  const texts = new Set(said.filter((value) => typeof value === "string").map(folded));
  const numbers = new Set(said.filter((value) => typeof value === "number"));
  const searched = [...texts].filter((whole) => whole.length <= longestSearched);
  const stands = (wanted: string) => {
    const number = numberIn(wanted);
    const piece = folded(wanted);
    if (piece === "" || texts.has(piece) || (number !== null && numbers.has(number))) return true;
    return searched.some((whole) => isWithin(whole, piece));
  };
  // What a template has a place for was put into it.
  return (wanted) => wanted.split(/\{\{\w{1,30}\}\}/).every(stands);
}

function folded(text: string): string {
  return shortened(text).trim().toLowerCase();
}

/** As whole words: `pan` is not said by `panes`. */
function isWithin(whole: string, piece: string): boolean {
  const start = whole.indexOf(piece);
  if (start < 0) return false;
  const end = start + piece.length;
  const isWordAcross = (at: number) => /^[\p{L}\p{N}]{2}$/u.test(whole.slice(Math.max(0, at - 1), at + 1));
  return !isWordAcross(start) && !isWordAcross(end);
}
