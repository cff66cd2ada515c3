/** A workspace that has something of everything, each text of it marked as its own. */
import { bigint, digits, type Insert, uuid } from "./marked.ts";
import type { Marks } from "./needles.ts";
import { connections, fillAttempts, fillConnection, fillInbox, soon } from "./tenant-rows.ts";

/** Everybody in it has the same password. */
export interface Tenant {
  id: string;
  marks: Marks;
  people: Record<"admin" | "member" | "removed" | "disabled", { id: string; email: string }>;
  /** What a request can name, by kind. */
  ids: Record<IdKind, string[]>;
  /** Of the page that begins with each conversation or message. */
  cursors: { conversations: string[]; messages: string[] };
}

export type IdKind =
  | "connection"
  | "conversation"
  | "contact"
  | "message"
  | "wamid"
  | "event"
  | "teardown"
  | "mail"
  | "user"
  | "session"
  | "state"
  | "nonce"
  | "claim"
  | "phoneNumberId"
  | "waba"
  | "phone";

export async function fillTenant(insert: Insert, marks: Marks, passwordHash: string): Promise<Tenant> {
  const id = uuid(marks, 0);
  const text = (word: string) => `${word} ${marks.text}`;
  await insert("tenants", { id, name: `Casa ${marks.name}` });
  await insert("feature_flags", { tenant_id: id, flag: "integration_debug", enabled: true });
  await insert("feature_flags", { tenant_id: id, flag: text("flag"), enabled: true });
  const people = await fillPeople(insert, { id, marks, passwordHash });
  for (const one of connections) await fillConnection(insert, { id, marks, one, people });
  await fillAttempts(insert, { id, marks, people });
  await fillInbox(insert, { id, marks });
  const numbers = (count: number, make: (marks: Marks, n: number) => string, from = 1) =>
    Array.from({ length: count }, (_, n) => make(marks, from + n));
  return {
    id,
    marks,
    people,
    ids: {
      connection: numbers(connections.length, uuid, 101),
      conversation: [...numbers(3, bigint, 301), bigint(marks, 399)],
      contact: numbers(3, bigint, 201),
      message: numbers(6, bigint, 401),
      wamid: [`wamid.${marks.text}.1`],
      event: numbers(connections.length, bigint, 501),
      teardown: [uuid(marks, 604)],
      mail: [uuid(marks, 703)],
      user: Object.values(people).map((one) => one.id),
      session: [uuid(marks, 801)],
      state: [uuid(marks, 901), uuid(marks, 902)],
      nonce: [`n${marks.secret}`, `u${marks.secret}`],
      claim: [bigint(marks, 601)],
      phoneNumberId: numbers(4, digits, 1),
      waba: [digits(marks, 900)],
      phone: [digits(marks, 51), digits(marks, 71)],
    },
    cursors: {
      conversations: [1, 2, 3].map((n) => `2026-11-0${n}T10:00:00.000000Z_${bigint(marks, 300 + n)}`),
      messages: [1, 2, 3].map((n) => `2026-11-0${n}T10:00:00.000000Z_0_${bigint(marks, 400 + n)}`),
    },
  };
}

export type People = Tenant["people"];

async function fillPeople(
  insert: Insert,
  { id, marks, passwordHash }: { id: string; marks: Marks; passwordHash: string },
): Promise<People> {
  const person = (n: number, role: string) => ({
    id: uuid(marks, n),
    email: `${role}.${marks.text}@casa.example`,
  });
  const people = {
    admin: person(11, "admin"),
    member: person(12, "member"),
    removed: person(13, "removed"),
    disabled: person(14, "disabled"),
  };
  for (const [role, one] of Object.entries(people)) {
    await insert("users", { id: one.id, email: one.email, password_hash: passwordHash, language: "en" });
    await insert("memberships", {
      tenant_id: id,
      user_id: one.id,
      role: role === "member" ? "member" : "admin",
    });
  }
  await insert("sessions", {
    id: uuid(marks, 801),
    tenant_id: id,
    user_id: people.admin.id,
    expires_at: soon,
    token_hash: Buffer.alloc(32, marks.text),
    data: { kept: `kept ${marks.text}` },
  });
  return people;
}
