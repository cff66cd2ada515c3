/** What a workspace has: connections with their history, attempts under way, conversations. */
import { bigint, digits, type Insert, uuid } from "./marked.ts";
import type { Marks } from "./needles.ts";
import type { People } from "./tenant.ts";

export const soon = new Date(Date.now() + 86_400_000).toISOString();
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

/** Seven connections: two that work, one with an incident, two that were left, one to be chosen for, one unread attempt. */
export const connections = [
  { n: 1, status: "active", numbered: true, token: true },
  { n: 2, status: "active", numbered: true, token: true },
  { n: 3, status: "error", numbered: true, token: true },
  { n: 4, status: "revoked", numbered: true, token: false },
  { n: 5, status: "revoked", numbered: false, token: false },
  { n: 6, status: "pending", numbered: false, token: true },
  { n: 7, status: "pending", numbered: false, token: true },
] as const;

interface Filling {
  id: string;
  marks: Marks;
  people: People;
}

export async function fillConnection(
  insert: Insert,
  { id, marks, one, people }: Filling & { one: (typeof connections)[number] },
): Promise<void> {
  const { n, status, numbered, token } = one;
  const text = (word: string) => `${word} ${marks.text}`;
  const connection = { tenant_id: id, connection_id: uuid(marks, 100 + n) };
  await insert("channel_connections", {
    id: connection.connection_id,
    tenant_id: id,
    provider: "meta_whatsapp",
    status,
    waba_id: numbered ? digits(marks, 900) : null,
    phone_number_id: numbered ? digits(marks, n) : null,
    phone_number_e164: numbered || status === "revoked" ? `+${digits(marks, 50 + n)}` : null,
    display_name: text(`Linea${n}`),
    access_token_enc: token ? `v1.${marks.secret}` : null,
    token_expires_at: token ? soon : null,
    scopes: [text("scope")],
    metadata: metadataOf(marks, one),
    // One of each, for a person has one at a time.
    attempted_by: status === "pending" ? (n === 6 ? people.member.id : people.admin.id) : null,
    choice_expires_at: status === "pending" ? soon : null,
    granted_by_meta_user: digits(marks, 800),
    granted_at: ago(200),
  });
  await insert("connection_events", {
    id: bigint(marks, 500 + n),
    ...connection,
    provider: "meta_whatsapp",
    kind: n % 2 ? "connected" : "connect_failed",
    actor_user_id: people.admin.id,
    request_id: `request-${marks.text}-${n}`,
    detail: { reason: text("why") },
    source_digest: text("digest"),
    created_at: ago(n),
  });
  if (!numbered) return;
  await insert("connection_health", {
    ...connection,
    next_check_at: soon,
    checked_at: ago(1),
    answered_at: ago(1),
    deliveries: "ours",
    last_result: text("result"),
    quality_rating: text("QUALITY"),
    messaging_limit: text("LIMIT"),
  });
  await insert("number_registrations", {
    ...connection,
    pin_enc: `v1.pin${marks.secret}`,
  });
  await insert("number_claims", {
    id: bigint(marks, 600 + n),
    ...connection,
    provider: "meta_whatsapp",
    phone_number_id: digits(marks, n),
    claimed_at: ago(100),
    released_at: status === "revoked" ? ago(2) : null,
    first_event_at: ago(90),
    agent_seen_at: ago(1),
  });
}

function metadataOf(marks: Marks, { n, status, numbered }: (typeof connections)[number]): object {
  const kept = {
    verified_name: `name ${marks.text}`,
  };
  if (status === "error") return { ...kept, error: { code: "access_removed", at: ago(3) } };
  if (status === "revoked" && !numbered)
    return { ...kept, former_phone_number_id: digits(marks, n), given_up_at: ago(2) };
  if (status !== "pending") return kept;
  const number = (m: number) => ({
    phoneNumberId: digits(marks, m),
    accountId: digits(marks, 900),
    e164: `+${digits(marks, 50 + m)}`,
    displayName: `choice ${marks.text}`,
    platformType: "CLOUD_API",
  });
  const choices = n === 6 ? { numbers: [number(21), number(22)] } : { numbers: [], unread: true };
  return { ...kept, choices };
}

