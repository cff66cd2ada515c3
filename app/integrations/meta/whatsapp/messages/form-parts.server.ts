/** What somebody filled in: the answers of a form, which come as JSON within the JSON. */
import type { MessageParts } from "../../../message.ts";
import { at, shortened } from "./content.server.ts";
import { grouped, isTechnicalName, leavesOf } from "./rest.server.ts";

/** What only wraps the answers of an address. */
const wrappers = new Set(["values"]);

const secretNames = /^flow_token$|token$|secret|password/i;

/** All of them but the form's own token; what is no JSON stands as it came. */
export function formParts(reply: unknown): MessageParts {
  const response = at(reply, "response_json");
  const given = typeof response === "string" ? parsed(response) : response;
  if (given === unreadable) {
    const raw = withoutToken(String(response)).trim();
    return raw ? { answers: [{ name: "", values: [shortened(raw)] }] } : {};
  }
  const { leaves, left } = leavesOf(filesNamed(given, 0), {
    skips: (path) => secretNames.test(path.at(-1) ?? ""),
  });
  const answers = grouped(
    leaves.map(({ path, value }) => ({
      path: path.filter((name) => !wrappers.has(name)),
      value: isBuilt(path[0]) && typeof value === "string" ? value.replace(/^\d{1,3}_(?=.)/, "") : value,
    })),
  ).filter(({ values }) => values.length > 0);
  return { ...(answers.length > 0 && { answers }), ...(left > 0 && { left }) };
}

/** A field that Meta's builder of forms named; it puts a number before each of its options, too. */
function isBuilt(name: string | undefined): boolean {
  return /^screen_\d+_.+_\d+$/.test(name ?? "");
}

const unreadable = Symbol("unreadable");

function parsed(json: string): unknown {
  if (json.trim() === "") return null;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return unreadable;
  }
}

/** The value too, where it is cut off. */
function withoutToken(json: string): string {
  return json.replace(/\\?"?\w{0,40}token\\?"?\s{0,9}:\s{0,9}(\\?"[^"\\]*(\\?")?|[^\s,}]*)\s?,?/gi, "");
}

/** Of a file that was sent with a form its name is left, or else its format, and whatever else people wrote with it. */
function filesNamed(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((item) => filesNamed(item, depth + 1));
  const isFile = ["mime_type", "sha256", "cdn_url", "media_id"].some((name) => Object.hasOwn(value, name));
  const entries = Object.entries(value).filter(([name]) => !isFile || !isTechnicalName(name));
  const [first] = entries;
  if (isFile && !first) return formatOf(at(value, "mime_type"));
  if (isFile && first && entries.length === 1 && /^file_?name$/.test(first[0])) return first[1];
  return Object.fromEntries(entries.map(([name, item]) => [name, filesNamed(item, depth + 1)]));
}

/** Deeper, nothing is looked at. */
const deepest = 64;

function formatOf(mimeType: unknown): string | null {
  return typeof mimeType === "string" ? mimeType.replace(/^\w+\//, "").toUpperCase() : null;
}
