/** The product over a talkative database, with secrets that are known here, and everything that it says kept. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { makeLogins } from "../../../db/logins.ts";
import { migrate } from "../../../db/migrate.ts";
import { freePort } from "../../../db/testing/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/testing/test-database.ts";
import { startMailCatcher } from "../../../scripts/mail-catcher.ts";
import { generateSecrets, type Stack, startStack } from "../../../scripts/stack.ts";
import { hashPassword } from "../../platform/passwords.server.ts";
import { type GraphRecorder, startGraphRecorder } from "./graph-recorder.ts";
import type { Canaries } from "./scan.ts";
import { startTalkativePostgres, type TalkativePostgres } from "./talkative-postgres.ts";
import { type KeepingVisitor, type KeptAnswer, keepingVisitor } from "./visitor.ts";

export interface CanaryProduct {
  stack: Stack;
  postgres: TalkativePostgres;
  database: TestDatabase;
  graph: GraphRecorder;
  /** One for each line of web and worker. */
  lines: string[];
  answers: KeptAnswer[];
  mails(): string[];
  canaries: Canaries;
  /** Notes one more canary and answers it. */
  canary(kind: string, value: string): string;
  /** Somebody in a new workspace, or in a colleague's, signed in. */
  person(more?: { tenantId?: string; role?: "admin" | "member"; isStaff?: boolean }): Promise<Person>;
  /** A browser that nobody has signed in with. */
  stranger(): KeepingVisitor;
  control<Result = unknown>(path: string, body?: object, method?: "DELETE"): Promise<Result>;
  stop(): Promise<void>;
}

export interface Person {
  tenantId: string;
  userId: string;
  email: string;
  visitor: KeepingVisitor;
}

export const random = (bytes = 12) => randomBytes(bytes).toString("hex");
/** Of Mexico, which nobody else in this run has. */
export const randomPhone = () => `52155${randomInt(10_000_000, 99_999_999)}`;

export async function startCanaryProduct(bin: string): Promise<CanaryProduct> {
  const canaries: Canaries = new Map();
  const canary = (kind: string, value: string) => {
    canaries.set(kind, (canaries.get(kind) ?? new Set()).add(value));
    return value;
  };
  const postgres = await startTalkativePostgres(bin, canary("database password", `db-${random()}`));
  const database = await createTestDatabase(postgres.url, "template1");
  await migrate(database.url);
  const logins = Object.fromEntries(
    (await makeLogins(database.url)).map(({ variable, url = "" }) => [variable, url]),
  );
  for (const url of Object.values(logins))
    canary("database password", decodeURIComponent(new URL(url).password));
  const ports = { web: await freePort(), worker: await freePort(), sandbox: await freePort() };
  const graph = await startGraphRecorder(ports.sandbox);
  const catcher = await startMailCatcher();
  const lines: string[] = [];
  const secrets = generateSecrets();
  canary("app secret", secrets.appSecret);
  canary("verify token", secrets.verifyToken);
  canary("encryption key", secrets.encryptionKey);
  canary("encryption key", Buffer.from(secrets.encryptionKey, "base64").toString("hex"));
  canary("session secret", secrets.sessionSecret);
  const smtpPassword = canary("mail password", `smtp-${random()}`);
  const stack = startStack({
    databaseUrl: database.url,
    ports,
    secrets,
    webCommand: ["build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    smtpUrl: catcher.smtpUrl.replace("//", `//curbe:${smtpPassword}@`),
    env: {
      ...logins,
      META_GRAPH_URL: graph.url,
      META_APP_SECRET_PREVIOUS: canary("app secret", random(16)),
      METRICS_TOKEN: canary("metrics token", `metrics-${random(16)}`),
      FEATURE_INTEGRATION_DEBUG: "true",
    },
    onLine: (part, line) => part !== "sandbox" && lines.push(`${part} ${line}`),
  });
  const stop = async () => {
    await stack.stop();
    await catcher.stop();
    await graph.stop();
    await database.drop().catch(() => {});
    await postgres.stop();
  };
  await stack.ready.catch(async (error: unknown) => {
    await stop();
    throw new Error(`${error}\n${lines.slice(-20).join("\n")}`);
  });
  const answers: KeptAnswer[] = [];
  const stranger = () => keepingVisitor(ports.web, stack.origin, answers);
  const password = canary("password", `pass-${random()}`);
  const passwordHash = await hashPassword(password);
  const product = {
    ...{ stack, postgres, database, graph, lines, answers, canaries, canary, stranger, stop },
  };
  return {
    ...product,
    mails: () => catcher.mails().map(({ raw }) => raw),
    person: (more) => makePerson({ database, stranger, canary }, { password, passwordHash, ...more }),
    control: (path, body, method) => control(stack.sandboxUrl, path, body, method),
  };
}

interface Making {
  password: string;
  passwordHash: string;
  tenantId?: string;
  role?: "admin" | "member";
  isStaff?: boolean;
}

async function makePerson(
  { database: { sql }, stranger, canary }: Pick<CanaryProduct, "database" | "stranger" | "canary">,
  { password, passwordHash, tenantId = randomUUID(), role = "admin", isStaff }: Making,
): Promise<Person> {
  const userId = randomUUID();
  const email = `${userId}@canaries.example`;
  await sql("insert into tenants (id, name) values ($1, 'Casa') on conflict do nothing", [tenantId]);
  await sql("insert into feature_flags values ($1, 'integration_debug', true) on conflict do nothing", [
    tenantId,
  ]);
  await sql("insert into users (id, email, password_hash) values ($1, $2, $3)", [
    userId,
    email,
    passwordHash,
  ]);
  await sql("insert into memberships values ($1, $2, $3)", [tenantId, userId, role]);
  if (isStaff) await sql("insert into platform_staff (user_id) values ($1)", [userId]);
  const visitor = stranger();
  const answer = await visitor.post("/login", { email, password });
  if (answer.status !== 303) throw new Error(`sign-in: ${answer.status}`);
  canary("session token", tokenIn(visitor));
  return { tenantId, userId, email, visitor };
}

/** What the session's cookie holds, without the signature that makes it one. */
export function tokenIn({ cookies }: KeepingVisitor): string {
  const value = decodeURIComponent(cookies.get("curbe_session") ?? "");
  return JSON.parse(Buffer.from(value.split(".")[0] ?? "", "base64").toString("utf8")) as string;
}

async function control<Result>(
  sandboxUrl: string,
  path: string,
  body?: object,
  method = body ? "POST" : "GET",
): Promise<Result> {
  const answer = await fetch(`${sandboxUrl}/sandbox/api${path}`, {
    method,
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<Result>;
}
