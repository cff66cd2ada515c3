/** `npm run dev`: database, migrations, demo data, Meta sandbox, mail catcher, web and worker, with no configuration. */
import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { migrate } from "../db/migrate.ts";
import { writeSchemaLevel } from "../db/migration-files.ts";
import { startEmbeddedPostgres } from "../db/testing/embedded-postgres.ts";
import { freePort } from "../db/testing/free-port.ts";
import { migratedDevDatabase } from "./dev/dev-database.ts";
import { type MailCatcher, startMailCatcher } from "./dev/mail-catcher.ts";
import { demoPassword, demoPeople, seedDemo } from "./seed.ts";
import { generateSecrets, root, type Stack, type StackSecrets, signalGroup, startStack } from "./stack.ts";

const dataFolder = path.join(root, ".data");
const runFile = path.join(dataFolder, "dev.json");
const started = performance.now();
let opening: ReturnType<typeof openDatabase> | undefined;
let stack: Stack | undefined;
let catcher: MailCatcher | undefined;
let ending = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));

try {
  mkdirSync(dataFolder, { recursive: true });
  tidyAfterEarlierRun();
  noteRun([]);
  opening = openDatabase();
  const database = await opening;
  // What web and worker are built with says the level that they wait for.
  if (await writeSchemaLevel()) console.log("db/schema-level.ts now says the state of db/migrations.");
  const databaseUrl = await database.migrated();
  await seedDemo(databaseUrl, { anywhere: process.argv.includes("--demo") });
  const ports = {
    web: await freePort(Number(process.env.PORT) || 3000),
    worker: await freePort(Number(process.env.WORKER_PORT) || 3100),
    sandbox: await freePort(Number(process.env.SANDBOX_PORT) || 4000),
  };
  const webCommand = await compiler(ports.web);
  catcher = await startMailCatcher({ port: await freePort(Number(process.env.MAILS_PORT) || 4100) });
  // Asked to end meanwhile: `end` is on its way to exit, and nothing may be started behind its back.
  if (ending) await new Promise(() => {});
  stack = startStack({
    databaseUrl,
    ports,
    secrets: keptSecrets(),
    webCommand,
    workerCommand: ["--watch", "--watch-preserve-output", "worker/index.ts"],
    nodeEnv: "development",
    sandboxStateFile: path.join(dataFolder, "meta-sandbox.json"),
    smtpUrl: catcher.smtpUrl,
    onLine: (part, line) => console.log(`${part.padEnd(7)} | ${line}`),
  });
  noteRun(stack.pids());
  await stack.ready;
  const { origin, sandboxUrl } = stack;
  const { smtpUrl, url: mailsUrl } = catcher;
  noteRun(stack.pids(), { origin, sandboxUrl, databaseUrl, smtpUrl, mailsUrl });
  // As when the address is set at Meta: only now is there somebody to answer.
  await fetch(`${stack.sandboxUrl}/sandbox/api/handshake`, { method: "POST" });
  console.log(welcome(stack, mailsUrl));
  const part = await stack.failed;
  console.error(`${part} ended; stopping the rest.`);
  await end(1);
} catch (error) {
  if (!ending) console.error(error instanceof Error ? error.message : error);
  await end(1);
}

/** Remix's compiler, which starts the web. It listens too, by itself on 3001, where the web may have to be. */
async function compiler(webPort: number): Promise<string[]> {
  const port = await freePort(webPort + 200);
  const command = ["node_modules/@remix-run/dev/dist/cli.js", "dev", "--port", String(port)];
  return [...command, "-c", "node .cache/web/index.js"];
}

interface DevDatabase {
  /** At this build's level; its URL. One of DATABASE_URL's that another state of the files made is refused. */
  migrated(): Promise<string>;
  stop(): Promise<void>;
}

async function openDatabase(): Promise<DevDatabase> {
  const given = process.env.DATABASE_URL;
  if (given) return { migrated: () => migrate(given).then(() => given), stop: async () => {} };
  const server = await startEmbeddedPostgres({ dataDir: path.join(dataFolder, "postgres") });
  const migrated = () => migratedDevDatabase(server.url, "curbe_dev", (line) => console.log(line));
  return { migrated, stop: server.stop };
}

/** Generated once for this clone, so that tokens sealed yesterday open today. */
function keptSecrets(): StackSecrets {
  const file = path.join(dataFolder, "dev-secrets.json");
  try {
    // Kept before there was one more kind of them.
    return { ...generateSecrets(), ...(JSON.parse(readFileSync(file, "utf8")) as StackSecrets) };
  } catch {
    const secrets = generateSecrets();
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    return secrets;
  }
}

/** One run for a clone; the parts of one that was killed are ended first. */
function tidyAfterEarlierRun(): void {
  let earlier: { pid: number; parts: number[] };
  try {
    earlier = JSON.parse(readFileSync(runFile, "utf8")) as { pid: number; parts: number[] };
  } catch {
    return;
  }
  if (isOurs(earlier.pid, "scripts/dev.ts")) {
    console.error(`npm run dev is already running here (pid ${earlier.pid}): stop it first.`);
    process.exit(1);
  }
  for (const pid of earlier.parts) if (isOurs(pid)) signalGroup(pid, "SIGKILL");
}

/** A pid may have been given to somebody else since: only a node of ours that works in this clone counts. */
function isOurs(pid: number, mark = ""): boolean {
  if (pid === process.pid) return false;
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return /node/.test(command) && command.includes(mark) && readlinkSync(`/proc/${pid}/cwd`) === root;
  } catch {
    return false;
  }
}

/** Also read by scripts/operate/replay-webhook.ts and scripts/requests.sh, which then need no configuration. */
function noteRun(
  parts: number[],
  where: Partial<Record<"origin" | "sandboxUrl" | "databaseUrl" | "smtpUrl" | "mailsUrl", string>> = {},
): void {
  writeFileSync(runFile, JSON.stringify({ pid: process.pid, parts, ...where }), { mode: 0o600 });
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  // Also in the middle of starting: what is under way by then is waited for and ended.
  await stack?.stop();
  await catcher?.stop();
  const database = await opening?.catch(() => undefined);
  await database?.stop();
  rmSync(runFile, { force: true });
  process.exit(code);
}

function welcome({ origin, sandboxUrl }: Stack, mailsUrl: string): string {
  const people = demoPeople.map(
    (one) => `    ${one.email.padEnd(22)} ${one.role.padEnd(7)} ${one.workspace}`,
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return [
    "",
    `  Curbe is ready after ${seconds} s.`,
    "",
    `  Open       ${origin}`,
    `  Sandbox    ${sandboxUrl}/sandbox   (send messages as if from WhatsApp)`,
    `  Mails      ${mailsUrl}   (what people would be sent)`,
    "",
    `  Sign in as one of these, password ${demoPassword}:`,
    ...people,
    "",
    "  Then press Connect WhatsApp. Ctrl-C ends everything.",
    "",
  ].join("\n");
}
