/** Deliveries whose signature is right or wrong in every way we could think of (R15). For tests. */
import { createHmac } from "node:crypto";
import { bodyOf, bytes, textMessage } from "../../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";

export interface SignatureCase {
  name: string;
  body: Uint8Array;
  /** Lines of the head that carry the signature, name and value. */
  lines: [name: string, value: string][];
  accepted: boolean;
  /** Cannot be said through `Headers`, only on a socket; `refusedBy` HTTP itself when Node's parser knows better. */
  wireOnly?: boolean;
  refusedBy?: "http";
}

const header = "X-Hub-Signature-256";
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

function hmac(secret: string, body: Uint8Array, algorithm = "sha256"): Buffer {
  return createHmac(algorithm, secret).update(body).digest();
}

/** As Meta writes it: escapes for everything beyond ASCII, and for slashes. */
function metaBody(id: string): Buffer {
  return Buffer.from(
    bytes(bodyOf({ messages: [textMessage(id, undefined, "Café 🥖 https://luz.example/pan")] })),
  );
}

/** `current` and `previous` are both live, as while the secret is being changed. */
export function signatureCases({
  current,
  previous,
}: {
  current: string;
  previous: string;
}): SignatureCase[] {
  return [
    ...accepted(current, previous),
    ...wrongHeaders(current),
    ...wrongOnTheWire(current),
    ...wrongKeys(current, previous),
    ...changedBodies(current),
  ];
}

function accepted(current: string, previous: string): SignatureCase[] {
  const good = (name: string, body: Uint8Array, secret: string, more: Partial<SignatureCase> = {}) => ({
    name,
    body,
    lines: [[header, `sha256=${hmac(secret, body).toString("hex")}`]] as [string, string][],
    accepted: true,
    ...more,
  });
  const plain = metaBody("wamid.SIG.LOWER");
  const value = `sha256=${hmac(current, plain).toString("hex")}`;
  const both = metaBody("wamid.SIG.BOTH");
  return [
    good("under the secret", metaBody("wamid.SIG.CURRENT"), current),
    good("under the secret before it, while both are live", metaBody("wamid.SIG.PREVIOUS"), previous),
    good("over escapes as they came", Buffer.from(String.raw`{"a":"caf\u00e9 \/ \ud83e\udd56"}`), current),
    good("over raw UTF-8 as it came", Buffer.from('{"a":"café / 🥖"}'), current),
    good("over a byte-order mark that was sent", Buffer.concat([bom, Buffer.from("{}")]), current),
    good("over a trailing newline that was sent", Buffer.from("{}\r\n"), current),
    good("over bytes that are no text", Buffer.from([0x00, 0xff, 0xfe, 0x0a, 0x0d, 0x80]), current),
    good("over nothing", Buffer.alloc(0), current),
    good("under a header in lower case", plain, current, { lines: [["x-hub-signature-256", value]] }),
    good("beside the older SHA-1 one, as Meta sends both", both, current, {
      lines: [
        ["X-Hub-Signature", `sha1=${hmac(current, both, "sha1").toString("hex")}`],
        [header, `sha256=${hmac(current, both).toString("hex")}`],
      ],
    }),
    // Space around a value is HTTP's, not the value's.
    good("with HTTP's own space around it", metaBody("wamid.SIG.SPACE"), current, {
      lines: [[header, ` \t sha256=${hmac(current, metaBody("wamid.SIG.SPACE")).toString("hex")} \t`]],
      wireOnly: true,
    }),
  ];
}

/** The body and its HMAC are right; what stands in the header is not `sha256=` and 64 lower-case digits. */
function wrongHeaders(current: string): SignatureCase[] {
  const body = metaBody("wamid.SIG.REFUSED");
  const mac = hmac(current, body);
  const hex = mac.toString("hex");
  const values: Record<string, string> = {
    empty: "",
    "only the algorithm": "sha256=",
    "no algorithm": hex,
    "sha1= with SHA-1": `sha1=${hmac(current, body, "sha1").toString("hex")}`,
    "sha1= with SHA-256": `sha1=${hex}`,
    "sha256= with SHA-1": `sha256=${hmac(current, body, "sha1").toString("hex")}`,
    "sha512= with SHA-512": `sha512=${hmac(current, body, "sha512").toString("hex")}`,
    "sha256= with half of SHA-512": `sha256=${hmac(current, body, "sha512").toString("hex").slice(0, 64)}`,
    "md5=": `md5=${hmac(current, body, "md5").toString("hex")}`,
    "upper-case digits": `sha256=${hex.toUpperCase()}`,
    "mixed-case digits": `sha256=${hex.replace(/[a-f]/, (digit) => digit.toUpperCase())}`,
    "upper-case algorithm": `SHA256=${hex}`,
    "algorithm with a hyphen": `sha-256=${hex}`,
    "a colon for the equals sign": `sha256:${hex}`,
    "two equals signs": `sha256==${hex}`,
    "space after the equals sign": `sha256= ${hex}`,
    "space before the equals sign": `sha256 =${hex}`,
    "a tab within": `sha256=${hex.slice(0, 32)}\t${hex.slice(32)}`,
    "quotes around": `"sha256=${hex}"`,
    "quotes around the digits": `sha256="${hex}"`,
    "a semicolon behind": `sha256=${hex};`,
    "one digit short": `sha256=${hex.slice(0, 63)}`,
    "one byte short": `sha256=${hex.slice(0, 62)}`,
    "half of it": `sha256=${hex.slice(0, 32)}`,
    "one digit": `sha256=${hex.slice(0, 1)}`,
    "one digit more": `sha256=${hex}0`,
    "one byte more": `sha256=${hex}00`,
    "twice in a row": `sha256=${hex}${hex}`,
    "ten thousand digits": `sha256=${hex.repeat(157)}`,
    "0x in front": `sha256=0x${hex}`,
    "0x for the first two": `sha256=0x${hex.slice(2)}`,
    "a letter that is no digit": `sha256=${hex.slice(0, 63)}g`,
    "a minus in front": `sha256=-${hex.slice(1)}`,
    "only g": `sha256=${"g".repeat(64)}`,
    "only zeroes": `sha256=${"0".repeat(64)}`,
    base64: `sha256=${mac.toString("base64")}`,
    base64url: `sha256=${mac.toString("base64url")}`,
    "first digit changed": `sha256=${other(hex[0])}${hex.slice(1)}`,
    "last digit changed": `sha256=${hex.slice(0, 63)}${other(hex[63])}`,
    "bytes in reverse": `sha256=${Buffer.from(mac).reverse().toString("hex")}`,
    "two joined by a comma": `sha256=${hex}, sha256=${hex}`,
    "a wrong one joined before it": `sha256=${"0".repeat(64)}, sha256=${hex}`,
    "percent-encoded": `sha256%3D${hex}`,
    "the word undefined": "undefined",
    "a key of the prototype": "__proto__",
  };
  const refuse = (name: string, lines: [string, string][]): SignatureCase => ({
    name,
    body,
    lines,
    accepted: false,
  });
  return [
    refuse("missing", []),
    refuse("under the older header's name", [["X-Hub-Signature", `sha256=${hex}`]]),
    refuse("under a misspelt header", [["X-Hub-Signature256", `sha256=${hex}`]]),
    ...Object.entries(values).map(([name, value]) => refuse(name, [[header, value]])),
  ];
}

