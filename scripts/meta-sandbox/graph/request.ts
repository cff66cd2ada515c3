import type { Request } from "express";

/** A Graph call with query string and body merged, as Meta treats them. */
export interface GraphRequest {
  method: string;
  /** `v25.0`, or null for an unversioned call. */
  version: string | null;
  /** Path as requested, with the version segment. */
  fullPath: string;
  segments: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  auth: { kind: "bearer" | "query" | "body" | "none"; token: string | null };
  proof: string | null;
  /** Origin under which the caller reached the sandbox, for `paging.next`. */
  origin: string;
}

const VERSIONED = /^\/(v\d+\.\d+)(?=\/|$)/;

/** Splits `/v25.0/me` into its version and the rest; unversioned paths pass unchanged. */
export function splitVersion(path: string): { version: string | null; rest: string } {
  const version = VERSIONED.exec(path)?.[1] ?? null;
  return { version, rest: version === null ? path : path.slice(version.length + 1) || "/" };
}

/** Reads a call whose body is a query string, a form or JSON. Anything else counts as no body. */
export function readGraphRequest(request: Request, rawBody: Buffer): GraphRequest {
  const url = new URL(request.originalUrl, "http://sandbox");
  const { version, rest } = splitVersion(url.pathname);
  const body = parseBody(request.get("content-type") ?? "", rawBody);
  return {
    method: request.method,
    version,
    fullPath: url.pathname,
    segments: rest.split("/").filter(Boolean).map(decodeSegment),
    query: url.searchParams,
    body,
    auth: readAuth(request.get("authorization"), url.searchParams, body),
    proof: url.searchParams.get("appsecret_proof") ?? textOf(body.appsecret_proof),
    origin: `http://${request.get("host") ?? "localhost"}`,
  };
}

/** A parameter from the query string or else from the body; numbers and booleans become text. */
export function parameter(request: GraphRequest, name: string): string | null {
  return request.query.get(name) ?? textOf(request.body[name]);
}

/** A nested parameter: an object in a JSON body, or JSON text in a form or query string. */
export function objectParameter(request: GraphRequest, name: string): Record<string, unknown> | null {
  const value = request.body[name] ?? request.query.get(name);
  if (typeof value === "string") return asRecord(parseJson(value));
  return asRecord(value);
}

function readAuth(
  header: string | undefined,
  query: URLSearchParams,
  body: Record<string, unknown>,
): GraphRequest["auth"] {
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(header ?? "")?.[1];
  if (bearer) return { kind: "bearer", token: bearer.trim() };
  const fromQuery = query.get("access_token");
  if (fromQuery) return { kind: "query", token: fromQuery };
  const fromBody = textOf(body.access_token);
  return fromBody ? { kind: "body", token: fromBody } : { kind: "none", token: null };
}

function parseBody(contentType: string, raw: Buffer): Record<string, unknown> {
  if (raw.length === 0) return {};
  const text = raw.toString("utf8");
  if (contentType.includes("json")) return asRecord(parseJson(text)) ?? {};
  if (contentType.includes("x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  return {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
