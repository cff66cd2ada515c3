/**
 * The tables as Kysely sees them. Names are PostgreSQL's own (snake_case); the domain maps to camelCase beside each
 * query. bigint columns arrive as strings, timestamptz as Date, jsonb parsed.
 */
import type { ColumnType, Generated } from "kysely";
import type { EventKind } from "./queries/connections/event-kinds.ts";

type Json<T> = ColumnType<T, string | undefined, string>;
type CreatedAt = ColumnType<Date, Date | undefined, never>;
type BigId = ColumnType<string, never, never>;

export interface Schema {
  tenants: { id: Generated<string>; name: string; created_at: CreatedAt };
  users: {
    id: Generated<string>;
    email: string;
    /** Of the table's own making: one for all spellings of the address. */
    email_key: ColumnType<string, never, never>;
    password_hash: string;
    disabled_at: Date | null;
    language: string | null;
    created_at: CreatedAt;
  };
  /** Who may look across workspaces. */
  platform_staff: { user_id: string; created_at: CreatedAt };
  memberships: { tenant_id: string; user_id: string; role: Role; created_at: CreatedAt };
  feature_flags: { tenant_id: string; flag: string; enabled: Generated<boolean> };
  channel_connections: ChannelConnectionsTable;
  oauth_states: OauthStatesTable;
  number_claims: {
    id: BigId;
    provider: string;
    phone_number_id: string;
    tenant_id: string;
    connection_id: string;
    claimed_at: Generated<Date>;
    released_at: Date | null;
    reconnected_at: Date | null;
    first_event_at: Generated<Date | null>;
    agent_seen_at: Generated<Date | null>;
  };
  connection_events: {
    id: BigId;
    tenant_id: string;
    connection_id: string | null;
    provider: string;
    kind: ColumnType<string, EventKind, never>;
    actor_user_id: string | null;
    request_id: string | null;
    detail: Json<Record<string, unknown>>;
    source_digest: ColumnType<string | null, string | undefined, never>;
    created_at: CreatedAt;
  };
  connection_teardowns: {
    id: Generated<string>;
    tenant_id: string;
    connection_id: string;
    waba_id: string;
    access_token_enc: string | null;
    created_at: CreatedAt;
    finished_at: Date | null;
    outcome: "unsubscribed" | "still_in_use" | "refused" | "gave_up" | null;
  };
  number_registrations: {
    tenant_id: string;
    connection_id: string;
    pin_enc: string;
    pin_unreadable: Generated<boolean>;
    updated_at: Generated<Date>;
  };
  connection_health: {
    tenant_id: string;
    connection_id: string;
    next_check_at: Generated<Date>;
    checked_at: Date | null;
    refusals: Generated<number>;
    last_result: string | null;
    warned_days: number | null;
    check_requested_at: Date | null;
    answered_at: Date | null;
    deliveries: "ours" | "missing" | "elsewhere" | null;
    quality_rating: string | null;
    messaging_limit: string | null;
  };
  mail_outbox: {
    id: Generated<string>;
    tenant_id: string;
    connection_id: string;
    kind: MailKind;
    incident: string;
    created_at: CreatedAt;
    over_at: Date | null;
    state: Generated<MailState>;
    reason: NotSentReason | null;
  };
  mail_recipients: {
    id: Generated<string>;
    tenant_id: string;
    mail_id: string;
    user_id: string;
    sent_at: Date | null;
    refused_code: string | null;
  };
  /** Reached only through functions. */
  deletion_requests: {
    id: Generated<string>;
    confirmation_code: string;
    meta_user_digest: Buffer;
    requested_at: Date;
    received_at: CreatedAt;
    completed_at: Generated<Date>;
    connections_cleared: number;
    tokens_destroyed: number;
    status: ColumnType<"completed" | "nothing_found", never, never>;
  };
  webhook_deliveries: {
    id: BigId;
    provider: string;
    request_id: string;
    received_at: Generated<Date>;
    body: Buffer;
    /** By the account that it names, 0 to 63: work is taken up from each alike. */
    share: Generated<number>;
    processed_at: Date | null;
    outcome: DeliveryOutcome | null;
    ignored_fields: Generated<string[] | null>;
    reopened_at: Date | null;
  };
  delivery_quarantine: {
    id: BigId;
    delivery_id: string;
    item_path: string;
    reason: QuarantineReason;
    phone_number_id: string | null;
    detail: string | null;
    created_at: CreatedAt;
    replayed_at: Date | null;
  };
  contacts: {
    id: BigId;
    tenant_id: string;
    provider: string;
    wa_id: string | null;
    user_id: string | null;
    username: string | null;
    profile_name: string | null;
    saved_name: string | null;
    saved_name_at: Date | null;
    created_at: CreatedAt;
    updated_at: Generated<Date>;
    wa_id_at: Generated<Date>;
    user_id_at: Generated<Date>;
    marketing: Generated<"wanted" | "unwanted" | null>;
    marketing_at: Generated<Date | null>;
    /** `app.number_key` of wa_id. */
    number_key: ColumnType<string | null, never, never>;
    group_id: string | null;
  };
  contact_aliases: {
    tenant_id: string;
    provider: string;
    kind: "waId" | "userId";
    former_id: string;
    contact_id: string;
    held_until: Date;
  };
  conversations: {
    id: BigId;
    tenant_id: string;
    connection_id: string;
    contact_id: string;
    last_message_at: Date | null;
    last_inbound_at: Date | null;
    read_up_to: Date | null;
    created_at: CreatedAt;
  };
  conversation_aliases: { tenant_id: string; former_id: string; conversation_id: string };
  messages: MessagesTable;
}

