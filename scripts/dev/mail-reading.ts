/** Reads a mail as our own sender writes it: header fields, and one text and one HTML part. For development and tests. */

export interface ReadMail {
  /** By name in small letters, unfolded and decoded. */
  headers: Record<string, string>;
  text: string;
  html: string;
}

export function readMail(raw: string): ReadMail {
  const { headers, body } = split(raw);
  const boundary = /boundary="?([^";]+)"?/i.exec(headers["content-type"] ?? "")?.[1];
  const parts = boundary ? body.split(`--${boundary}`).slice(1, -1).map(split) : [{ headers, body }];
  const partOf = (type: string) => {
    const part = parts.find((one) => (one.headers["content-type"] ?? "text/plain").startsWith(type));
    return part ? decoded(part) : "";
  };
  return { headers, text: partOf("text/plain"), html: partOf("text/html") };
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

function split(raw: string): Part {
  const [, head = "", body = ""] = /^(?:\r\n)?(.*?)\r\n\r\n(.*)$/s.exec(raw) ?? [];
  const lines = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  const fields = lines.map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), decodedWords(line.slice(at + 1).trim())];
  });
  return { headers: Object.fromEntries(fields), body };
}

function decoded({ headers, body }: Part): string {
  const encoding = (headers["content-transfer-encoding"] ?? "").toLowerCase();
  const bytes =
    encoding === "base64"
      ? Buffer.from(body, "base64")
      : encoding === "quoted-printable"
        ? quotedPrintable(body.replace(/=\r\n/g, ""))
        : Buffer.from(body);
  return bytes.toString("utf8").replaceAll("\r\n", "\n").trim();
}

/** `=?UTF-8?Q?caf=C3=A9?=`, and its neighbours without the space between them. */
function decodedWords(value: string): string {
  return value
    .replace(/(\?=)\s+(=\?)/g, "$1$2")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, how: string, text: string) =>
      how.toLowerCase() === "b"
        ? Buffer.from(text, "base64").toString("utf8")
        : quotedPrintable(text.replaceAll("_", " ")).toString("utf8"),
    );
}

function quotedPrintable(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}
