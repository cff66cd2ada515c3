/** A command as an operator runs it: a process of its own, in production. */
import { spawn } from "node:child_process";
import path from "node:path";
import { root } from "../stack.ts";

/** Runs a file of scripts, by its path from there. Returns its exit code and what it said; bytes as they came in `bytes`. */
export async function runCommand(file: string, args: string[], databaseUrl: string, input = "") {
  const env = { ...process.env, NODE_ENV: "production" as const, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [path.join(root, "scripts", file), ...args], { env });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // Whoever does not read what is asked for has ended before it was written.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const bytes = Buffer.concat(out);
  return { said: { code, out: bytes.toString().trim(), err: Buffer.concat(err).toString().trim() }, bytes };
}
