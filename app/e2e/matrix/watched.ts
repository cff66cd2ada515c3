/**
 * A built process of the product that says on standard output which parameters it reads of requests and, started with
 * STRIP_TENANT_FILTERS, runs without the app's tenant filters and says which files had some. For tests:
 * `node watched.ts build/web/index.js`.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripTenantFilters } from "./strip-tenant-filters.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const bundle = path.join(root, process.argv[2] ?? "");
const sources = sourcesOf(readFileSync(bundle, "utf8"));
Error.stackTraceLimit = 40;

const said = new Set<string>();
watchParameters(URLSearchParams.prototype);
watchParameters(FormData.prototype);
if (process.env.STRIP_TENANT_FILTERS === "yes") {
  stripTenantFilters(() => {
    const file = ownFrames().find((one) => one.startsWith("db/queries/"));
    say("stripped", file ?? "elsewhere");
  });
}
await import(pathToFileURL(bundle).href);
// The framework brings forms of its own.
watchParameters(FormData.prototype);

type Reader = "get" | "getAll" | "has";

/** Tells the name of each parameter that our own code asks for, once. */
function watchParameters(prototype: Record<Reader, (name: string) => unknown>): void {
  for (const method of ["get", "getAll", "has"] as const) {
    const read = prototype[method];
    prototype[method] = function (this: unknown, name: string) {
      if (!said.has(`read ${name}`) && ownFrames().length > 0 && !isForeign()) say("read", name);
      return read.call(this, name);
    };
  }
}

/** Whether a package asks, and not our own code. */
function isForeign(): boolean {
  const asking = (new Error().stack ?? "").split("\n").find((line) => !/watched\.ts|^Error/.test(line));
  return !asking?.includes(bundle);
}

/** Files of ours on the stack, the nearest first. */
function ownFrames(): string[] {
  const lines = (new Error().stack ?? "").split("\n").filter((line) => line.includes(bundle));
  return lines.flatMap((line) => {
    const at = Number(/:(\d+):\d+\)?$/.exec(line)?.[1] ?? 0);
    const source = sources.findLast(({ from }) => from <= at);
    return source ? [source.file] : [];
  });
}

/** The compiler writes each source's name above what it became. */
function sourcesOf(text: string): { from: number; file: string }[] {
  return text.split("\n").flatMap((line, n) => {
    const file = /^\s*\/\/ (\S+\.tsx?)$/.exec(line)?.[1];
    return file ? [{ from: n + 1, file: file.replace(/^(?:\.\.\/)+/, "") }] : [];
  });
}

function say(kind: "read" | "stripped", name: string): void {
  if (said.has(`${kind} ${name}`)) return;
  said.add(`${kind} ${name}`);
  process.stdout.write(`${JSON.stringify({ watched: kind, name })}\n`);
}
