/**
 * The one reader of what a request says, in its address, its path or its body: routes and app/web read text by it and by
 * nothing else (input-sources.test.ts holds that). What comes out is well-formed, holds no control character, and is
 * bounded, so that neither PostgreSQL nor jsonb refuses it.
 */
import { cut, isPlainText, plainText } from "../../platform/text.ts";

/** What was given, by name. Text that is not plain (`isPlainText`) counts as refused, and so does a file. */
export interface Fields {
  /** Whether it was given at all, be it text, a file, or refused. */
  has(name: string): boolean;
  /** The text given first, cut at `longest` characters; null when there is none or it is refused. */
  get(name: string, longest?: number): string | null;
  /** All texts of that name but those refused. */
  getAll(name: string, longest?: number): string[];
  /** The text as it is, for secrets; undefined when it was given twice, is refused, or longer than `longest`. */
  only(name: string, longest?: number): string | undefined;
  /** What a person typed and may see again: without its control characters instead of refused; empty when missing. */
  typed(name: string, longest?: number): string;
}

/** What Remix hands over of the path. */
export type PathParams = Readonly<Record<string, string | undefined>>;

const usualLength = 1_024;

/** A page of the quarantine has fifty boxes to tick; no form of ours has more. */
export const mostFields = 128;

/** The query of the request's address. Percent sequences that are no UTF-8 stand as U+FFFD. */
export function readQuery(request: Request): Fields {
  return fieldsOf(new URL(request.url).searchParams);
}

/** A part of the path; empty when there is none of that name, or it is no plain text of at most 256 characters. */
export function paramOf(params: PathParams, name: string): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return isText(value) && value.length <= 256 ? value : "";
}

/**
 * The fields of a posted form. Empty when the body is no form, or a broken one, or has more than `mostFields`: what is
 * missing is then asked for. The request can be read again.
 */
export async function readForm(request: Request): Promise<Fields> {
  return (await formIn(request.clone()).catch(() => undefined)) ?? nothing;
}

/** The same of a body of at most `cap` bytes, or "too_large". What no form may pass was refused before it became a Request. */
export async function readBoundedForm(request: Request, cap: number): Promise<Fields | "too_large"> {
  const body = await request.arrayBuffer();
  if (body.byteLength > cap) return "too_large";
  const form = new Response(body, { headers: { "Content-Type": request.headers.get("content-type") ?? "" } });
  return (await formIn(form).catch(() => undefined)) ?? nothing;
}

/** The fields of a form or of a JSON object; none for any other body. Throws 400 for one that cannot be read. */
export async function readFields(request: Request): Promise<Fields> {
  try {
    return (isJson(request) ? fieldsOfJson(await request.json()) : await formIn(request)) ?? nothing;
  } catch {
    throw Response.json({ error: "bad_request" }, { status: 400 });
  }
}

/** A field's text, cut at `longest` characters; empty when it is missing, a file or refused. */
export function fieldOf(fields: Fields, name: string, longest = usualLength): string {
  return fields.get(name, longest) ?? "";
}

/** That of `choices` which the text names, or undefined. */
export function oneOf<Choice extends string | number>(
  choices: readonly Choice[],
  text: string | null,
): Choice | undefined {
  return choices.find((choice) => String(choice) === text);
}

/** Undefined for what is no form. Throws for a broken one. */
async function formIn(source: Request | Response): Promise<Fields | undefined> {
  const type = source.headers.get("content-type") ?? "";
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    const text = await source.text();
    // Counted before anything is made of them.
    if (text.split("&", mostFields + 1).length > mostFields) throw new RangeError("Too many fields.");
    return fieldsOf(new URLSearchParams(text));
  }
  if (!/^multipart\/form-data\b/i.test(type)) return undefined;
  const form = await source.formData();
  if ([...form.keys()].length > mostFields) throw new RangeError("Too many fields.");
  return fieldsOf(form);
}

const isJson = (request: Request) => /^application\/json\b/i.test(request.headers.get("content-type") ?? "");

/** Numbers and truth values are their text; what else is no text counts as refused. */
function fieldsOfJson(body: unknown): Fields | undefined {
  if (body === null || typeof body !== "object") return undefined;
  const given = Object.entries(body).filter(([, value]) => value !== null);
  return fieldsOf(
    given.map(([name, value]) => [name, /^(?:number|boolean)$/.test(typeof value) ? String(value) : value]),
  );
}

function fieldsOf(entries: Iterable<[string, unknown]>): Fields {
  const given = new Map<string, unknown[]>();
  for (const [name, value] of entries) {
    const known = given.get(name);
    if (known) known.push(value);
    else given.set(name, [value]);
  }
  const valuesOf = (name: string) => given.get(name) ?? [];
  return {
    has: (name) => given.has(name),
    get: (name, longest = usualLength) => {
      const [first] = valuesOf(name);
      return isText(first) ? cut(first, longest) : null;
    },
    getAll: (name, longest = usualLength) =>
      valuesOf(name)
        .filter(isText)
        .map((text) => cut(text, longest)),
    only: (name, longest = usualLength) => {
      const [first, ...others] = valuesOf(name);
      return isText(first) && others.length === 0 && first.length <= longest ? first : undefined;
    },
    typed: (name, longest = usualLength) => {
      const [first] = valuesOf(name);
      return typeof first === "string" ? plainText(first, longest) : "";
    },
  };
}

const nothing = fieldsOf([]);

function isText(value: unknown): value is string {
  return typeof value === "string" && isPlainText(value);
}
