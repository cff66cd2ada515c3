/** Ways to spoil a JSON body: nodes dropped, replaced, doubled, retyped, renamed, and bytes cut or turned. For tests. */
import fc from "fast-check";
import { anyText } from "#db/testing/generated.ts";

/** Stands in every text, id and unknown key of a body: nothing that is logged or kept beside the body may show it. */
export const canary = "CaNaRy";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const odd = fc.constantFrom(
  "",
  " ",
  "\0",
  "a\0b",
  "\ud83d",
  "\udc00x",
  "\ufffd",
  "\uffff",
  "\ufeff",
  "\u202e",
  "\u2028",
  "👩🏽‍👩🏽‍👧🏽",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "NaN",
  "-1",
  "1e400",
  "0",
  "../../..",
  "'; --",
  "<b>",
  "%00",
);
export const words = fc.oneof(
  { weight: 60, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 20, arbitrary: anyText({ maxLength: 20 }) },
  { weight: 20, arbitrary: odd },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 50_000 }).map((length) => "x".repeat(length)) },
);
/** One way to spoil a body: at the `at`th node, counted around, do `how` with `value`. */
export const blow = fc.record({
  at: fc.nat(1_000),
  how: fc.constantFrom("drop", "replace", "double", "wrap", "rename", "add", "swap"),
  other: fc.nat(1_000),
  value: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Json>(null, true, 0, -1, 1e300, 2 ** 53, "", [], {}) },
    { weight: 3, arbitrary: words },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
    { weight: 1, arbitrary: fc.integer({ min: 50, max: 600 }).map(nested) },
  ),
});
type Blow = (typeof blow)["generate"] extends (...given: never[]) => fc.Value<infer T> ? T : never;

/** What is done to the text after it was written. */
export const cut = fc.record({
  kind: fc.constantFrom("none", "none", "none", "none", "cut", "flip", "repeat"),
  at: fc.nat(),
});

function nested(levels: number): Json {
  let value: Json = canary;
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { [canary]: value };
  return value;
}

interface Node {
  parent: { [key: string]: Json };
  key: string;
}

/** Lists are objects with numbers for keys here. Breadth first, so that the envelope is hit as often as what is in it. */
function nodesOf(root: Json): Node[] {
  const nodes: Node[] = [];
  const queue: Json[] = [root];
  for (const value of queue) {
    if (nodes.length > 1_000) break;
    if (typeof value !== "object" || value === null) continue;
    const parent = value as Node["parent"];
    for (const key of Object.keys(parent)) {
      nodes.push({ parent, key });
      queue.push(parent[key] ?? null);
    }
  }
  return nodes;
}

export function strike(root: Json, { at, how, other, value }: Blow): Json {
  const nodes = nodesOf(root);
  const node = nodes[at % nodes.length];
  if (!node) return value;
  const { parent, key } = node;
  const here = parent[key] ?? null;
  const there = nodes[other % nodes.length];
  if (how === "drop") remove(parent, key);
  else if (how === "replace") put(parent, key, value);
  else if (how === "wrap") put(parent, key, Array.isArray(here) ? { 0: here[0] ?? null } : [here]);
  else if (how === "add") put(parent, typeof value === "string" ? value : canary, value);
  else if (how === "rename") {
    remove(parent, key);
    put(parent, typeof value === "string" ? value : `${key}${canary}`, here);
  } else if (how === "double" && Array.isArray(parent)) parent.push(structuredClone(here));
  else if (there) put(parent, key, structuredClone(there.parent[there.key] ?? null));
  return root;
}

function remove(parent: Node["parent"], key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Defined, not assigned: a key `__proto__` is to be a key. In a list, a key that is no place is put at the end. */
function put(parent: Node["parent"], key: string, value: Json): void {
  if (Array.isArray(parent) && !/^\d{1,4}$/.test(key)) parent.push(value);
  else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

export function spoilBytes(bytes: Buffer, { kind, at }: { kind: string; at: number }): Buffer {
  const place = at % Math.max(1, bytes.length);
  if (kind === "cut") return bytes.subarray(0, place);
  if (kind === "repeat") {
    const part = bytes.subarray(place, place + 40);
    return Buffer.concat([bytes.subarray(0, place), part, bytes.subarray(place)]);
  }
  if (kind === "flip" && bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  return bytes;
}
