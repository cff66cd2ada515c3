/** The web's routes over a real database and the Meta sandbox, called with real Requests. For tests. */
import { randomBytes, randomUUID } from "node:crypto";
import { inject } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing/test-database.ts";
import { type Sandbox, startSandbox } from "../../../scripts/meta-sandbox/sandbox.ts";
import { createIntegrationDeps } from "../../integrations/env.server.ts";
import { parseEnv } from "../../platform/env.server.ts";
import type { Log, LogFields } from "../../platform/log.server.ts";
import { writtenLog } from "../../platform/testing/written-log.ts";
import { webEnv } from "../env.server.ts";
import { createServices, provideServices, type Services } from "../services.server.ts";
import { startSession } from "../session/session.server.ts";

export interface TestPerson {
  tenantId: string;
  userId: string;
  /** Value for the Cookie header of a signed-in browser. */
  cookie: string;
}

export interface TestProduct {
  origin: string;
  database: TestDatabase;
  sandbox: Sandbox;
  services: Services;
  /** What was logged, for looking whether it says too much. */
  logged: { message: string; fields: LogFields | undefined }[];
  /** The same as the process would write it. */
  written(): string;
  /** New Graph clients: what a test did to the sandbox must not leave the circuit open for the next. */
  forgetTroubleWithMeta(): void;
  /** A signed-in person in a new workspace, or in `tenantId`. */
  person(tenantId?: string, role?: "admin" | "member"): Promise<TestPerson>;
  /** The same person in another browser. */
  sessionOf(person: TestPerson): Promise<TestPerson>;
  stop(): Promise<void>;
}

const origin = "http://curbe.test";

/** Makes a database to copy instead of an empty one, of what is to be had from Meta; returns its name. */
export type Arrange = (platform: { sandbox: Sandbox; appId: string; appSecret: string }) => Promise<string>;

export async function startTestProduct(
  env: Record<string, string> = {},
  arrange: Arrange = async () => inject("template"),
): Promise<TestProduct> {
  const appId = "987654321098765";
  const appSecret = randomBytes(16).toString("hex");
  const redirectUri = `${origin}/api/integrations/meta/whatsapp/callback`;
  const sandbox = await startSandbox({ appId, appSecret, redirectUris: [redirectUri] });
  const template = await arrange({ sandbox, appId, appSecret });
  const database = await createTestDatabase(inject("adminUrl"), template);
  const logged: TestProduct["logged"] = [];
  const parsed = parseEnv(webEnv, {
    DATABASE_URL: database.url,
    META_APP_ID: appId,
    META_APP_SECRET: appSecret,
    META_REDIRECT_URI: redirectUri,
    META_WEBHOOK_VERIFY_TOKEN: randomBytes(16).toString("hex"),
    META_GRAPH_URL: sandbox.url,
    META_DIALOG_URL: sandbox.url,
    TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
    SESSION_SECRETS: randomBytes(32).toString("base64url"),
    APP_ORIGIN: origin,
    ...env,
  });
  const log = recordingLog(logged);
  const services = { ...createServices(parsed, log), askedAfterMs: 0 };
  provideServices(services);
  return {
    origin,
    database,
    sandbox,
    services,
    logged,
    written: () => writtenLog(logged.map(({ message, fields }) => ({ message, ...fields }))),
    forgetTroubleWithMeta() {
      services.integrations.connectors = createIntegrationDeps(parsed, services.db, log).connectors;
    },
    person: (tenantId, role = "member") => makePerson(database, tenantId, role),
    sessionOf: async (person) => ({ ...person, cookie: await newSession(database, person) }),
    async stop() {
      await sandbox.stop();
      await services.close();
      await database.drop();
    },
  };
}

function recordingLog(logged: TestProduct["logged"]): Log {
  const write = (message: string, fields?: LogFields) => void logged.push({ message, fields });
  return { info: write, warn: write, error: write };
}

async function makePerson(
  database: TestDatabase,
  given: string | undefined,
  role: string,
): Promise<TestPerson> {
  const tenantId = given ?? randomUUID();
  const userId = randomUUID();
  await database.sql("insert into tenants (id, name) values ($1, $2) on conflict do nothing", [
    tenantId,
    tenantId,
  ]);
  await database.sql("insert into users (id, email, password_hash) values ($1, $2, 'none')", [
    userId,
    `${userId}@example.test`,
  ]);
  await database.sql("insert into memberships values ($1, $2, $3)", [tenantId, userId, role]);
  return { tenantId, userId, cookie: await newSession(database, { tenantId, userId }) };
}

async function newSession(
  database: TestDatabase,
  { tenantId, userId }: Omit<TestPerson, "cookie">,
): Promise<string> {
  const [row] = await database.sql<{ hash: string }>(
    "select password_hash as hash from users where id = $1",
    [userId],
  );
  const person = { tenantId, userId, checkedPasswordHash: row?.hash ?? "" };
  const setCookie = await startSession(new Request(origin), person);
  return setCookie.split(";")[0] ?? "";
}

type RouteFunction = (args: never) => unknown;

/** Calls a loader or action as Remix would; a thrown Response is its answer. */
export async function callRoute(
  route: RouteFunction,
  request: Request,
  params: Record<string, string> = { channel: "whatsapp" },
): Promise<Response> {
  const call = route as (args: {
    request: Request;
    params: typeof params;
    context: object;
  }) => Promise<unknown>;
  const answer = await call({ request, params, context: {} }).catch((thrown: unknown) => thrown);
  if (answer instanceof Response) return answer;
  throw answer;
}
