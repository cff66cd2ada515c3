/**
 * Bodies that are signed rightly and hold what JSON, or somebody's idea of it, can hold (R16). For tests. After the
 * kinds of JSONTestSuite: what no parser may take, what any must, and what each decides for itself.
 */
import * as meta from "../../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";

export interface BodyCase {
  name: string;
  body: Uint8Array;
  outcome: "processed" | "quarantined" | "ignored";
  /** Places in quarantine; the whole body is `body`. */
  places: string[];
  /** Messages stored, by Meta's id, each with the words a list shows. */
  messages: Record<string, string | null>;
}

const utf8 = (text: string) => Buffer.from(text);

/** No JSON at all, in whatever parser. */
const broken: Record<string, Uint8Array> = {
  nothing: utf8(""),
  "a space": utf8(" "),
  "a word": utf8("undefined"),
  HTML: utf8("<!doctype html><title>502</title>"),
  "a form": utf8("object=whatsapp_business_account&entry="),
  NaN: utf8("NaN"),
  "minus infinity": utf8("-Infinity"),
  "a plus": utf8("+1"),
  "a leading zero": utf8("012"),
  "a hex number": utf8("0x42"),
  "a number without its end": utf8("1e"),
  "a dot alone": utf8(".5"),
  "single quotes": utf8("{'object':'x'}"),
  "a bare key": utf8("{object:1}"),
  "a comment": utf8('{"object":1}/* x */'),
  "a trailing comma in an object": utf8('{"object":1,}'),
  "a trailing comma in a list": utf8("[1,]"),
  "a missing colon": utf8('{"object" 1}'),
  "two values": utf8("{}{}"),
  "a bracket too many": utf8("{}}"),
  "the wrong bracket": utf8('{"entry":[}'),
  "a string without its end": utf8('{"object":"wh'),
  "a raw newline in a string": utf8('{"object":"a\nb"}'),
  "a raw U+0000 in a string": utf8('{"object":"a\0b"}'),
  "an escape of nothing": utf8(String.raw`{"object":"\q"}`),
  "an escape cut short": utf8(String.raw`{"object":"\u00"}`),
  "an escape that is no hex": utf8(String.raw`{"object":"\u00zz"}`),
  "U+0000 behind it": utf8("{}\0"),
  "a form feed between": utf8("{\f}"),
  "a no-break space between": utf8("{\u00a0}"),
  truncated: Buffer.from(meta.bytes(meta.bodyOf({ messages: [meta.textMessage("wamid.T")] }))).subarray(
    0,
    120,
  ),
  "a lone continuation byte": Buffer.from([0x22, 0x80, 0x22]),
  "an overlong slash": Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
  "a surrogate in UTF-8": Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  "beyond the last code point": Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]),
  "UTF-8 cut in a letter": Buffer.from([0x22, 0xc3]),
  "Latin-1": Buffer.from('{"a":"café"}', "latin1"),
  "UTF-16 with its mark": Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("{}", "utf16le")]),
  "lists opened 100,000 times": utf8("[".repeat(100_000)),
  "objects opened 100,000 times": utf8('{"a":'.repeat(100_000)),
  gzip: Buffer.from("1f8b0800000000000003abae0500438edf0302000000", "hex"),
};

/** Valid JSON that is no envelope of Meta's. */
const strangers: Record<string, string> = {
  null: "null",
  true: "true",
  "a number": "1e400",
  "minus zero": "-0",
  "a string": '"whatsapp_business_account"',
  "a list": "[]",
  "an empty object": "{}",
  "the object twice, the last one a number": '{"object":"whatsapp_business_account","entry":[],"object":7}',
  "the object in a prototype": '{"__proto__":{"object":"whatsapp_business_account","entry":[]}}',
  "lists 100,000 deep": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  "objects 100,000 deep": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
};

/** Values of one more property of a message: what is not known is kept and costs nothing. */
const extras: Record<string, string> = {
  "1e400": "1e400",
  "-1e400": "-1e400",
  "a tiny number": "1e-400",
  "minus zero": "-0",
  "an id beyond 2^53": "9007199254740993",
  "an id of thirty digits": "123456789012345678901234567890",
  "a number with many digits": `0.${"3".repeat(500)}`,
  "U+0000": String.raw`"a\u0000b"`,
  "a lone high surrogate": String.raw`"\ud83d"`,
  "a lone low surrogate": String.raw`["\udc00"]`,
  "surrogates the wrong way round": String.raw`"\udc00\ud83d"`,
  "a noncharacter": String.raw`"\uffff"`,
  "a key twice": '{"a":1,"a":2}',
  "a key of U+0000": String.raw`{"\u0000":1,"\u0000\u0000":2}`,
  "two keys that are cleaned alike": String.raw`{"\u0000":1,"\ud800":2,"\ufffd":3}`,
  "an empty key": '{"":{"":1}}',
  __proto__: '{"__proto__":{"polluted":"yes"}}',
  "constructor.prototype": '{"constructor":{"prototype":{"polluted":"yes"}}}',
  "names of methods": '{"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4,"then":5}',
  "sixty lists deep": `${"[".repeat(60)}${"]".repeat(60)}`,
  "100,000 characters": `"${"x".repeat(100_000)}"`,
  "10,000 keys": `{${Array.from({ length: 10_000 }, (_, n) => `"k${n}":${n}`).join()}}`,
};

