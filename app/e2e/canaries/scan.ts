/** Looks through what a run left behind for what must not be there, in every spelling. */

/** What is looked for, by what it is. */
export type Canaries = Map<string, Set<string>>;

export interface Found {
  kind: string;
  artefact: string;
  /** As it stands there. */
  spelling: string;
  /** What surrounds it, with the canary itself taken out. */
  around: string;
}

/** Every spelling that anything between us and a disk gives a text. */
export function spellings(value: string): { name: string; text: string }[] {
  const bytes = Buffer.from(value);
  const within = (before: number) => {
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return encoded.slice(Math.ceil((before * 8) / 6), whole);
  };
  const escaped = (one: (unit: number) => string) =>
    Array.from(value, (letter) => one(letter.charCodeAt(0))).join("");
  const json = JSON.stringify(value).slice(1, -1);
  const inBase64 = [0, 1, 2].flatMap((before): [string, string][] => [
    [`base64 after ${before}`, within(before)],
    [`base64url after ${before}`, within(before).replaceAll("+", "-").replaceAll("/", "_")],
  ]);
  const all: [string, string][] = [
    ["raw", value],
    ...inBase64,
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
    ["url", encodeURIComponent(value)],
    ["form", new URLSearchParams({ v: value }).toString().slice(2)],
    ["url, each letter", escaped((unit) => `%${unit.toString(16).padStart(2, "0")}`)],
    ["JSON", json],
    ["JSON in JSON", JSON.stringify(json).slice(1, -1)],
    ["JSON, each letter", escaped((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)],
    [
      "HTML",
      value
        .replaceAll("&", "&amp;")
        .replaceAll('"', "&quot;")
        .replaceAll("<", "&lt;")
        .replaceAll("'", "&#x27;"),
    ],
    ["SQL", value.replaceAll("'", "''")],
  ];
  // Of those that are alike the first name is kept.
  return [...new Map(all.toReversed().map(([name, text]) => [text, { name, text }])).values()].toReversed();
}

/** The first place of each canary of each kind in one artefact. */
export function scan(artefact: string, text: string, canaries: Canaries): Found[] {
  const found: Found[] = [];
  // Telephone numbers stand in groups on pages.
  const ungrouped = text.replace(/(?<=\d)(?:[ \u00a0\u202f().-]|&nbsp;)+(?=\d)/g, "");
  for (const [kind, values] of canaries) {
    for (const value of values) {
      const grouped = /^\d{10,15}$/.test(value) && ungrouped.includes(value);
      if (grouped) found.push({ kind, artefact, spelling: "in groups", around: `[${kind}]` });
      for (const { name, text: spelled } of grouped ? [] : spellings(value)) {
        const at = placeOf(spelled, text);
        if (at < 0) continue;
        const around = `${text.slice(Math.max(0, at - 120), at)}[${kind}]${text.slice(at + spelled.length, at + spelled.length + 60)}`;
        found.push({ kind, artefact, spelling: name, around: around.replaceAll("\n", " ") });
        break;
      }
    }
  }
  return found;
}

/** Six digits stand in every time of day: as a PIN counts what nothing else runs on from. */
function placeOf(spelled: string, text: string): number {
  if (!/^\d{6}$/.test(spelled)) return text.indexOf(spelled);
  const alone = new RegExp(`(?<![\\w.+-])${spelled}(?![\\w.])`).exec(text);
  return alone ? alone.index : -1;
}
