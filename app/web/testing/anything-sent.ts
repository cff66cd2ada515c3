/** What Meta, a relay or a person may put into a message. For tests. */
import fc from "fast-check";

/** Names for machines, and under each a text that nobody is to see. */
const forMachines = [
  "id",
  "catalog_id",
  "sha256",
  "mime_type",
  "flow_token",
  "access_token",
  "payload",
  "timestamp",
];
const forPeople = [
  "name",
  "title",
  "words",
  "note",
  "text",
  "body",
  "from",
  "value",
  "first_name",
  "constructor",
];

/** Trees of texts; each text is told apart by a number that the test gives it. */
export const tree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("TEXT", "TEXT", 7, true, null, ""),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...forPeople, ...forMachines), tie("tree"), { maxKeys: 4 }),
  ),
})).tree;

/** The tree with each of its texts told apart, and which of them are for people, and which for machines. */
export function numbered(tree: unknown) {
  const shown: string[] = [];
  const hidden: string[] = [];
  const visit = (inner: unknown, under: string): unknown => {
    if (inner === "TEXT") {
      const texts = under === "people" ? shown : hidden;
      texts.push(`${under}${texts.length}ñ é🧁`);
      return texts.at(-1);
    }
    if (Array.isArray(inner)) return inner.map((item) => visit(item, under));
    if (typeof inner !== "object" || inner === null) return inner;
    const entries = Object.entries(inner);
    return Object.fromEntries(entries.map(([name, item]) => [name, visit(item, kindOf(name, under))]));
  };
  return { value: visit(tree, "people"), shown, hidden };
}

function kindOf(name: string, under: string): string {
  if (under === "token" || name.endsWith("token")) return "token";
  return under === "machine" || forMachines.includes(name) ? "machine" : "people";
}

/** Types of message, one that nobody knows among them. */
export const types = [
  "text",
  "image",
  "video",
  "document",
  "audio",
  "voice",
  "sticker",
  "location",
  "contacts",
  "order",
  "button",
  "template",
  "reaction",
  "edit",
  "revoke",
  "system",
  "unsupported",
  "unknown",
  "hologram",
  "request_welcome",
  "media_placeholder",
];
/** Parts of an interactive message. */
export const replies = ["button_reply", "list_reply", "nfm_reply", "new_reply", "body", "action", "header"];

/** What may stand beside the content of any message, each part with a place of its own. */
export const around = [
  { referral: { headline: "TEXT", body: "TEXT", source_url: "https://luz.example", mood: "TEXT" } },
  { referral: { welcome_message: { text: "TEXT" }, body: { more: "TEXT" } } },
  { conversation_context: { type: "summary", summary: { text: "TEXT", more: ["TEXT"] } } },
  { errors: [{ code: 139_999, message: "x", error_data: { details: "TEXT" } }] },
  { errors: [{ code: 1, title: "TEXT" }] },
  {},
];
