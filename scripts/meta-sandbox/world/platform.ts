import type { CallLog } from "../control/call-log.ts";
import type { ScenarioRules } from "../control/scenarios.ts";
import type { DialogSessions } from "../dialog/session.ts";
import type { DeliveryEngine } from "../webhooks/deliveries.ts";
import type { Clock } from "./clock.ts";
import type { AccessToken, AuthorizationCode } from "./grants.ts";
import type { Installation } from "./installations.ts";
import type { Switches } from "./switches.ts";
import type { World } from "./world.ts";

/** Fields of the `whatsapp_business_account` webhook object the app is subscribed to unless it says otherwise. */
export const DEFAULT_WEBHOOK_FIELDS = [
  "messages",
  "account_update",
  "message_template_status_update",
  "standby",
  "message_echoes",
  "messaging_handovers",
  "smb_message_echoes",
  "history",
  "smb_app_state_sync",
  "calls",
  "user_preferences",
  "group_lifecycle_update",
  "group_settings_update",
  "phone_number_name_update",
  "phone_number_quality_update",
  "business_capability_update",
  "security",
];

export interface Handshake {
  at: number;
  ok: boolean;
  detail: string;
}

/** The app-level webhook subscription, as set in the dashboard or with `POST /{app}/subscriptions`. */
export interface AppWebhook {
  callbackUrl: string;
  verifyToken: string;
  fields: string[];
  handshake: Handshake | null;
}

/** The customer-built app: what its owner configured in the App Dashboard. */
export interface AppSettings {
  appId: string;
  appSecret: string;
  /** The secret before the last rotation. */
  previousSecret: string | null;
  name: string;
  configId: string | null;
  redirectUris: string[];
  webhook: AppWebhook | null;
}

/** Everything that a restart with a state file brings back. */
export interface SandboxState {
  world: World;
  tokens: AccessToken[];
  codes: AuthorizationCode[];
  /** Newest last. */
  installations: Installation[];
  /** Message ids the app has sent, newest last. */
  outbound: OutboundMessage[];
}

interface OutboundMessage {
  id: string;
  phoneNumberId: string;
  recipient: string;
}

/** The simulated platform: the one object that every endpoint, page and control function works on. */
export interface Platform {
  app: AppSettings;
  state: SandboxState;
  switches: Switches;
  clock: Clock;
  scenarios: ScenarioRules;
  calls: CallLog;
  deliveries: DeliveryEngine;
  dialogs: DialogSessions;
  /** To be called after every change of `state` or `app.webhook`. */
  changed(): void;
  log(line: string): void;
}
