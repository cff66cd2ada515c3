/**
 * `npm run user:disable -- --email x@y [--enable]`: nobody signs in as this person any more, in any workspace, until they
 * are enabled again. What they did stays theirs.
 */
import { parseArgs } from "node:util";
import { disablePerson, enablePerson, findPerson } from "../../db/queries/people/people.ts";
import { isCommand, runAsCommand } from "../command.ts";
import { addressOf, asOwner } from "./person.ts";

const usage = "Usage: npm run user:disable -- --email x@y.example [--enable]";

/**
 * Disables the person, which ends their sessions with all open streams and every link that was mailed to set a password;
 * or enables them again, with the password they had. Idempotent. Returns what was done, in a sentence. Throws with one
 * sentence when there is no such person.
 */
export async function setDisabled(databaseUrl: string, email: string, disabled: boolean): Promise<string> {
  return asOwner(databaseUrl, "user-disable", async (owner) => {
    const person = await findPerson(owner, email);
    if (!person) throw new Error(`Nobody has the address ${email}.`);
    if (person.isDisabled === disabled) {
      return `${person.email} was ${disabled ? "disabled" : "enabled"} already; nothing was changed.`;
    }
    if (!disabled) {
      await enablePerson(owner, person.userId);
      return `${person.email} can sign in again.`;
    }
    const ended = await disablePerson(owner, person.userId);
    return `${person.email} can no longer sign in; sessions ended: ${ended}.`;
  });
}

/** Throws with the usage for anything that is not as it should be. */
export function readArguments(args: string[]): { email: string; disabled: boolean } {
  let values: { email?: string; enable?: boolean };
  try {
    ({ values } = parseArgs({ args, options: { email: { type: "string" }, enable: { type: "boolean" } } }));
  } catch {
    throw new Error(usage);
  }
  const email = addressOf(values.email);
  if (!email) throw new Error(usage);
  return { email, disabled: !values.enable };
}

if (isCommand(import.meta.url)) {
  await runAsCommand((databaseUrl) => {
    const { email, disabled } = readArguments(process.argv.slice(2));
    return setDisabled(databaseUrl, email, disabled);
  });
}
