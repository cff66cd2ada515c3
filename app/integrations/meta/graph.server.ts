/**
 * The one way to Meta's Graph API, for both processes. Tokens go in the Authorization header with an appsecret_proof;
 * redirects are never followed, so no answer can send a token elsewhere; 10 s for a whole call, 1 MB for an answer;
 * every answer passes a schema. A read whose connection breaks is tried once more, anything else never. A host that
 * does not answer, or says that we call too much, is left alone for a while. Throws `GraphError` and nothing else.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Secret } from "../../platform/secret.server.ts";
import { plainText } from "../../platform/text.ts";
import type { MetaAppConfig } from "./app-config.server.ts";
import { GraphError, type GraphErrorFacts, graphErrorKind } from "./graph-error.server.ts";
import { createGraphPressure, type GraphPressure } from "./graph-pressure.server.ts";

export interface GraphCall<Schema extends z.ZodType> {
  /** A stable name for logs, metrics and errors; ids and parameters stay out of it. */
  endpoint: string;
  method?: "GET" | "POST" | "DELETE";
  /** Path parts after the version; encoded here. */
  path: string[];
  query?: Record<string, string>;
  form?: Record<string, string>;
  /** A customer's token, `app` for our own app token, `none` where the form carries the credentials. */
  auth: Secret | "app" | "none";
  schema: Schema;
  /** A person waits for it: made even while we hold back so as not to be throttled. */
  urgent?: boolean;
}

export interface GraphClient {
  call<Schema extends z.ZodType>(call: GraphCall<Schema>): Promise<z.infer<Schema>>;
}

const bodyCapBytes = 1_048_576;

const errorEnvelope = z.object({
  error: z.object({
    code: z.number().optional(),
    error_subcode: z.number().optional(),
    is_transient: z.boolean().optional(),
    fbtrace_id: z.string().optional(),
  }),
});

/** Asks Graph as our app, each call within `timeoutMs`; throws `GraphError` and nothing else for what Meta does. */
export function createGraphClient(
  config: MetaAppConfig,
  {
    timeoutMs = 10_000,
    pressure = createGraphPressure(),
  }: { timeoutMs?: number; pressure?: GraphPressure } = {},
): GraphClient {
  return {
    async call(call) {
      const started = performance.now();
      try {
        const answer = await attempt(config, pressure, call, AbortSignal.timeout(timeoutMs));
        report(config, call, started, "ok");
        return answer;
      } catch (error) {
        const failure = error instanceof GraphError ? error : unreachable(call, error);
        report(config, call, started, failure.kind, failure);
        throw failure;
      }
    },
  };
}

async function attempt<Schema extends z.ZodType>(
  config: MetaAppConfig,
  pressure: GraphPressure,
  call: GraphCall<Schema>,
  signal: AbortSignal,
): Promise<z.infer<Schema>> {
  const refusal = pressure.refusal({ objectId: call.path[0], urgent: call.urgent ?? false });
  if (refusal) throw new GraphError("retry_later", { endpoint: call.endpoint, note: refusal });
  const isRead = (call.method ?? "GET") === "GET";
  try {
    return await send(config, pressure, call, signal);
  } catch (error) {
    if (error instanceof GraphError || !isRead || signal.aborted) throw error;
    // The connection broke: reading again harms nobody. A write may have been carried out, so it is the caller's turn.
    return send(config, pressure, call, signal);
  }
}

/** Throws what fetch throws when the host does not answer. Either way `pressure` is told exactly once. */
async function send<Schema extends z.ZodType>(
  config: MetaAppConfig,
  pressure: GraphPressure,
  call: GraphCall<Schema>,
  signal: AbortSignal,
): Promise<z.infer<Schema>> {
  const { status, headers, text } = await roundTrip(config, call, signal).catch((error: unknown) => {
    if (error instanceof GraphError) pressure.answered(new Headers());
    else pressure.unanswered();
    throw error;
  });
  const facts: GraphErrorFacts = { endpoint: call.endpoint, httpStatus: status };
  const body = parseJson(text);
  // An edge's page in place of the API's answer.
  if (status >= 500 && body === undefined) pressure.unanswered();
  else pressure.answered(headers);
  if (status < 300 && body !== undefined) return checkedAnswer(call.schema, body, facts);
  throw classified(body, facts);
}

