/** The web's composition root: reads the environment, opens pools, chooses implementations. Nothing below it does. */
import { createDb, createPool, type Db, type DbRole, shareAmongTenants } from "#db/client.ts";
import type { InboxReading } from "../inbox/conversations/conversations.server.ts";
import { createDeliveryIntake, type DeliveryIntake } from "../inbox/intake/accept.server.ts";
import type { ConnectDeps, IntegrationDeps } from "../integrations/deps.server.ts";
import { createIntegrationDeps, redirectUriOf } from "../integrations/env.server.ts";
import { messageReaders } from "../integrations/registry.server.ts";
import { databaseUrlOf } from "../platform/database-env.server.ts";
import { envOrExit } from "../platform/env.server.ts";
import { createLog, type Log } from "../platform/log.server.ts";
import { Secret } from "../platform/secret.server.ts";
import { type ActionBudgets, createActionBudgets } from "./connect/action-budgets.server.ts";
import { type WebEnv, webEnv } from "./env.server.ts";
import { tokenUnsealFailures } from "./http/metrics.server.ts";
import { createLiveHub, type LiveHub } from "./live/live.server.ts";

export interface Services {
  origin: string;
  /** Where a form may lead besides our own origin: Meta's dialog. */
  dialogOrigin: string;
  /** Where the script for sign-up windows comes from; undefined where none is set up. */
  sdkOrigin?: string | undefined;
  /** Whom the public asks about their data. */
  operatorEmail?: string | undefined;
  port: number;
  sessionSecrets: string[];
  trustedProxyHops: number;
  integrationDebug: boolean;
  secureCookies: boolean;
  /** Opens the metrics; without it nobody reads them. */
  metricsToken?: Secret | undefined;
  /** Role app_web. */
  db: Db;
  /** Role app_operator: across workspaces, for the pages of platform staff. */
  operatorDb: Db;
  log: Log;
  integrations: ConnectDeps;
  messageReaders: InboxReading["messageReaders"];
  /** After how long each who asks for a new password is answered. */
  askedAfterMs: number;
  /** How often one may do what spends calls at Meta. */
  budgets: ActionBudgets;
  webhooks: {
    /** The present one and, while it is being changed, the one before. */
    appSecrets: Secret[];
    verifyToken: Secret;
    intake: DeliveryIntake;
  };
  live: LiveHub;
  /** Ends the pools; what is under way is finished first. */
  close(): Promise<void>;
}

// The bundle may be evaluated anew in development; the pools must not be opened anew with it.
const held = globalThis as { curbeServices?: Services };

export function services(): Services {
  held.curbeServices ??= createServices(envOrExit(webEnv), createLog("web"));
  return held.curbeServices;
}

/** For tests: the composition root with other parts. */
export function provideServices(given: Services): void {
  held.curbeServices = given;
}

export function createServices(env: WebEnv, log: Log): Services {
  const webUrl = databaseUrlOf(env, "DATABASE_URL_WEB");
  const open = (name: string, max: number, role: DbRole = "app_web", connectionString = webUrl) =>
    createDb(
      createPool({
        connectionString,
        role,
        applicationName: name,
        max,
        statementTimeoutMs: 5_000,
        onError: (error) => log.warn("database connection lost", { error }),
      }),
    );
  const db = open("curbe-web", 10);
  shareAmongTenants(db, 4);
  const integrations: ConnectDeps = {
    ...createIntegrationDeps(env, db, log, (reason) => tokenUnsealFailures.inc({ reason })),
    redirectUriOf: (channel) => redirectUriOf(env, channel),
  };
  // Their own connections: a busy page must not keep Meta waiting.
  const webhookDb = open("curbe-webhooks", 3);
  // Connected on the first page of an operator, and a slow one of theirs keeps nobody else waiting.
  const operatorUrl = databaseUrlOf(env, "DATABASE_URL_OPERATOR");
  const operatorDb = open("curbe-operations", 2, "app_operator", operatorUrl);
  const live = createLiveHub({ connectionString: webUrl, log });
  return {
    origin: env.APP_ORIGIN,
    dialogOrigin: new URL(env.META_DIALOG_URL).origin,
    sdkOrigin: sdkOriginOf(integrations),
    operatorEmail: env.OPERATOR_EMAIL,
    port: env.PORT,
    sessionSecrets: env.SESSION_SECRETS,
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    integrationDebug: env.FEATURE_INTEGRATION_DEBUG === "true",
    metricsToken: env.METRICS_TOKEN === undefined ? undefined : new Secret(env.METRICS_TOKEN),
    secureCookies: env.APP_ORIGIN.startsWith("https://"),
    db,
    operatorDb,
    log,
    integrations,
    messageReaders,
    // Longer than asking for anybody takes, so that the time says nothing of whether there is somebody to ask for.
    askedAfterMs: 400,
    budgets: createActionBudgets(db),
    webhooks: {
      appSecrets: [env.META_APP_SECRET, env.META_APP_SECRET_PREVIOUS]
        .filter((value) => value !== undefined)
        .map((value) => new Secret(value)),
      verifyToken: new Secret(env.META_WEBHOOK_VERIFY_TOKEN),
      intake: createDeliveryIntake(webhookDb),
    },
    live,
    async close() {
      await Promise.all([live.close(), db.destroy(), webhookDb.destroy(), operatorDb.destroy()]);
    },
  };
}

/** The channels of one platform share its script. */
function sdkOriginOf({ connectors }: IntegrationDeps): string | undefined {
  const [window] = Object.values(connectors).flatMap(({ signupWindow }) => signupWindow ?? []);
  return window && new URL(window.sdkUrl).origin;
}
