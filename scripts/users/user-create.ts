/**
 * `npm run user:create -- --workspace "Name" --email x@y --role admin [--existing] [--staff]`: a workspace and its first
 * person, or with --existing one more person for a workspace that is there; with --staff somebody who runs the platform
 * and sees the pages under /operations. The password comes from standard input, so that no process list and no shell
 * history has it. For real databases, production included.
 */
import { parseArgs } from "node:util";
import { hashPassword, refuseNewPassword } from "../../app/platform/passwords.server.ts";
import { takeBackPerson } from "../../db/queries/people/memberships.ts";
import {
  findWorkspaceIds,
  insertMembership,
  insertPerson,
  insertStaffMark,
  insertWorkspace,
  type OwnerDb,
} from "../../db/queries/people/people.ts";
import type { Role } from "../../db/schema.ts";
import { isCommand, runAsCommand } from "../command.ts";
import { addressOf, asOwner, readPassword } from "./person.ts";

export interface NewPerson {
  workspace: string;
  email: string;
  role: Role;
  /** The workspace is there already; otherwise it is made. */
  existing: boolean;
  /** Of the platform. */
  staff: boolean;
}

const usage =
  'Usage: npm run user:create -- --workspace "Name" --email x@y.example --role admin|member [--existing] [--staff]';

/**
 * Makes the person, and the workspace unless it is there, in one transaction: both or neither. Somebody who was removed
 * from the last of their workspaces comes back to one that is there, with this password. Throws with one sentence
 * when the address is taken, the workspace is missing or there already, or the password is too easy.
 */
export async function createUser(databaseUrl: string, wanted: NewPerson, password: string): Promise<void> {
  const refused = refuseNewPassword(password);
  if (refused) throw new Error(refused);
  const passwordHash = await hashPassword(password);
  await asOwner(databaseUrl, "user-create", async (owner) => {
    const tenantId = await workspaceFor(owner, wanted);
    const person = { email: wanted.email, passwordHash };
    const userId =
      (await insertPerson(owner, person)) ??
      (wanted.existing ? await takeBackPerson(owner, person) : undefined);
    if (!userId) throw new Error(`${wanted.email} has an account already.`);
    await insertMembership(owner, { tenantId, userId, role: wanted.role });
    if (wanted.staff) await insertStaffMark(owner, userId);
  });
}

async function workspaceFor(owner: OwnerDb, { workspace, existing }: NewPerson): Promise<string> {
  const [found, another] = await findWorkspaceIds(owner, workspace);
  if (!existing) {
    if (found) throw new Error(`There is a workspace "${workspace}" already: add --existing to join it.`);
    return insertWorkspace(owner, workspace);
  }
  if (!found) throw new Error(`There is no workspace "${workspace}": leave --existing out to make it.`);
  if (another) throw new Error(`Several workspaces are called "${workspace}".`);
  return found;
}

/** Throws with the usage for anything that is not as it should be. */
export function readArguments(args: string[]): NewPerson {
  let values: { workspace?: string; email?: string; role?: string; existing?: boolean; staff?: boolean };
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    ({ values } = parseArgs({
      args,
      options: { workspace: text, email: text, role: text, existing: flag, staff: flag },
    }));
  } catch {
    throw new Error(usage);
  }
  const workspace = values.workspace?.trim() ?? "";
  const email = addressOf(values.email);
  const { role } = values;
  if (workspace === "" || workspace.length > 120 || /\p{Cc}/u.test(workspace)) throw new Error(usage);
  if (!email) throw new Error(usage);
  if (role !== "admin" && role !== "member") throw new Error(usage);
  return { workspace, email, role, existing: values.existing ?? false, staff: values.staff ?? false };
}

if (isCommand(import.meta.url)) {
  await runAsCommand(async (databaseUrl) => {
    const wanted = readArguments(process.argv.slice(2));
    await createUser(databaseUrl, wanted, await readPassword());
    return `${wanted.email} can sign in to "${wanted.workspace}" as ${wanted.role}${wanted.staff ? ", and is platform staff" : ""}.`;
  });
}
