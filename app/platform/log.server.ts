/**
 * Structured logs: one JSON object a line on standard output. Only the fields named here can be written, so a token, a
 * message or a full phone number has no way in; errors are reduced to what cannot carry a value.
 */
import pino from "pino";
import { currentRequestId } from "./request-id.server.ts";

export interface LogFields {
  request_id?: string;
  tenant_id?: string;
  connection_id?: string;
  /** Meta's ids of assets are not secret; numbers and people's ids are never logged. */
  waba_id?: string;
  phone_number_id?: string;
  delivery_id?: string;
  item_path?: string;
  job_id?: string;
  task?: string;
  attempt?: number;
  provider?: string;
  route?: string;
  method?: string;
  status?: number;
  duration_ms?: number;
  reason?: string;
  outcome?: string;
  endpoint?: string;
  graph_code?: number;
  graph_subcode?: number;
  trace_id?: string;
  count?: number;
  port?: number;
  variable?: string;
  error?: unknown;
}

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const allowed = new Set<string>([
  ..."request_id tenant_id connection_id waba_id phone_number_id delivery_id item_path job_id task attempt".split(
    " ",
  ),
  ..."provider route method status duration_ms reason outcome endpoint graph_code graph_subcode".split(" "),
  ..."trace_id count port variable error".split(" "),
]);

export function createLog(service: "web" | "worker", destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    // Empty is unset, as for all variables.
    level: process.env.LOG_LEVEL || "info",
    base: { service, env: process.env.NODE_ENV ?? "development" },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const logger = destination ? pino(options, destination) : pino(options);
  const write =
    (level: "info" | "warn" | "error") =>
    (message: string, fields: LogFields = {}) =>
      logger[level](safeFields(fields), message);
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

/**
 * What libraries and Node itself print becomes lines of the log, for the whole process: on standard error it would be a
 * raw stack, whose message may quote what somebody sent.
 */
export function captureConsole(log: Log): void {
  const capture = (...said: unknown[]) => {
    const error = said.find((one) => one instanceof Error);
    const text = said.find((one) => typeof one === "string");
    log.warn("printed by a library", { error, reason: error || !text ? undefined : maskValues(text) });
  };
  for (const way of ["error", "warn", "trace", "log", "info", "debug"] as const) console[way] = capture;
  process.removeAllListeners("warning");
  process.on("warning", (error) => log.warn("warning", { error }));
}

function safeFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  const requestId = currentRequestId();
  if (requestId) safe.request_id = requestId;
  for (const [name, value] of Object.entries(fields)) {
    if (!allowed.has(name) || value === undefined) continue;
    if (name === "error") safe.error = safeError(value);
    else safe[name] = typeof value === "string" ? value.slice(0, 200) : value;
  }
  return safe;
}

/**
 * An error without its values: name, code, a masked message and where it happened. PostgreSQL's `detail` and `where`
 * hold row contents, and anybody's message may quote its input.
 */
export function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code } = error as { code?: unknown };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    message: maskValues(error.message),
    at: frames.slice(0, 6).map((line) => line.trim()),
    ...(error.cause instanceof Error
      ? { cause: { name: error.cause.name, message: maskValues(error.cause.message) } }
      : {}),
  };
}

/** Whatever could be a token, a code, a person's number or quoted input becomes […]. */
export function maskValues(text: string): string {
  return text
    .slice(0, 500)
    .replace(/"[^"]*"/g, '"[…]"')
    .replace(/[A-Za-z0-9_\-|.=+/]{24,}/g, "[…]")
    .replace(/\+?\d[\d ()-]{6,}\d/g, "[…]");
}
