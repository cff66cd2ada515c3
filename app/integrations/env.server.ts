/** What both processes must know to work with Meta, and the parts that are made of it. */
import { z } from "zod";
import type { Db } from "../../db/client.ts";
import { commaList, graphVersion, httpUrl, key32, metaId, secretText } from "../platform/env.server.ts";
import type { Log } from "../platform/log.server.ts";
import { Secret } from "../platform/secret.server.ts";
import { type ChannelId, connectPath } from "./catalog.ts";
import { createTokenVault, type TokenVaultProblem, watchVault } from "./crypto.server.ts";
import type { IntegrationDeps } from "./deps.server.ts";
import { createConnectors } from "./registry.server.ts";

export const integrationEnv = z.object({
  META_APP_ID: metaId,
  META_APP_SECRET: secretText,
  META_REDIRECT_URI: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
  META_CONFIG_ID: metaId.optional(),
  META_GRAPH_VERSION: graphVersion.default("v25.0"),
  META_GRAPH_URL: httpUrl.default("https://graph.facebook.com"),
  META_DIALOG_URL: httpUrl.default("https://www.facebook.com"),
  META_SIGNUP_WINDOW: z.enum(["true", "false"], { error: 'must be "true" or "false"' }).default("false"),
  META_SDK_URL: httpUrl.default("https://connect.facebook.net/en_US/sdk.js"),
  META_COEXISTENCE_EXTRAS: z
    .enum(["v4", "feature_type", "none"], { error: 'must be "v4", "feature_type" or "none"' })
    .default("v4"),
  META_WINDOW_REDIRECT_URI: z.enum(["omit", "empty"], { error: 'must be "omit" or "empty"' }).default("omit"),
  TOKEN_ENCRYPTION_KEY_BASE64: key32,
  TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64: commaList(key32).optional(),
});

/**
 * Where a channel's platform sends people back to, byte for byte as it is listed there. WhatsApp's has a variable; any
 * other follows from the app's own address.
 */
export function redirectUriOf(
  { META_REDIRECT_URI, APP_ORIGIN }: { META_REDIRECT_URI: string; APP_ORIGIN: string },
  channel: ChannelId,
): string {
  return channel === "meta_whatsapp" ? META_REDIRECT_URI : `${APP_ORIGIN}${connectPath(channel)}/callback`;
}

/** `db` in a role under the tenant wall. `onUnsealFailure` is told of each secret that does not open. */
export function createIntegrationDeps(
  env: z.infer<typeof integrationEnv>,
  db: Db,
  log: Log,
  onUnsealFailure: (problem: TokenVaultProblem) => void = () => {},
): IntegrationDeps {
  const meta = {
    appId: env.META_APP_ID,
    appSecret: new Secret(env.META_APP_SECRET),
    configId: env.META_CONFIG_ID,
    graphUrl: env.META_GRAPH_URL,
    dialogUrl: env.META_DIALOG_URL,
    graphVersion: env.META_GRAPH_VERSION,
    coexistenceExtras: env.META_COEXISTENCE_EXTRAS,
    popup:
      env.META_SIGNUP_WINDOW === "true"
        ? { sdkUrl: env.META_SDK_URL, redirectUri: env.META_WINDOW_REDIRECT_URI }
        : undefined,
    log,
  };
  const previous = env.TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64 ?? [];
  return {
    db,
    vault: watchVault(
      createTokenVault({ primary: env.TOKEN_ENCRYPTION_KEY_BASE64, previous }),
      (reason, { table, column, tenantId, rowId }) => {
        onUnsealFailure(reason);
        const place = `${table}.${column} ${rowId}`;
        log.error("sealed secret cannot be opened", { reason, tenant_id: tenantId, item_path: place });
      },
    ),
    connectors: createConnectors({ meta }),
    log,
    now: () => new Date(),
  };
}
