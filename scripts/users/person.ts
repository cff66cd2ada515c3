/** What commands about one person have in common: who is meant, and the role that may touch accounts. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { createDb, createPool } from "../../db/client.ts";
import type { OwnerDb } from "../../db/queries/people/people.ts";

/** One transaction in the role that owns the tables: all of it, or nothing. */
export async function asOwner<T>(
  databaseUrl: string,
  command: string,
  work: (owner: OwnerDb) => Promise<T>,
): Promise<T> {
  const db = createDb(
    createPool({
      connectionString: databaseUrl,
      role: "app_owner",
      applicationName: `curbe-${command}`,
      max: 1,
      statementTimeoutMs: 10_000,
      onError: () => {},
    }),
  );
  try {
    return await db.transaction().execute(work);
  } finally {
    await db.destroy();
  }
}

/** An address as an argument, without spaces around it; undefined when it is none. */
export function addressOf(argument: string | undefined): string | undefined {
  const email = argument?.trim() ?? "";
  if (/\p{Cc}/u.test(email) || email.length > 254) return undefined;
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : undefined;
}

/** The first line of standard input; asked for, and not echoed, when a person sits there. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    for await (const line of createInterface({ input: process.stdin })) return line;
    throw new Error("The password is read from standard input, and there was none.");
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write("Password: ");
  const password = await prompt.question("");
  prompt.close();
  process.stderr.write("\n");
  return password;
}
