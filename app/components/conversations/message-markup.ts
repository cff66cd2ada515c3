/**
 * The signs that people format messages with: *bold*, _italic_, ~struck~, `code`, ```code over lines```, lists and quotes.
 * What is not closed, or does not stand at the edge of a word, is a sign like any other. Each sign is looked at once, so no
 * text takes long.
 */
import { isBlank } from "../../platform/text.ts";
import { withAddresses } from "./linked-text.tsx";

export type Span =
  | { look: "plain" | "code"; text: string }
  | { look: "address"; text: string; href: string }
  | { look: "bold" | "italic" | "struck"; spans: Span[] };

export interface Line {
  spans: Span[];
  /** Of a line of a numbered list. */
  number?: number;
}

export interface Block {
  kind: "text" | "quote" | "bullets" | "numbers";
  lines: Line[];
}

/** The text as blocks of lines of one kind each. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of linesOf(text)) {
    const { kind, rest, number } = lineKind(line);
    const spans = spansOf(rest);
    const read: Line = number === undefined ? { spans } : { spans, number };
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(read);
    else blocks.push({ kind, lines: [read] });
  }
  return blocks;
}

/** The words alone, in one line. */
export function withoutMarkup(text: string): string {
  return blocksOf(text)
    .flatMap(({ kind, lines }) => lines.map((line) => `${listSign(kind, line)}${wordsOf(line.spans)}`))
    .join("\n");
}

function listSign(kind: Block["kind"], { number }: Line): string {
  if (kind === "numbers") return `${number}. `;
  return kind === "bullets" ? "• " : "";
}

function wordsOf(spans: Span[]): string {
  return spans.map((span) => ("spans" in span ? wordsOf(span.spans) : span.text)).join("");
}

const fence = "```";

/** The lines; what stands between two fences belongs to one, whatever ends in it. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  let at = 0;
  let fenced = fencedFrom(text, 0);
  while (true) {
    const end = text.indexOf("\n", at);
    if (fenced && (end < 0 || end > fenced.start)) {
      at = fenced.end;
      fenced = fencedFrom(text, at);
    } else {
      lines.push(text.slice(start, end < 0 ? text.length : end));
      if (end < 0) return lines;
      start = end + 1;
      at = start;
    }
  }
}

/** The next place that is between fences, each looked for once. */
function fencedFrom(text: string, at: number): { start: number; end: number } | null {
  const start = text.indexOf(fence, at);
  const closing = start < 0 ? -1 : text.indexOf(fence, start + fence.length);
  return closing < 0 ? null : { start, end: closing + fence.length };
}

function lineKind(line: string): { kind: Block["kind"]; rest: string; number?: number } {
  const [sign, bullet, digits] = /^(?:([-*>]) |(\d{1,3})\. )/.exec(line) ?? [];
  if (sign === undefined || isBlank(line.slice(sign.length))) return { kind: "text", rest: line };
  const rest = line.slice(sign.length);
  if (digits !== undefined) return { kind: "numbers", rest, number: Number(digits) };
  return { kind: bullet === ">" ? "quote" : "bullets", rest };
}

const looks = { "*": "bold", _: "italic", "~": "struck" } as const;
type Sign = keyof typeof looks;

/** A sign that nothing has closed yet, and what stands within it so far. */
interface Open {
  sign: Sign;
  spans: Span[];
}

/** What is open has no sign twice, so nothing is nested deeper than there are signs. */
function spansOf(line: string): Span[] {
  if (!/[*_~`@]|:\/\//.test(line)) return line === "" ? [] : [{ look: "plain", text: line }];
  const open: Open[] = [];
  const spans: Span[] = [];
  const inner = () => open.at(-1)?.spans ?? spans;
  const add = (span: Span) => {
    const last = inner().at(-1);
    if (span.look === "plain" && last?.look === "plain") last.text += span.text;
    else if (!("text" in span) || span.text !== "") inner().push(span);
  };
  const giveUp = ({ sign, spans: within }: Open) => {
    add({ look: "plain", text: sign });
    for (const span of within) add(span);
  };
  for (const piece of piecesOf(line)) {
    if (typeof piece === "object") {
      add(piece);
      continue;
    }
    const sign = line[piece] as Sign;
    const [before, after] = [line.charAt(piece - 1), line.charAt(piece + 1)];
    const opened = open.findIndex((one) => one.sign === sign);
    const isEmpty = opened === open.length - 1 && open[opened]?.spans.length === 0;
    if (opened >= 0 && !isEmpty && /\S/.test(before) && !isOfWord(after)) {
      // Whatever was opened within it stays a sign.
      while (open.length > opened + 1) giveUp(open.pop() as Open);
      const closed = open.pop() as Open;
      if (isBlank(wordsOf(closed.spans))) {
        // Drawn as a look of nothing it would be an empty bubble.
        giveUp(closed);
        add({ look: "plain", text: sign });
      } else {
        add({ look: looks[sign], spans: closed.spans });
      }
    } else if (opened < 0 && !isOfWord(before) && /\S/.test(after) && after !== sign) {
      open.push({ sign, spans: [] });
    } else {
      add({ look: "plain", text: sign });
    }
  }
  while (open.length > 0) giveUp(open.pop() as Open);
  return spans;
}

function isOfWord(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** Code, addresses and what is plain, none of which holds signs; and between them the places of signs. */
function* piecesOf(line: string): Generator<Span | number> {
  const addresses = addressesIn(line);
  const closing = { [fence]: true, "`": true };
  let told = 0;
  let at = 0;
  const plain = (): Span => ({ look: "plain", text: line.slice(told, at) });
  while (at < line.length) {
    const character = line.charAt(at);
    const address = addresses.get(at);
    if (address) {
      yield plain();
      yield { look: "address", ...address };
      at += address.text.length;
      told = at;
    } else if (character === "`") {
      const mark = line.startsWith(fence, at) ? fence : "`";
      const end = closing[mark] ? line.indexOf(mark, at + mark.length) : -1;
      // Looked for once: what is not closed from here is not closed from anywhere after.
      closing[mark] = end >= 0;
      const code = line.slice(at + mark.length, Math.max(0, end));
      if (end < 0 || isBlank(code)) {
        at += mark.length;
        continue;
      }
      yield plain();
      yield { look: "code", text: mark === fence ? code.replace(/^\n|\n$/g, "") : code };
      at = end + mark.length;
      told = at;
    } else if (Object.hasOwn(looks, character)) {
      yield plain();
      yield at;
      at += 1;
      told = at;
    } else {
      at += 1;
    }
  }
  yield plain();
}

/** By where they begin. */
function addressesIn(line: string): Map<number, { text: string; href: string }> {
  const found = new Map<number, { text: string; href: string }>();
  let at = 0;
  for (const { said, href } of withAddresses(line)) {
    if (href) found.set(at, { text: said, href });
    at += said.length;
  }
  return found;
}
