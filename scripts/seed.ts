/**
 * `npm run db:seed [-- --demo]`: the demo workspaces and people, one of them platform staff, all with a password that
 * anybody can read here. For development and tests only: a database on another machine wants `--demo`, and with
 * NODE_ENV=production there is no way. Ids are fixed, so running it again changes nothing and adds nothing.
 */
import { parseArgs } from "node:util";
import pg from "pg";
import { hashPassword } from "../app/platform/passwords.server.ts";
import type { Role } from "../db/schema.ts";
import { isCommand, runAsCommand } from "./command.ts";
import { isLocalDatabase } from "./dev/local-address.ts";

export const demoPassword = "curbe-demo";

export const demoWorkspaces = {
  luz: { id: "11111111-1111-4111-8111-111111111111", name: "Panadería Luz", manualConnect: true },
  norte: { id: "22222222-2222-4222-8222-222222222222", name: "Taller Norte", manualConnect: false },
  curbe: { id: "33333333-3333-4333-8333-333333333333", name: "Curbe", manualConnect: false },
} as const;

interface DemoPerson {
  id: string;
  email: string;
  role: Role;
  tenantId: string;
  workspace: string;
  /** Of the platform: sees the pages under /operations. */
  isStaff?: boolean;
}

const { luz, norte, curbe } = demoWorkspaces;

export const demoPeople: readonly DemoPerson[] = [
  person("aaaaaaaa-0000-4000-8000-000000000001", "ana@luz.example", "admin", luz),
  person("aaaaaaaa-0000-4000-8000-000000000002", "leo@luz.example", "member", luz),
  person("bbbbbbbb-0000-4000-8000-000000000001", "eva@norte.example", "admin", norte),
  person("bbbbbbbb-0000-4000-8000-000000000002", "max@norte.example", "member", norte),
  { ...person("cccccccc-0000-4000-8000-000000000001", "ops@curbe.example", "admin", curbe), isStaff: true },
];

function person(id: string, email: string, role: Role, workspace: { id: string; name: string }): DemoPerson {
  return { id, email, role, tenantId: workspace.id, workspace: workspace.name };
}

/**
 * Puts the demo data into a migrated database, in one transaction. Its password is public: refuses in production, and for
 * a database that is not on this machine unless `anywhere` is said.
 */
export async function seedDemo(connectionString: string, { anywhere = false } = {}): Promise<void> {
  if (process.env.NODE_ENV === "production") {
    throw new Error("Demo data has a public password and is not for production: use npm run user:create.");
  }
  if (!anywhere && !isLocalDatabase(connectionString)) {
    throw new Error(
      "This database is not on this machine, and demo data makes a staff account with a public password: " +
        "use npm run user:create, or say --demo if whoever reaches it may sign in to everything in it.",
    );
  }
  const passwordHash = await hashPassword(demoPassword);
  const client = new pg.Client({ connectionString, application_name: "curbe-seed" });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("set local role app_owner");
    for (const workspace of [luz, norte, curbe]) await seedWorkspace(client, workspace);
    for (const one of demoPeople) await seedPerson(client, one, passwordHash);
    await client.query("commit");
  } finally {
    // Ends an open transaction, too.
    await client.end();
  }
}

async function seedWorkspace(
  client: pg.Client,
  { id, name, manualConnect }: { id: string; name: string; manualConnect: boolean },
): Promise<void> {
  await client.query("insert into tenants (id, name) values ($1, $2) on conflict do nothing", [id, name]);
  await client.query(
    "insert into feature_flags (tenant_id, flag, enabled) values ($1, 'integration_debug', $2) on conflict do nothing",
    [id, manualConnect],
  );
}

async function seedPerson(client: pg.Client, one: DemoPerson, passwordHash: string): Promise<void> {
  await client.query(
    "insert into users (id, email, password_hash) values ($1, $2, $3) on conflict do nothing",
    [one.id, one.email, passwordHash],
  );
  await client.query(
    "insert into memberships (tenant_id, user_id, role) values ($1, $2, $3) on conflict do nothing",
    [one.tenantId, one.id, one.role],
  );
  if (one.isStaff) {
    await client.query("insert into platform_staff (user_id) values ($1) on conflict do nothing", [one.id]);
  }
}

function readArguments(): { demo: boolean } {
  try {
    return parseArgs({ options: { demo: { type: "boolean", default: false } } }).values;
  } catch {
    throw new Error("Usage: npm run db:seed [-- --demo]");
  }
}

if (isCommand(import.meta.url)) {
  await runAsCommand(async (databaseUrl) => {
    await seedDemo(databaseUrl, { anywhere: readArguments().demo });
    return [
      `Demo data is in place. Sign in as ${demoPeople[0]?.email}, password ${demoPassword}.`,
      "Everybody knows that password. A tunnel to another machine looks like this one: if that is where it went, end these accounts.",
    ].join("\n");
  });
}