export type MailKind = "access_lost" | "token_expiring";
export type AccountMailKind = "sign_in_failures" | "password_changed" | "password_reset";
export type MailState = "waiting" | "sent" | "not_sent";
export type NotSentReason = "off" | "over" | "nobody" | "refused" | "gave_up";
export type Role = "admin" | "member";
export type ConnectionStatus = "pending" | "active" | "error" | "revoked";
export type DeliveryOutcome = "processed" | "quarantined" | "ignored" | "failed";
export type QuarantineReason = "unreadable" | "unknown_number" | "conflict" | "failed";
/** From the lowest rank up: of all that is told of a message, the highest is its status. */
export const messageStatuses = ["received", "sent", "failed", "delivered", "read", "played"] as const;
export type MessageStatus = (typeof messageStatuses)[number];

interface ChannelConnectionsTable {
  id: Generated<string>;
  tenant_id: string;
  provider: string;
  status: ConnectionStatus;
  waba_id: string | null;
  phone_number_id: string | null;
  phone_number_e164: string | null;
  display_name: string | null;
  access_token_enc: string | null;
  token_expires_at: Date | null;
  scopes: Json<string[]>;
  /** Read by `factsOf` alone (db/queries/connections/facts.ts). */
  metadata: Json<unknown>;
  /** Whose attempt it is; null for a row that has or had a number. */
  attempted_by: string | null;
  /** Until when the choice of a kept grant (`choices`) can be made. */
  choice_expires_at: Date | null;
  /** Written by the database alone. */
  requested_at: ColumnType<Date | null, null | undefined, null>;
  /** Who granted it, by Meta's id scoped to our app; null where the token named nobody. */
  granted_by_meta_user: string | null;
  granted_at: Date | null;
  grant_taken_back_at: ColumnType<Date | null, null | undefined, null>;
  created_at: CreatedAt;
  updated_at: Generated<Date>;
}

interface OauthStatesTable {
  id: Generated<string>;
  tenant_id: string;
  /** Null, like the session, in history of before Curbe. Whoever begins has both. */
  user_id: ColumnType<string | null, string, never>;
  session_id: ColumnType<string | null, string, never>;
  provider: string;
  nonce: string;
  created_at: CreatedAt;
  used_at: Date | null;
  expires_at: Generated<Date>;
  metadata: Json<Record<string, unknown>>;
}

interface MessagesTable {
  id: BigId;
  tenant_id: string;
  conversation_id: string;
  /** In a group: who of it said it. */
  sender_contact_id: string | null;
  provider_message_id: string;
  direction: "inbound" | "outbound";
  type: string;
  status: MessageStatus;
  body: string | null;
  content: Json<Record<string, unknown>>;
  occurred_at: Date;
  received_at: Generated<Date>;
  sent_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
  played_at: Date | null;
  failed_at: Date | null;
  error: Json<Record<string, unknown>> | null;
  /** 0 when no delivery brought it. */
  delivery_id: Generated<string>;
  status_detail: Json<Record<string, unknown>> | null;
  sent_by: "business_app" | "agent" | "other_app" | null;
  counts_unread: Generated<boolean>;
  completeness: Generated<number>;
}
