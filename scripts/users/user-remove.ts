/**
 * `npm run user:remove -- --workspace "Name" --email x@y`: ends somebody's membership of a workspace, and with it their
 * sessions, their open pages, sign-ins at Meta that are under way and grants that wait for a number. Numbers that they
 * connected are the workspace's and stay. `--workspace` takes a name or an id. Safe to repeat.
 */
import { parseArgs } from "node:util";
import { type EndedMembership, endMembership, findMemberships } from "../../db/queries/people/memberships.ts";
import { findPerson, findWorkspaceIds, type OwnerDb } from "../../db/queries/people/people.ts";
import { isCommand, runAsCommand } from "../command.ts";
import { addressOf, asOwner } from "./person.ts";

export interface Removal {
  /** Its name, or its id. */
  workspace: string;
  email: string;
}

const usage = 'Usage: npm run user:remove -- --workspace "Name" --email x@y.example';

/**
 * Ends it in one transaction, all or nothing; returns in words what was ended. Throws with one sentence for a workspace
 * or an address that does not exist, which somebody has mistyped, and where several workspaces of that name have them.
 */
export async function removeUser(databaseUrl: string, wanted: Removal): Promise<string> {
  return asOwner(databaseUrl, "user-remove", (owner) => remove(owner, wanted));
}

async function remove(owner: OwnerDb, { workspace, email }: Removal): Promise<string> {
  const person = await findPerson(owner, email);
  if (!person) throw new Error(`Nobody has the address ${email}.`);
  const tenantIds = await findWorkspaceIds(owner, workspace);
  if (tenantIds.length === 0) throw new Error(`There is no workspace "${workspace}".`);
  const [membership, ...others] = await findMemberships(owner, tenantIds, person.userId);
  if (others.length > 0) {
    const ids = [membership, ...others].map((one) => one?.tenantId).join(", ");
    throw new Error(`${email} is in several workspaces called "${workspace}": name one by its id (${ids}).`);
  }
  const ended = membership && (await endMembership(owner, membership.tenantId, person.userId));
  if (!ended) return `${email} is no member of "${workspace}": there was nothing to end.`;
  return toldOf(email, membership.name, ended);
}

function toldOf(
  email: string,
  name: string,
  { sessions, states, grants, adminsLeft }: EndedMembership,
): string {
  const ended = [
    count(sessions, "session", "sessions"),
    count(states, "sign-in at Meta under way", "sign-ins at Meta under way"),
    count(grants, "grant that waited for a number", "grants that waited for a number"),
  ];
  const lines = [`${email} is no longer a member of "${name}". Ended with it: ${ended.join(", ")}.`];
  if (adminsLeft === 0)
    lines.push(
      `"${name}" has no admin now: nobody is told when one of its numbers needs somebody. ` +
        "npm run user:create -- --existing --role admin makes one.",
    );
  return lines.join("\n");
}

const count = (amount: number, one: string, several: string) => `${amount} ${amount === 1 ? one : several}`;

/** Throws with the usage for anything that is not as it should be. */
export function readArguments(args: string[]): Removal {
  let values: { workspace?: string; email?: string };
  try {
    const text = { type: "string" } as const;
    ({ values } = parseArgs({ args, options: { workspace: text, email: text } }));
  } catch {
    throw new Error(usage);
  }
  const workspace = values.workspace?.trim() ?? "";
  const email = addressOf(values.email);
  if (workspace === "" || !email) throw new Error(usage);
  return { workspace, email };
}

if (isCommand(import.meta.url)) {
  await runAsCommand((databaseUrl) => removeUser(databaseUrl, readArguments(process.argv.slice(2))));
}