function other(digit = ""): string {
  return digit === "0" ? "1" : "0";
}

function wrongOnTheWire(current: string): SignatureCase[] {
  const body = metaBody("wamid.SIG.WIRE");
  const hex = hmac(current, body).toString("hex");
  const value = `sha256=${hex}`;
  const refuse = (name: string, lines: [string, string][], refusedBy?: "http"): SignatureCase => ({
    name,
    body,
    lines,
    accepted: false,
    wireOnly: true,
    ...(refusedBy ? { refusedBy } : {}),
  });
  return [
    refuse("in two lines, both right", [
      [header, value],
      [header, value],
    ]),
    refuse("in two lines, the first right", [
      [header, value],
      [header, `sha256=${"0".repeat(64)}`],
    ]),
    refuse("in two lines, the second right", [
      [header, `sha256=${"0".repeat(64)}`],
      [header, value],
    ]),
    refuse("in full-width digits", [
      [header, `sha256=${hex.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))}`],
    ]),
    refuse("with a no-break space behind", [[header, `${value}\u00a0`]]),
    refuse("with U+0000 behind", [[header, `${value}\0`]], "http"),
    refuse("with a bare line feed in it", [[header, `sha256=\n${hex}`]], "http"),
    refuse("folded over two lines", [[header, `sha256=\r\n ${hex}`]], "http"),
    refuse("under a name with a space behind", [[`${header} `, value]], "http"),
  ];
}

function wrongKeys(current: string, previous: string): SignatureCase[] {
  const body = metaBody("wamid.SIG.KEY");
  const keys: Record<string, string> = {
    "another app's secret": "0123456789abcdef0123456789abcdef",
    "no secret": "",
    "the secret with a newline": `${current}\n`,
    "the secret in upper case": current.toUpperCase(),
    "the secret decoded from hex": Buffer.from(current, "hex").toString("latin1"),
    "the secret cut by one": current.slice(0, -1),
    "both secrets joined": `${current}${previous}`,
    "both secrets with a comma": `${current},${previous}`,
    "[redacted]": "[redacted]",
  };
  return [
    ...Object.entries(keys)
      .filter(([, key]) => key !== current)
      .map(([name, key]) => ({
        name: `under ${name}`,
        body,
        lines: [[header, `sha256=${hmac(key, body).toString("hex")}`]] as [string, string][],
        accepted: false,
      })),
  ];
}

/** Signed right, and changed on the way. */
function changedBodies(current: string): SignatureCase[] {
  const body = metaBody("wamid.SIG.CHANGED");
  const text = body.toString();
  const parsed: unknown = JSON.parse(text);
  const changed: Record<string, Uint8Array> = {
    "serialised again": Buffer.from(JSON.stringify(parsed)),
    "printed with spaces": Buffer.from(JSON.stringify(parsed, null, 2)),
    "with its escapes written out": Buffer.from(text.replace(/\\u00e9/g, "é")),
    "with its escapes in upper case": Buffer.from(text.replace(/\\u00e9/g, "\\u00E9")),
    "with its slashes unescaped": Buffer.from(text.replaceAll("\\/", "/")),
    "with a byte-order mark": Buffer.concat([bom, body]),
    "in UTF-16": Buffer.from(text, "utf16le"),
    "with a newline behind": Buffer.concat([body, Buffer.from("\n")]),
    "with a space in front": Buffer.concat([Buffer.from(" "), body]),
    "with U+0000 behind": Buffer.concat([body, Buffer.alloc(1)]),
    "one byte shorter": body.subarray(0, -1),
    "without its first byte": body.subarray(1),
    "with one bit turned": Buffer.from(body.map((byte, at) => (at === 40 ? byte ^ 1 : byte))),
    "sent twice in one": Buffer.concat([body, body]),
    emptied: Buffer.alloc(0),
    "another one": metaBody("wamid.SIG.ANOTHER"),
  };
  const value = `sha256=${hmac(current, body).toString("hex")}`;
  return Object.entries(changed).map(([name, bytes]) => ({
    name: `right, of a body ${name}`,
    body: bytes,
    lines: [[header, value]],
    accepted: false,
  }));
}
