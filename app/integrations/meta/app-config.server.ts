import type { Log } from "../../platform/log.server.ts";
import type { Secret } from "../../platform/secret.server.ts";

/**
 * The `redirect_uri` at the exchange of a code that came by Meta's script. Documented as left out; integrators report
 * that their apps want it empty.
 */
export type PopupRedirectUri = "omit" | "empty";

/**
 * How the sign-up is asked for a number that stays in the WhatsApp Business app. Meta's page of version 4 wants its extras
 * empty (`none`), its page of coexistence wants a feature type in them (`feature_type`), and the links that its dashboard
 * makes name the version as well (`v4`).
 */
export type CoexistenceExtras = "v4" | "feature_type" | "none";

/** Our app at Meta, as both processes know it. */
export interface MetaAppConfig {
  appId: string;
  appSecret: Secret;
  /** Facebook Login for Business configuration; without one the dialog gets plain scopes. */
  configId?: string | undefined;
  graphUrl: string;
  dialogUrl: string;
  graphVersion: string;
  /** `v4` unless said otherwise. */
  coexistenceExtras?: CoexistenceExtras | undefined;
  /** Where Embedded Signup may open in a window: Meta's script, and what its codes are exchanged with. */
  popup?: { sdkUrl: string; redirectUri: PopupRedirectUri } | undefined;
  log: Log;
}
