/** A product of a test's own: the built web, or two, worker and sandbox over a database that comes and goes with them. */
import { type MadeLogin, makeLogins } from "../../../db/logins.ts";
import { migrate } from "../../../db/migrate.ts";
import { freePort } from "../../../db/testing/free-port.ts";
import { administer, createTestDatabase, type TestDatabase } from "../../../db/testing/test-database.ts";
import { generateSecrets, type StackSecrets, startStack } from "../../../scripts/stack.ts";
import { listenTo } from "./complaints.ts";
import { type Control, controlOf } from "./control.ts";

export interface ProductOptions {
  /** A superuser's URL in the cluster of the database; without it that of the run's own. */
  adminUrl?: string;
  /** A second web, which serves the same address as the first. */
  hasTwoWebs?: boolean;
  /** Web and worker come in under a login of its own each; without it all come in by one DATABASE_URL. */
  hasLogins?: boolean;
  /** What stands before the bundle on node's command line. */
  nodeOptions?: { web?: string[]; worker?: string[] };
  /** Where e-mails go; without it none are sent. */
  smtpUrl?: string;
  /** Of all parts, over what they would have without it. */
  env?: (ports: Ports) => Record<string, string> | Promise<Record<string, string>>;
  /** Fills the database before the processes start. */
  arrange?: (database: TestDatabase) => Promise<unknown>;
}

export interface Ports {
  webs: number[];
  worker: number;
  sandbox: number;
}

export interface Product {
  /** The app's address as people know it; each web answers for it. */
  origin: string;
  /** The webs' own addresses. */
  webs: string[];
  workerUrl: string;
  sandboxUrl: string;
  ports: Ports;
  secrets: StackSecrets;
  /** Of web and worker, where they have them. */
  logins: MadeLogin[];
  database: TestDatabase;
  sql: TestDatabase["sql"];
  control: Control;
  /** Everything the processes have written so far, one line each, with the process's name before it. */
  lines: string[];
  /** Sandbox, webs, worker. */
  pids(): number[];
  /** Ends the processes and drops the database with its logins. */
  stop(): Promise<void>;
}

/** Resolves when every process is ready. Rejects with what they said last, and leaves nothing behind. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const adminUrl = options.adminUrl ?? process.env.E2E_DATABASE ?? "";
  const database = await migratedDatabase(options.adminUrl);
  const [logins, ports] = await Promise.all([
    options.hasLogins ? makeLogins(database.url, { prefix: new URL(database.url).pathname.slice(1) }) : [],
    freePorts(options.hasTwoWebs ? 2 : 1),
    options.arrange?.(database),
  ]);
  const [web = 0, ...moreWebs] = ports.webs;
  const lines: string[] = [];
  listenTo(lines);
  const secrets = generateSecrets();
  const stack = startStack({
    databaseUrl: database.url,
    secrets,
    moreWebs,
    nodeEnv: "production",
    logins: options.hasLogins ? logins : undefined,
    ports: { ...ports, web },
    webCommand: [...(options.nodeOptions?.web ?? []), "build/web/index.js"],
    workerCommand: [...(options.nodeOptions?.worker ?? []), "build/worker/index.js"],
    ...(options.smtpUrl ? { smtpUrl: options.smtpUrl } : {}),
    env: (await options.env?.(ports)) ?? {},
    onLine: (part, line) => lines.push(`${part} ${line}`),
  });
  const stop = async () => {
    await stack.stop();
    await database.drop();
    for (const { name } of logins) await administer(adminUrl, `drop role ${name}`);
  };
  await stack.ready.catch(async (error: unknown) => {
    await stop();
    throw new Error(`${error}\n${lines.slice(-20).join("\n")}`);
  });
  const { origin, workerUrl, sandboxUrl, pids } = stack;
  const webs = ports.webs.map((port) => `http://localhost:${port}`);
  const about = { origin, webs, workerUrl, sandboxUrl, ports, secrets, logins, database, lines };
  return { ...about, sql: database.sql, control: controlOf(sandboxUrl), pids, stop };
}

/** In the run's cluster a copy of what it has migrated once; in another one it is migrated here. */
export async function migratedDatabase(adminUrl?: string): Promise<TestDatabase> {
  const template = adminUrl ? undefined : process.env.E2E_TEMPLATE;
  if (template) return createTestDatabase(process.env.E2E_DATABASE ?? "", template);
  const database = await createTestDatabase(adminUrl ?? process.env.E2E_DATABASE ?? "", "template1");
  await migrate(database.url);
  return database;
}

async function freePorts(webs: number): Promise<Ports> {
  const [worker = 0, sandbox = 0, ...rest] = await Promise.all(
    Array.from({ length: 2 + webs }, () => freePort()),
  );
  return { webs: rest, worker, sandbox };
}
