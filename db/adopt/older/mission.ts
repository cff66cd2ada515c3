/** The tables whose rows are taken over, and the columns of theirs that are more than extra. */
import type { Kind } from "./conversions.ts";

/** In the order in which rows can be put in: what is pointed at comes first. */
export const adoptedNames = [
  "tenants",
  "channel_connections",
  "oauth_states",
  "contacts",
  "conversations",
  "messages",
] as const;

export type AdoptedName = (typeof adoptedNames)[number];

export interface ColumnRule {
  kind: Kind;
  /** Without it nobody knows what the row is: such a row stops the run. */
  isNeeded?: boolean;
  /** No two rows may share it. */
  isUnique?: boolean;
  /**
   * The mission gives the column no type. One that does not convert is kept under another name instead of stopping the
   * run.
   */
  mayStandAside?: boolean;
}

const aside = (kind: Kind): ColumnRule => ({ kind, mayStandAside: true });
const tenant: ColumnRule = { kind: "uuid", isNeeded: true };
const id: ColumnRule = { kind: "uuid", isNeeded: true, isUnique: true };
const number: ColumnRule = { kind: "integer", mayStandAside: true, isUnique: true };
const text: ColumnRule = { kind: "text" };
const time: ColumnRule = { kind: "time" };
const json: ColumnRule = { kind: "json" };

export const rules: Record<AdoptedName, Record<string, ColumnRule>> = {
  tenants: { id, name: aside("text"), created_at: aside("time") },
  channel_connections: {
    id,
    tenant_id: tenant,
    provider: text,
    status: text,
    waba_id: text,
    phone_number_id: text,
    phone_number_e164: text,
    display_name: text,
    access_token_enc: aside("text"),
    token_expires_at: time,
    scopes: aside("json"),
    metadata: json,
    created_at: time,
    updated_at: time,
  },
  oauth_states: {
    id,
    tenant_id: tenant,
    provider: text,
    nonce: text,
    created_at: time,
    used_at: time,
    expires_at: time,
    metadata: json,
  },
  contacts: {
    id: number,
    tenant_id: tenant,
    provider: text,
    wa_id: text,
    username: aside("text"),
    profile_name: aside("text"),
    created_at: aside("time"),
    updated_at: aside("time"),
  },
  conversations: {
    id: number,
    // Known by its connection or contact where it is missing.
    tenant_id: { kind: "uuid" },
    connection_id: { kind: "uuid" },
    last_message_at: aside("time"),
    last_inbound_at: aside("time"),
    created_at: aside("time"),
  },
  messages: {
    id: number,
    tenant_id: { kind: "uuid" },
    provider_message_id: text,
    direction: text,
    type: aside("text"),
    status: aside("text"),
    body: aside("text"),
    content: aside("json"),
    occurred_at: aside("time"),
    received_at: aside("time"),
    sent_at: aside("time"),
    delivered_at: aside("time"),
    read_at: aside("time"),
    played_at: aside("time"),
    failed_at: aside("time"),
  },
};

/** The one provider there is, in the mission's word. */
export const provider = "meta_whatsapp";

/** Links that are made anew from one row to another, so that the older value has no place of its own. */
export const links: Partial<Record<AdoptedName, string>> = {
  conversations: "contact_id",
  messages: "conversation_id",
};
