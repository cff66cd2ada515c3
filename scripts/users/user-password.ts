/**
 * `npm run user:password -- --email x@y`: another password for a person, for whoever cannot be sent a mail. It comes from
 * standard input, so that no process list and no shell history has it. All sessions of the person end.
 */
import { parseArgs } from "node:util";
import { hashPassword, refuseNewPassword } from "../../app/platform/passwords.server.ts";
import { findPerson, replacePassword } from "../../db/queries/people/people.ts";
import { isCommand, runAsCommand } from "../command.ts";
import { addressOf, asOwner, readPassword } from "./person.ts";

const usage = "Usage: npm run user:password -- --email x@y.example   (the new password on standard input)";

/**
 * Sets the password, ends the person's sessions and open streams and what was mailed to set one, and has them told by
 * mail, in one transaction. Returns what was done, in a sentence. Throws with one sentence when there is no such person
 * or the password is too easy.
 */
export async function setPassword(databaseUrl: string, email: string, password: string): Promise<string> {
  const refused = refuseNewPassword(password);
  if (refused) throw new Error(refused);
  const passwordHash = await hashPassword(password);
  return asOwner(databaseUrl, "user-password", async (owner) => {
    const person = await findPerson(owner, email);
    if (!person) throw new Error(`Nobody has the address ${email}.`);
    const ended = await replacePassword(owner, person.userId, passwordHash);
    const disabled = person.isDisabled ? " The account is disabled and stays so." : "";
    return `${person.email} has a new password; sessions ended: ${ended}.${disabled}`;
  });
}

/** Throws with the usage for anything that is not as it should be. */
export function readArguments(args: string[]): string {
  let email: string | undefined;
  try {
    email = addressOf(parseArgs({ args, options: { email: { type: "string" } } }).values.email);
  } catch {
    throw new Error(usage);
  }
  if (!email) throw new Error(usage);
  return email;
}

if (isCommand(import.meta.url)) {
  await runAsCommand(async (databaseUrl) => {
    const email = readArguments(process.argv.slice(2));
    return setPassword(databaseUrl, email, await readPassword());
  });
}
