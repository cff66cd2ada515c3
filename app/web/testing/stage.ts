/** For tests of pages and sessions: a database with the demo people, the composition root over it, and requests. */
import { randomBytes } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { demoPassword, seedDemo } from "../../../scripts/seed.ts";
import { createTokenVault } from "../../integrations/crypto.server.ts";
import { messageReaders } from "../../integrations/registry.server.ts";
import type { Log } from "../../platform/log.server.ts";
import { action as login } from "../../routes/login.tsx";
import { createActionBudgets } from "../connect/action-budgets.server.ts";
import { provideServices, type Services } from "../services.server.ts";

export const origin = "https://app.curbe.test";
const silent: Log = { info() {}, warn() {}, error() {} };

export interface Stage {
  database: TestDatabase;
  services: Services;
  /** Replaces parts of the composition root for what follows. */
  setUp(changed: Partial<Services>): void;
}

export async function openStage(adminUrl: string, template: string): Promise<Stage> {
  const database = await createTestDatabase(adminUrl, template);
  await seedDemo(database.url, { anywhere: true });
  const db = database.as("app_web");
  const operatorDb = database.as("app_operator");
  const unreachable = new Proxy({}, { get: () => expectNoCall }) as never;
  const services: Services = {
    origin,
    dialogOrigin: "https://meta.test",
    port: 0,
    sessionSecrets: ["a secret of the tests that is long enough"],
    trustedProxyHops: 0,
    integrationDebug: true,
    secureCookies: true,
    db,
    operatorDb,
    log: silent,
    integrations: {
      db,
      vault: createTokenVault({ primary: randomBytes(32).toString("base64") }),
      connectors: { meta_whatsapp: unreachable },
      log: silent,
      now: () => new Date(),
      redirectUriOf: unreachable,
    },
    messageReaders,
    askedAfterMs: 0,
    budgets: createActionBudgets(db),
    webhooks: { appSecrets: [], verifyToken: unreachable, intake: unreachable },
    live: unreachable,
    close: async () => void (await Promise.all([db.destroy(), operatorDb.destroy()])),
  };
  provideServices(services);
  return { database, services, setUp: (changed) => provideServices({ ...services, ...changed }) };
}

function expectNoCall(): never {
  throw new Error("Nothing here may call Meta.");
}

/** What a browser would send. */
export function get(path: string, cookie?: string): Request {
  return new Request(origin + path, { headers: cookie ? { cookie } : {} });
}

export function post(
  path: string,
  fields: Record<string, string>,
  { cookie, ip = "198.51.100.7" }: { cookie?: string | undefined; ip?: string } = {},
): Request {
  return new Request(origin + path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "x-client-ip": ip, ...(cookie ? { cookie } : {}) },
  });
}

/** What a route is called with. */
export function call(request: Request, params: Record<string, string> = {}) {
  return { request, params, context: {} };
}

/** What a route answers or throws. */
export async function answerOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((thrown: unknown) => {
    if (thrown instanceof Response) return thrown;
    throw thrown;
  });
}

/** Status and headers of an answer, be it a Response or data with an init. */
export function statusOf(answer: unknown): number {
  if (answer instanceof Response) return answer.status;
  const { init } = (answer ?? {}) as { init?: ResponseInit | null };
  return init?.status ?? 200;
}

/** Signs one of the demo people in; the value for a Cookie header. */
export async function signInAs(email: string, cookie?: string): Promise<string> {
  const answer = await login(call(post("/login", { email, password: demoPassword }, { cookie })));
  return cookieOf(answer);
}

export function cookieOf(answer: unknown): string {
  const set = answer instanceof Response ? answer.headers.get("set-cookie") : null;
  if (!set) throw new Error("The answer sets no cookie.");
  return set.split(";")[0] ?? "";
}