/** States on their way and used ones, what is left to do at Meta, and a mail. */
export async function fillAttempts(insert: Insert, { id, marks, people }: Filling): Promise<void> {
  for (const n of [1, 2]) {
    await insert("oauth_states", {
      id: uuid(marks, 900 + n),
      tenant_id: id,
      user_id: people.admin.id,
      session_id: uuid(marks, 801),
      provider: "meta_whatsapp",
      nonce: `${n === 1 ? "n" : "u"}${marks.secret}`,
      expires_at: soon,
      used_at: n === 2 ? ago(1) : null,
      metadata: { ip: `ip ${marks.text}`, user_agent: marks.text },
    });
  }
  const left = { tenant_id: id, connection_id: uuid(marks, 104) };
  await insert("connection_teardowns", {
    id: uuid(marks, 604),
    ...left,
    waba_id: digits(marks, 900),
    access_token_enc: `v1.left${marks.secret}`,
  });
  await insert("mail_outbox", {
    id: uuid(marks, 703),
    tenant_id: id,
    connection_id: uuid(marks, 103),
    kind: "access_lost",
    incident: `access_lost:${marks.text}`,
    state: "sent",
  });
  await insert("mail_recipients", {
    id: uuid(marks, 704),
    tenant_id: id,
    mail_id: uuid(marks, 703),
    user_id: people.admin.id,
    refused_code: `550 ${marks.text}`,
  });
}

export async function fillInbox(insert: Insert, { id, marks }: Omit<Filling, "people">): Promise<void> {
  const text = (word: string) => `${word} ${marks.text}`;
  for (const n of [1, 2, 3]) {
    const contact = { tenant_id: id, contact_id: bigint(marks, 200 + n) };
    const at = `2026-11-0${n}T10:00:00Z`;
    await insert("contacts", {
      id: contact.contact_id,
      tenant_id: id,
      provider: "meta_whatsapp",
      wa_id: digits(marks, 70 + n),
      user_id: `MX.${marks.text}.${n}`,
      username: `u${n}${marks.text}`,
      profile_name: text("Persona"),
      // Of the others the name that they gave themselves is shown.
      saved_name: n === 1 ? text("Guardada") : null,
    });
    await insert("contact_aliases", {
      ...contact,
      provider: "meta_whatsapp",
      kind: "waId",
      former_id: `${digits(marks, 80 + n)}${marks.text}`,
      held_until: soon,
    });
    await insert("conversations", {
      id: bigint(marks, 300 + n),
      ...contact,
      connection_id: uuid(marks, 100 + n),
      last_message_at: at,
      last_inbound_at: at,
    });
    const said = {
      tenant_id: id,
      conversation_id: bigint(marks, 300 + n),
      type: "text",
      body: text("Hola"),
      occurred_at: at,
    };
    const marked = { content: { text: text("content") }, status_detail: { detail: text("detail") } };
    await insert("messages", {
      ...said,
      ...marked,
      id: bigint(marks, 400 + n),
      provider_message_id: `wamid.${marks.text}.${n}`,
      direction: "inbound",
      status: "received",
    });
    await insert("messages", {
      ...said,
      ...marked,
      id: bigint(marks, 403 + n),
      provider_message_id: `wamid.${marks.text}.${n + 3}`,
      direction: "outbound",
      status: "failed",
      failed_at: at,
      error: { code: 131026, message: text("error") },
    });
  }
  const group = { tenant_id: id, contact_id: bigint(marks, 204) };
  await insert("contacts", {
    id: group.contact_id,
    tenant_id: id,
    provider: "meta_whatsapp",
    group_id: `group.${marks.text}`,
    profile_name: text("Grupo"),
  });
  const lastSaid = "2026-11-04T10:00:00Z";
  await insert("conversations", {
    id: bigint(marks, 304),
    ...group,
    connection_id: uuid(marks, 101),
    last_message_at: lastSaid,
    last_inbound_at: lastSaid,
  });
  await insert("messages", {
    id: bigint(marks, 407),
    tenant_id: id,
    conversation_id: bigint(marks, 304),
    sender_contact_id: bigint(marks, 201),
    provider_message_id: `wamid.${marks.text}.7`,
    direction: "inbound",
    status: "received",
    type: "text",
    body: text("Hola"),
    content: { text: text("content") },
    occurred_at: lastSaid,
  });
  await insert("conversation_aliases", {
    tenant_id: id,
    former_id: bigint(marks, 399),
    conversation_id: bigint(marks, 301),
  });
}
