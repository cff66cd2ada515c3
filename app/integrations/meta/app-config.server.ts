import type { Log } from "../../platform/log.server.ts";
import type { Secret } from "../../platform/secret.server.ts";

/** Our app at Meta, as both processes know it. */
export interface MetaAppConfig {
  appId: string;
  appSecret: Secret;
  /** Facebook Login for Business configuration; without one the dialog gets plain scopes. */
  configId?: string | undefined;
  /** Must be byte-identical in the dialog and in the exchange, and listed as a valid redirect URI at Meta. */
  redirectUri: string;
  graphUrl: string;
  dialogUrl: string;
  graphVersion: string;
  log: Log;
}
