/**
 * A built process of the product: `node watched.ts build/web/index.js`. Started with STRIP_TENANT_FILTERS=yes it runs
 * without the app's tenant filters, and says on standard output which files of queries had some. For tests.
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
if (process.env.STRIP_TENANT_FILTERS === "yes") {
  stripTenantFilters(() => {
    say(ownFrames().find((one) => one.startsWith("db/queries/")) ?? "elsewhere");
  });
}
await import(pathToFileURL(bundle).href);

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

function say(file: string): void {
  if (said.has(file)) return;
  said.add(file);
  process.stdout.write(`${JSON.stringify({ stripped: file })}\n`);
}