/** The words of a message, as they are sent and as they are shown. */
const words: Record<string, [sent: string, shown: string]> = {
  "U+0000": [String.raw`a\u0000b`, "a\ufffdb"],
  "a lone surrogate": [String.raw`a\ud83d`, "a\ufffd"],
  "U+FFFD of its own": [String.raw`\ufffd`, "\ufffd"],
  "an emoji of eleven code units": ["👩🏽‍👩🏽‍👧🏽", "👩🏽‍👩🏽‍👧🏽"],
  "escaped and raw emoji": [String.raw`🥖\ud83e\udd56`, "🥖🥖"],
  "right to left": ["\u202eשלום\u202c", "\u202eשלום\u202c"],
  "line separators": ["a\u2028b\u2029c", "a\u2028b\u2029c"],
  "a byte-order mark within": ["\ufeffa", "\ufeffa"],
  noncharacters: ["\uffff\u{10ffff}", "\uffff\u{10ffff}"],
  "control characters": [String.raw`\u0001\u001f\u007f\u0085\t\r\n`, "\u0001\u001f\u007f\u0085\t\r\n"],
  "combining marks": [`a${"\u0301".repeat(300)}`, `a${"\u0301".repeat(300)}`],
  "letters in two forms": ["é e\u0301", "é e\u0301"],
  markup: ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  SQL: ["'; drop table messages; --", "'; drop table messages; --"],
  "a format": ["%s %n {{x}} $1 $& %00", "%s %n {{x}} $1 $& %00"],
  backslashes: [String.raw`\\u0000 \\ \/`, String.raw`\u0000 \ /`],
};

const envelope = (entry: unknown) => ({ object: "whatsapp_business_account", entry });
const messagesChange = (more: object) => meta.body(meta.entry({ field: "messages", ...more }));
const metadata = { display_phone_number: "1", phone_number_id: meta.phoneNumberId };
const change = "entry.0.changes.0";
const good = (name: string) => `wamid.JSON.${name}`;
const beside = (name: string, ...items: unknown[]) =>
  meta.bodyOf({ messages: [meta.textMessage(good(name)), ...items] });