async function roundTrip(
  config: MetaAppConfig,
  call: GraphCall<z.ZodType>,
  signal: AbortSignal,
): Promise<{ status: number; headers: Headers; text: string }> {
  const url = new URL(
    `${config.graphUrl}/${config.graphVersion}/${call.path.map(encodeURIComponent).join("/")}`,
  );
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  const headers: Record<string, string> = { accept: "application/json" };
  authorise(config, call.auth, url, headers);
  const response = await fetch(url, {
    method: call.method ?? "GET",
    headers,
    body: call.form ? new URLSearchParams(call.form) : null,
    redirect: "manual",
    signal,
  });
  const facts: GraphErrorFacts = { endpoint: call.endpoint, httpStatus: response.status };
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new GraphError("bug", { ...facts, note: "redirect refused" });
  }
  return { status: response.status, headers: response.headers, text: await readCapped(response, facts) };
}

/** A token without the proof is refused by Meta when the app demands one, so a leaked token alone is worth nothing. */
function authorise(
  config: MetaAppConfig,
  auth: Secret | "app" | "none",
  url: URL,
  headers: Record<string, string>,
) {
  if (auth === "none") return;
  if (auth === "app") {
    headers.authorization = `Bearer ${config.appId}|${config.appSecret.reveal()}`;
    return;
  }
  headers.authorization = `Bearer ${auth.reveal()}`;
  const proof = createHmac("sha256", config.appSecret.reveal()).update(auth.reveal()).digest("hex");
  url.searchParams.set("appsecret_proof", proof);
}

function checkedAnswer<Schema extends z.ZodType>(schema: Schema, body: unknown, facts: GraphErrorFacts) {
  // Meta answers some errors with HTTP 200.
  if (errorEnvelope.safeParse(body).success) throw classified(body, facts);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new GraphError("bug", { ...facts, note: "unexpected shape" });
  return parsed.data;
}

function classified(body: unknown, facts: GraphErrorFacts): GraphError {
  const parsed = errorEnvelope.safeParse(body);
  if (!parsed.success) {
    // HTML from an edge, or nothing at all: the call never reached the API proper.
    const kind = (facts.httpStatus ?? 500) >= 500 || facts.httpStatus === 429 ? "retry_later" : "bug";
    return new GraphError(kind, { ...facts, note: "no Graph error in the answer" });
  }
  const { error } = parsed.data;
  const known = { ...facts, code: error.code, subcode: error.error_subcode, traceId: error.fbtrace_id };
  return new GraphError(graphErrorKind(error), known);
}

/** Cuts off at the cap instead of buffering whatever comes; a body without a length is counted as it arrives. */
async function readCapped(response: Response, facts: GraphErrorFacts): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream and with it the connection.
    if (size > bodyCapBytes) throw new GraphError("bug", { ...facts, note: "answer too large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Every text in it as `text` and `jsonb` take it: names are people's, and JSON may hold what PostgreSQL refuses. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => (typeof value === "string" ? plainText(value) : value));
  } catch {
    return undefined;
  }
}

function unreachable(call: GraphCall<z.ZodType>, error: unknown): GraphError {
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  return new GraphError("retry_later", {
    endpoint: call.endpoint,
    note: timedOut ? "timed out" : "unreachable",
  });
}

function report(
  config: MetaAppConfig,
  call: GraphCall<z.ZodType>,
  started: number,
  outcome: string,
  failure?: GraphError,
) {
  const fields = { endpoint: call.endpoint, outcome, duration_ms: Math.round(performance.now() - started) };
  if (!failure) return config.log.info("graph call", fields);
  const { httpStatus, code, subcode, traceId, note } = failure.facts;
  config.log.warn("graph call failed", {
    ...fields,
    ...(httpStatus === undefined ? {} : { status: httpStatus }),
    ...(code === undefined ? {} : { graph_code: code }),
    ...(subcode === undefined ? {} : { graph_subcode: subcode }),
    ...(traceId === undefined ? {} : { trace_id: traceId }),
    ...(note === undefined ? {} : { reason: note }),
  });
}
