/** The product over a talkative database, with secrets that are known here, and everything that it says kept. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { startMailCatcher } from "../../../scripts/dev/mail-catcher.ts";
import { hashPassword } from "../../platform/passwords.server.ts";
import { type Product, startProduct } from "../product/start.ts";
import { type GraphRecorder, startGraphRecorder } from "./graph-recorder.ts";
import type { Canaries } from "./scan.ts";
import { startTalkativePostgres, type TalkativePostgres } from "./talkative-postgres.ts";
import { type KeepingVisitor, type KeptAnswer, keepingVisitor } from "./visitor.ts";

export interface CanaryProduct extends Product {
  postgres: TalkativePostgres;
  graph: GraphRecorder;
  /** One for each line of web and worker. */
  ownLines(): string[];
  answers: KeptAnswer[];
  mails(): string[];
  canaries: Canaries;
  /** Notes one more canary and answers it. */
  canary(kind: string, value: string): string;
  /** Somebody in a new workspace, or in a colleague's, signed in. */
  person(more?: { tenantId?: string; role?: "admin" | "member"; isStaff?: boolean }): Promise<Person>;
  /** A browser that nobody has signed in with. */
  stranger(): KeepingVisitor;
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
  const [postgres, catcher] = await Promise.all([
    startTalkativePostgres(bin, canary("database password", `db-${random()}`)),
    startMailCatcher(),
  ]);
  const smtpPassword = canary("mail password", `smtp-${random()}`);
  const graph = await startGraphRecorder();
  const started = await startProduct({
    adminUrl: postgres.url,
    hasLogins: true,
    smtpUrl: catcher.smtpUrl.replace("//", `//curbe:${smtpPassword}@`),
    env: ({ sandbox }) => {
      graph.passTo(sandbox);
      return {
        META_GRAPH_URL: graph.url,
        META_APP_SECRET_PREVIOUS: canary("app secret", random(16)),
        FEATURE_INTEGRATION_DEBUG: "true",
      };
    },
  });
  noteSecrets(started, canary);
  const stop = async () => {
    await started.stop();
    await catcher.stop();
    await graph.stop();
    await postgres.stop();
  };
  const answers: KeptAnswer[] = [];
  const stranger = () => keepingVisitor(started.ports.webs[0] ?? 0, started.origin, answers);
  const password = canary("password", `pass-${random()}`);
  const passwordHash = await hashPassword(password);
  return {
    ...started,
    postgres,
    graph,
    answers,
    canaries,
    canary,
    stranger,
    stop,
    ownLines: () => started.lines.filter((line) => !line.startsWith("sandbox ")),
    mails: () => catcher.mails().map(({ raw }) => raw),
    person: (more) => makePerson(started, { stranger, canary, password, passwordHash, ...more }),
  };
}

function noteSecrets({ secrets, logins }: Product, canary: CanaryProduct["canary"]): void {
  for (const { url = "" } of logins) canary("database password", decodeURIComponent(new URL(url).password));
  canary("app secret", secrets.appSecret);
  canary("verify token", secrets.verifyToken);
  canary("encryption key", secrets.encryptionKey);
  canary("encryption key", Buffer.from(secrets.encryptionKey, "base64").toString("hex"));
  canary("session secret", secrets.sessionSecret);
  canary("metrics token", secrets.metricsToken);
}

interface Making extends Pick<CanaryProduct, "stranger" | "canary"> {
  password: string;
  passwordHash: string;
  tenantId?: string;
  role?: "admin" | "member";
  isStaff?: boolean;
}

async function makePerson(
  { sql }: Product,
  { stranger, canary, password, passwordHash, tenantId = randomUUID(), role = "admin", isStaff }: Making,
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