/** Objects where lists are due, lists where objects are, and parts that are empty, unknown or not there. */
const shapes: Record<string, { value: unknown; places?: string[]; kept?: boolean }> = {
  "no entries": { value: envelope([]) },
  "no entry": { value: { object: "whatsapp_business_account" }, places: ["entry"] },
  "entry null": { value: envelope(null), places: ["entry"] },
  "entry an object": { value: envelope({ 0: meta.entry() }), places: ["entry"] },
  "entry a string": { value: envelope("changes"), places: ["entry"] },
  "an entry that is a list": { value: envelope([[]]), places: ["entry.0.changes"] },
  "an entry that is null": { value: envelope([null]), places: ["entry.0.changes"] },
  "changes empty": { value: envelope([{ id: "1", changes: [] }]) },
  "changes an object": { value: envelope([{ id: "1", changes: {} }]), places: ["entry.0.changes"] },
  "a change that is a list": { value: envelope([{ id: "1", changes: [[]] }]), places: [change] },
  "a field that is a list": { value: envelope([{ id: "1", changes: [{ field: [] }] }]), places: [change] },
  "a field nobody knows": { value: meta.bodyOf({}, meta.phoneNumberId, "hologram_update") },
  "a field named __proto__": { value: meta.bodyOf({}, meta.phoneNumberId, "__proto__") },
  "a field named constructor": { value: meta.bodyOf({}, meta.phoneNumberId, "constructor") },
  "a field of 100,000 characters": { value: meta.bodyOf({}, meta.phoneNumberId, "x".repeat(100_000)) },
  "no value": { value: messagesChange({}), places: [change] },
  "value a list": { value: messagesChange({ value: [] }), places: [change] },
  "value a string": { value: messagesChange({ value: "x" }), places: [change] },
  "metadata a list": {
    value: messagesChange({ value: { metadata: [metadata], messages: [] } }),
    places: [change],
  },
  "a number id that is a list": { value: meta.bodyOf({ messages: [] }, [] as never), places: [change] },
  "neither messages nor statuses": { value: meta.bodyOf({}) },
  "messages empty": { value: meta.bodyOf({ messages: [] }) },
  "messages null": { value: meta.bodyOf({ messages: null }) },
  "messages an object": { value: meta.bodyOf({ messages: {} }), places: [`${change}.messages`] },
  "statuses a string": { value: meta.bodyOf({ statuses: "sent" }), places: [`${change}.statuses`] },
  "another object": { value: { object: "hologram_account", entry: 7 } },
  "a message that is null": { value: beside("NULL", null), places: [`${change}.messages.1`], kept: true },
  "a message that is a list": { value: beside("LIST", []), places: [`${change}.messages.1`], kept: true },
  "a message that is a string": { value: beside("TEXT", "x"), places: [`${change}.messages.1`], kept: true },
  "a message with a list for its id": {
    value: beside("ID", { ...meta.textMessage("x"), id: ["x"] }),
    places: [`${change}.messages.1`],
    kept: true,
  },
  "a message with an object for its type": {
    value: beside("TYPE", { ...meta.textMessage("x"), type: {} }),
    places: [`${change}.messages.1`],
    kept: true,
  },
  "a message nested 70 deep": {
    value: beside("DEEP", { ...meta.textMessage("x"), deep: nested(70) }),
    places: [`${change}.messages.1`],
    kept: true,
  },
  "contacts an object": {
    value: meta.bodyOf({ contacts: {}, messages: [meta.textMessage(good("CONTACTS"))] }),
    kept: true,
  },
  "contacts of every wrong kind": {
    value: meta.bodyOf({
      contacts: [null, 7, [], { wa_id: {} }, { profile: [] }],
      messages: [meta.textMessage(good("PEOPLE"))],
    }),
    kept: true,
  },
};

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

/** All of them, each message with an id of its own. */
export function bodyCases(): BodyCase[] {
  const quarantined = { outcome: "quarantined", places: ["body"], messages: {} } as const;
  return [
    ...Object.entries(broken).flatMap(([name, body]) => [
      { ...quarantined, places: ["body"], name: `broken: ${name}`, body },
      { ...quarantined, places: ["body"], name: `broken within: ${name}`, body: within(body) },
    ]),
    ...Object.entries(strangers).map(([name, text]) => ({
      ...quarantined,
      places: ["body"],
      name: `no envelope: ${name}`,
      body: utf8(text),
    })),
    ...Object.entries(extras).map(([name, json], n) => withExtra(name, `wamid.JSON.EXTRA.${n}`, json)),
    ...Object.entries(words).map(([name, [sent, shown]], n) =>
      withWords(name, `wamid.JSON.WORDS.${n}`, sent, shown),
    ),
    ...Object.entries(shapes).map(([name, { value, places = [], kept = false }]) => ({
      name: `shape: ${name}`,
      body: Buffer.from(JSON.stringify(value)),
      outcome:
        places.length > 0 ? ("quarantined" as const) : kept ? ("processed" as const) : ("ignored" as const),
      places,
      messages: kept ? { [idIn(value)]: "Hola" } : {},
    })),
  ];
}

/** A body of Meta's with `junk` where a value is due. */
function within(junk: Uint8Array): Buffer {
  const [start = "", end = ""] = JSON.stringify(meta.bodyOf({ messages: ["JUNK"] })).split('"JUNK"');
  // Nothing between brackets is an empty list; a second comma makes it a gap.
  return Buffer.concat([utf8(`${start}1,`), junk, utf8(`,${end}`)]);
}

function withExtra(name: string, id: string, json: string): BodyCase {
  const body = JSON.stringify(meta.bodyOf({ messages: [{ ...meta.textMessage(id), extra: "EXTRA" }] }));
  return processed(
    `extra: ${name}`,
    body.replace('"EXTRA"', () => json),
    id,
    "Hola",
  );
}

function withWords(name: string, id: string, sent: string, shown: string): BodyCase {
  const body = JSON.stringify(meta.bodyOf({ messages: [meta.textMessage(id, meta.waId, "WORDS")] }));
  return processed(
    `words: ${name}`,
    body.replace('"WORDS"', () => `"${sent.replaceAll('"', '\\"')}"`),
    id,
    shown,
  );
}

function processed(name: string, body: string, id: string, shown: string): BodyCase {
  return { name, body: utf8(body), outcome: "processed", places: [], messages: { [id]: shown } };
}

function idIn(value: unknown): string {
  return /wamid\.JSON\.\w+/.exec(JSON.stringify(value))?.[0] ?? "";
}
