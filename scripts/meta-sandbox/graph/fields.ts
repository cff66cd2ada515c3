import { badParameter } from "./error.ts";
import { type GraphRequest, parameter } from "./request.ts";

/** A Graph object with every field it knows. `undefined` marks a known field without a value: it is left out. */
export type GraphNode = { id: string } & Record<string, unknown>;

type Selection = Map<string, Selection | null>;

/**
 * Reduces a node to what the call asked for. Meta: with `fields` exactly those plus `id`, otherwise the documented
 * defaults; a field the node type does not have is error 100.
 */
export function selectFields(
  request: GraphRequest,
  node: GraphNode,
  nodeType: string,
  defaults: readonly string[],
): Record<string, unknown> {
  const asked = parameter(request, "fields");
  const selection = asked ? parseSelection(asked) : new Map(defaults.map((name) => [name, null]));
  return project(node, selection, nodeType);
}

function project(
  node: Record<string, unknown>,
  selection: Selection,
  nodeType: string,
): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [name, inner] of selection) {
    if (!Object.hasOwn(node, name)) {
      throw badParameter(`Tried accessing nonexisting field (${name}) on node type (${nodeType})`);
    }
    const value = node[name];
    if (value !== undefined && name !== "id") picked[name] = inner ? projectInner(value, inner, name) : value;
  }
  return "id" in node ? { ...picked, id: node.id } : picked;
}

function projectInner(value: unknown, selection: Selection, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => projectInner(item, selection, name));
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (Array.isArray(record.data)) return { ...record, data: projectInner(record.data, selection, name) };
  return project(record, selection, name);
}

/** `id,owner{id,name}` as a tree. Arguments such as `.limit(5)` are accepted and have no effect. */
function parseSelection(text: string): Selection {
  const selection: Selection = new Map();
  for (const part of splitTopLevel(text)) {
    const match = /^\s*([\w.()]+)\s*(?:\{(.*)\})?\s*$/s.exec(part);
    if (!match?.[1]) throw badParameter(`Syntax error "${part}" in the fields parameter`);
    const name = match[1].replace(/\..*$/, "");
    selection.set(name, match[2] === undefined ? null : parseSelection(match[2]));
  }
  return selection;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = "";
  for (const character of text) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(current);
      current = "";
    } else {
      current += character;
    }
  }
  return [...parts, current].filter((part) => part.trim() !== "");
}

/**
 * One page of a list. Meta: `limit` 1 to 100, opaque cursors, `paging.next` only when more follows, and no `paging`
 * at all on an empty list. The sandbox never repeats the access token in `next`.
 */
export function pageOf<T extends { id: string }>(
  request: GraphRequest,
  items: readonly T[],
  render: (item: T) => Record<string, unknown>,
): Record<string, unknown> {
  const limit = readLimit(request);
  const start = startOf(request, items);
  const page = items.slice(start, start + limit);
  const first = page[0];
  const last = page.at(-1);
  if (!first || !last) return { data: [] };
  const cursors = { before: cursorOf(first.id), after: cursorOf(last.id) };
  const more = start + limit < items.length;
  return {
    data: page.map(render),
    paging: { cursors, ...(more ? { next: nextUrl(request, cursors.after) } : {}) },
  };
}

function readLimit(request: GraphRequest): number {
  const text = parameter(request, "limit");
  if (text === null) return 25;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw badParameter("Param limit must be an integer between 1 and 100");
  }
  return limit;
}

function startOf(request: GraphRequest, items: readonly { id: string }[]): number {
  const after = parameter(request, "after");
  if (after === null) return 0;
  const index = items.findIndex((item) => cursorOf(item.id) === after);
  if (index < 0) throw badParameter("Invalid cursors values");
  return index + 1;
}

function cursorOf(id: string): string {
  return Buffer.from(`QVFI:${id}`).toString("base64url");
}

function nextUrl(request: GraphRequest, after: string): string {
  const query = new URLSearchParams(request.query);
  for (const secret of ["access_token", "appsecret_proof"]) query.delete(secret);
  query.set("after", after);
  return `${request.origin}${request.fullPath}?${query}`;
}
